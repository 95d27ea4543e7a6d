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

// Changes lists the differences between the snapshots of two runs: what was
// added, removed and changed, with before and after. It does not list what was
// added and removed in between. What happened to accounts comes first: those that
// joined or left, then those that changed, as the others follow from it. That an account
// is kept which left is no change beside that it left.
func (s *Store) Changes(ctx context.Context, f snapshot.ChangeFilter) ([]snapshot.Change, error) {
	names, err := s.renames(ctx, f)
	if err != nil {
		return nil, err
	}
	parts, edges := partChanges(s, f, names), edgeChanges(s, f, names)
	query := parts.query + " UNION ALL " + edges.query + " ORDER BY 15, 1, 2, 3, 5, 6, 7 LIMIT ? OFFSET ?"
	args := append(append(parts.args, edges.args...), f.Limit, f.Offset)
	var changes []snapshot.Change
	err = s.db.Each(ctx, func(scan db.Scan) error {
		var c snapshot.Change
		var relation, order int
		var toKind, toKey, before, after string
		var opened, closed bool
		err := scan(&c.ID.Kind, &c.ID.Key, &c.Facet, &c.Account, &relation, &toKind, &toKey, &c.Name, &c.ToName, &before, &after, &opened, &closed, &c.Run, &order,
			&c.NameBefore, &c.KeyBefore)
		c.Type = changeOf(opened, closed)
		if c.NameBefore != "" || c.KeyBefore != "" {
			c.Type = snapshot.Renamed
		}
		c.Before, c.After = object(before), object(after)
		if relation != 0 {
			c.Relation, c.To = relationOf(relation), &snapshot.ID{Kind: snapshot.Kind(toKind), Key: toKey}
		}
		changes = append(changes, c)
		return err
	}, query, args...)
	return changes, err
}

func object(text string) json.RawMessage {
	if text == "" {
		return nil
	}
	return json.RawMessage(text)
}

func changeOf(opened, closed bool) snapshot.ChangeType {
	switch {
	case opened && closed:
		return snapshot.Changed
	case opened:
		return snapshot.Appeared
	}
	return snapshot.Went
}

// selection is a query with its arguments.
type selection struct {
	query string
	args  []any
}

// departed selects the cells of accounts that left.
const departed = "SELECT id FROM cell WHERE facet = '" + string(snapshot.DerivedAccounts) + "'"

// ends selects the rows that are in exactly one of the two snapshots: those that
// were opened after From and are present at To, and those that were present at
// From and closed up to To.
func (s *Store) ends(table string, f snapshot.ChangeFilter) (opened, closed selection) {
	to := s.shown(table, f.To)
	opened = selection{table + ".first_run > ? AND " + to.query, append([]any{int64(f.From)}, to.args...)}
	from := s.shown(table, f.From)
	if f.From == 0 { // before the first run, not now
		from.args[0], from.args[1] = int64(0), int64(0)
	}
	closed = selection{from.query + " AND " + table + ".gone_run <= ?", append(from.args, at(f.To))}
	return opened, closed
}

// partChanges pairs the closed and the opened rows of each part.
func partChanges(s *Store, f snapshot.ChangeFilter, names renames) selection {
	opened, closed := s.ends("p", f)
	narrow, more := narrowed(s, f, "p.account")
	rows := func(which selection, flag string, names renames) selection {
		return selection{
			`SELECT ` + names.of("p.node") + ` AS node, n.key, p.name, p.cell, p.account, p.body, CASE WHEN p.main THEN 1 ELSE 0 END AS main, ` + flag + ` AS fresh,
				CASE WHEN ` + flag + ` = 1 THEN p.first_run ELSE p.gone_run END AS run
			FROM part p JOIN node n ON n.id = p.node WHERE p.cell NOT IN (` + departed + `) AND ` + which.query + narrow,
			append(append([]any{}, which.args...), more...),
		}
	}
	before, after, others := rows(closed, "0", names), rows(opened, "1", nil), s.elsewhere(f)
	of := func(fresh, column string) string {
		return "COALESCE(MAX(CASE WHEN d.fresh = " + fresh + " THEN " + column + " END), '')"
	}
	both := "MIN(d.fresh) = 0 AND MAX(d.fresh) = 1"
	other := func(column string) string {
		return "CASE WHEN " + both + " AND MAX(d.main) = 1 AND " + of("0", column) + " <> " + of("1", column) + " THEN " + of("0", column) + " ELSE '' END"
	}
	return selection{
		`SELECT n.kind, n.key, c.facet, MAX(d.account), 0, '', '', ` + nameOf("n.id") + `, '',
			COALESCE(MAX(CASE WHEN d.fresh = 0 THEN b.data END), ''), COALESCE(MAX(CASE WHEN d.fresh = 1 THEN b.data END), ''),
			MAX(d.fresh) = 1, MIN(d.fresh) = 0, MAX(d.run),
			CASE WHEN n.kind <> '` + string(snapshot.Account) + `' OR c.facet <> '` + string(snapshot.OrgAccounts) + `' THEN 2
				WHEN MIN(d.fresh) = MAX(d.fresh) THEN 0 ELSE 1 END, ` + other("d.name") + ", " + other("d.key") + `
		FROM (` + before.query + " UNION ALL " + after.query + `) d JOIN node n ON n.id = d.node JOIN cell c ON c.id = d.cell
		LEFT JOIN body b ON b.id = d.body GROUP BY n.id, n.kind, n.key, c.facet, c.connection, d.cell
		HAVING NOT (` + others.query + `) AND NOT (` + both + ` AND ` + of("0", "b.data") + " = " + of("1", "b.data") + `
			AND (MAX(d.main) = 0 OR ` + of("0", "d.name") + " = " + of("1", "d.name") + " AND " + of("0", "d.key") + " = " + of("1", "d.key") + `))`,
		slices.Concat(before.args, after.args, others.args),
	}
}

// elsewhere selects the groups of partChanges that are no changes: what came or went in one
// cell, and was before or is after in another one too. Such are principals that several
// roles let in, and AWS's policies. Of several cells in which it came or went, the first
// counts.
func (s *Store) elsewhere(f snapshot.ChangeFilter) selection {
	other := func(flag string, then, now []any) selection {
		exists := func(which string) string {
			return `EXISTS (SELECT 1 FROM part o JOIN cell oc ON oc.id = o.cell
				WHERE o.node = n.id AND o.cell <> d.cell AND oc.connection = c.connection AND oc.facet <> '` + string(snapshot.DerivedAccounts) + `'
				AND ` + which + ` AND (` + present("o") + ` OR o.cell < d.cell AND ` + present("o") + `))`
		}
		return selection{
			`MIN(d.fresh) = ` + flag + ` AND MAX(d.fresh) = ` + flag + ` AND (` + exists("oc.facet = c.facet") + ` OR MAX(d.main) = 1 AND ` + exists("o.main") + `)`,
			slices.Concat(then, now, then, now),
		}
	}
	from, to := []any{int64(f.From), int64(f.From)}, []any{at(f.To), at(f.To)}
	went, came := other("0", to, from), other("1", from, to)
	return selection{went.query + " OR " + came.query, slices.Concat(went.args, came.args)}
}

// edgeChanges does the same for edges.
func edgeChanges(s *Store, f snapshot.ChangeFilter, names renames) selection {
	opened, closed := s.ends("e", f)
	about := edgeAccount()
	narrow, more := narrowed(s, f, about)
	rows := func(which selection, flag string, names renames) selection {
		return selection{
			`SELECT ` + names.of("e.source") + ` AS source, e.relation, ` + names.of("e.target") + ` AS target, e.cell, e.body, ` + about + ` AS account, ` + flag + ` AS fresh,
				CASE WHEN ` + flag + ` = 1 THEN e.first_run ELSE e.gone_run END AS run
			FROM edge e JOIN node n ON n.id = e.source JOIN node t ON t.id = e.target JOIN cell c ON c.id = e.cell WHERE ` + which.query + narrow,
			append(append([]any{}, which.args...), more...),
		}
	}
	before, after := rows(closed, "0", names), rows(opened, "1", nil)
	return selection{
		`SELECT n.kind, n.key, c.facet, MAX(d.account), d.relation, t.kind, t.key, ` + nameOf("n.id") + ", " + nameOf("t.id") + `,
			COALESCE(MAX(CASE WHEN d.fresh = 0 THEN b.data END), ''), COALESCE(MAX(CASE WHEN d.fresh = 1 THEN b.data END), ''),
			MAX(d.fresh) = 1, MIN(d.fresh) = 0, MAX(d.run), 2, '', ''
		FROM (` + before.query + " UNION ALL " + after.query + `) d JOIN node n ON n.id = d.source JOIN node t ON t.id = d.target
		JOIN cell c ON c.id = d.cell LEFT JOIN body b ON b.id = d.body
		GROUP BY n.id, n.kind, n.key, c.facet, d.relation, t.id, t.kind, t.key, d.cell
		HAVING NOT (MIN(d.fresh) = 0 AND MAX(d.fresh) = 1
			AND COALESCE(MAX(CASE WHEN d.fresh = 0 THEN b.data END), '') = COALESCE(MAX(CASE WHEN d.fresh = 1 THEN b.data END), ''))`,
		append(before.args, after.args...),
	}
}

// nameOf is the name that an entity has, or had last.
func nameOf(node string) string {
	return "COALESCE((SELECT m.name FROM part m WHERE m.node = " + node + " AND m.main ORDER BY m.gone_run DESC, m.id DESC LIMIT 1), '')"
}

// edgeAccount is the account that an edge e from n to t in the cell c is about: the account
// that somebody is assigned to, that a policy governs or that moved, or that of an identity
// of a person. What is read of an account itself is about that account.
func edgeAccount() string {
	role, account := "'"+string(snapshot.AccountRole)+"'", "'"+string(snapshot.Account)+"'"
	of := func(node string) string { return fmt.Sprintf("SUBSTR(%s.key, LENGTH(%s.key) - 11)", node, node) }
	return fmt.Sprintf(`CASE WHEN t.kind = %s THEN %s WHEN t.kind = %s THEN t.key WHEN n.kind = %s THEN %s
		WHEN n.kind = %s AND e.relation IN (%d, %d) THEN n.key
		WHEN e.relation = %d THEN COALESCE((SELECT MAX(p.account) FROM part p WHERE p.node = t.id AND p.main), '')
		ELSE c.account END`,
		role, of("t"), account, role, of("n"), account, codeOf(snapshot.In), codeOf(snapshot.Administer), codeOf(snapshot.Is))
}

// narrowed keeps to the filter's kinds and account.
func narrowed(s *Store, f snapshot.ChangeFilter, account string) (string, []any) {
	var where strings.Builder
	var args []any
	if len(f.Kinds) > 0 {
		raw, err := json.Marshal(f.Kinds)
		if err != nil {
			return "", nil // texts always marshal
		}
		where.WriteString(" AND n.kind IN (SELECT value FROM " + s.db.Dialect().List() + " k)")
		args = append(args, string(raw))
	}
	if f.Account != "" {
		where.WriteString(" AND " + account + " = ?")
		args = append(args, f.Account)
	}
	return where.String(), args
}
