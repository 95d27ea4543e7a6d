package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/db"
	"github.com/hawser/hawser/internal/snapshot"
)

// granting returns the codes of the relations that grant, as SQL has a list.
func granting() string {
	var codes []string
	for code, r := range relations {
		if r.Granting() {
			codes = append(codes, fmt.Sprint(code))
		}
	}
	return strings.Join(codes, ", ")
}

// Grants lists who holds what: directly, or through a group.
func (s *Store) Grants(ctx context.Context, f snapshot.GrantFilter) ([]snapshot.Grant, error) {
	var ways []string
	var args []any
	if !f.Inherited {
		q, a := s.direct(f)
		ways, args = append(ways, q), append(args, a...)
	}
	if !f.Direct {
		q, a := s.inherited(f)
		ways, args = append(ways, q), append(args, a...)
	}
	shown := s.shown("p", f.At)
	query := `WITH held AS (` + strings.Join(ways, " UNION ALL ") + `)
		SELECT h.relation, f.kind, f.key, t.kind, t.key, v.kind, v.key, COALESCE(b.data, ''),
			COALESCE((SELECT MAX(p.name) FROM part p WHERE p.node = h.source AND p.main AND ` + shown.query + `), ''),
			COALESCE((SELECT MAX(p.name) FROM part p WHERE p.node = h.target AND p.main AND ` + shown.query + `), ''),
			COALESCE((SELECT MAX(p.name) FROM part p WHERE p.node = h.via AND p.main AND ` + shown.query + `), ''),
			COALESCE((SELECT MAX(p.account) FROM part p WHERE p.node = h.target AND p.main AND ` + shown.query + `), '')
		FROM held h JOIN node f ON f.id = h.source JOIN node t ON t.id = h.target
		LEFT JOIN node v ON v.id = h.via LEFT JOIN body b ON b.id = h.body
		ORDER BY f.kind, f.key, t.kind, t.key, h.relation, v.key LIMIT ? OFFSET ?`
	args = slices.Concat(args, shown.args, shown.args, shown.args, shown.args)
	var grants []snapshot.Grant
	err := s.db.Each(ctx, func(scan db.Scan) error {
		var g snapshot.Grant
		var relation int
		var viaKind, viaKey *string
		var body string
		err := scan(&relation, &g.Principal.Kind, &g.Principal.Key, &g.Entitlement.Kind, &g.Entitlement.Key, &viaKind, &viaKey, &body,
			&g.PrincipalName, &g.EntitlementName, &g.ViaName, &g.Account)
		g.Relation, g.Body = relationOf(relation), json.RawMessage(body)
		if viaKind != nil && viaKey != nil {
			g.Via = &snapshot.ID{Kind: snapshot.Kind(*viaKind), Key: *viaKey}
		}
		grants = append(grants, g)
		return err
	}, query, append(args, f.Limit, f.Offset)...)
	return grants, err
}

// nodeIs is the condition that a column is an entity's number.
const nodeIs = " = (SELECT id FROM node WHERE kind = ? AND key = ?)"

// direct selects the edges that are grants.
func (s *Store) direct(f snapshot.GrantFilter) (string, []any) {
	shown := s.latest("e", f.At)
	where, args := []string{"e.relation IN (" + granting() + ")", shown.query}, shown.args
	if f.Principal != (snapshot.ID{}) {
		where, args = append(where, "e.source"+nodeIs), append(args, string(f.Principal.Kind), f.Principal.Key)
	}
	where, args = s.entitled(f, where, args)
	return "SELECT DISTINCT e.source, e.relation, e.target, CAST(NULL AS BIGINT) AS via, e.body FROM edge e WHERE " + strings.Join(where, " AND "), args
}

// inherited selects what groups hold, for each of their members.
func (s *Store) inherited(f snapshot.GrantFilter) (string, []any) {
	member, held := s.shown("m", f.At), s.latest("e", f.At)
	where := []string{fmt.Sprintf("m.relation = %d", codeOf(snapshot.MemberOf)), member.query, "e.relation IN (" + granting() + ")", held.query}
	args := slices.Concat(member.args, held.args)
	if f.Principal != (snapshot.ID{}) {
		where, args = append(where, "m.source"+nodeIs), append(args, string(f.Principal.Kind), f.Principal.Key)
	}
	where, args = s.entitled(f, where, args)
	return "SELECT DISTINCT m.source, e.relation, e.target, m.target AS via, e.body FROM edge m JOIN edge e ON e.source = m.target WHERE " +
		strings.Join(where, " AND "), args
}

// entitled narrows to an entitlement, or to those of an account.
func (s *Store) entitled(f snapshot.GrantFilter, where []string, args []any) ([]string, []any) {
	if f.Entitlement != (snapshot.ID{}) {
		where, args = append(where, "e.target"+nodeIs), append(args, string(f.Entitlement.Kind), f.Entitlement.Key)
	}
	if f.Account != "" {
		shown := s.shown("p", f.At)
		where = append(where, "e.target IN (SELECT p.node FROM part p WHERE p.account = ? AND p.main AND "+shown.query+")")
		args = slices.Concat(args, []any{f.Account}, shown.args)
	}
	return where, args
}

// Holders returns the principals that hold something directly, by kind and key, a
// page behind one.
func (s *Store) Holders(ctx context.Context, run snapshot.RunID, after snapshot.ID, limit int) ([]snapshot.ID, error) {
	var ids []snapshot.ID
	shown := s.shown("e", run)
	args := slices.Concat([]any{string(after.Kind), after.Key}, shown.args, []any{limit})
	err := s.db.Each(ctx, func(scan db.Scan) error {
		var id snapshot.ID
		err := scan(&id.Kind, &id.Key)
		ids = append(ids, id)
		return err
	}, `SELECT n.kind, n.key FROM node n WHERE (n.kind, n.key) > (?, ?)
		AND EXISTS (SELECT 1 FROM edge e WHERE e.source = n.id AND e.relation IN (`+granting()+`) AND `+shown.query+`)
		ORDER BY n.kind, n.key LIMIT ?`, args...)
	return ids, err
}
