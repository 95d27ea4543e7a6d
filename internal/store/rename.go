package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/hawser/hawser/internal/db"
	"github.com/hawser/hawser/internal/snapshot"
)

// identity is what a user or group of IAM keeps if it gets another name or path, and with
// that another ARN: its unique ID, in the cell that reads it.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
type identity struct {
	cell int64
	kind snapshot.Kind
	id   string
}

// renamable are the kinds that can be renamed, and whose keys have the name.
func renamable(kind snapshot.Kind) bool { return kind == snapshot.User || kind == snapshot.Group }

// identityOf returns the identity of a part; the ID is empty if it has none.
func identityOf(cell int64, kind snapshot.Kind, body json.RawMessage) identity {
	var of struct {
		ID string `json:"id"`
	}
	if !renamable(kind) || len(body) == 0 || json.Unmarshal(body, &of) != nil {
		return identity{}
	}
	return identity{cell, kind, of.ID}
}

// pair takes a part that is lost and one that is new as one that was renamed, if they are
// of one identity.
func (w *writing) pair(ctx context.Context, d *difference) error {
	opened := map[identity]snapshot.Part{}
	for _, p := range d.parts.open {
		if id := identityOf(w.cell, p.Kind, p.Body); p.Main && id.id != "" {
			opened[id] = p
		}
	}
	var lost []replaced[snapshot.Part]
	for _, row := range d.parts.lost {
		if row.main && renamable(row.id.Kind) && len(opened) > 0 {
			lost = append(lost, replaced[snapshot.Part]{old: row})
		}
	}
	if len(lost) == 0 {
		return nil
	}
	bodies, err := w.contents(ctx, lost)
	if err != nil {
		return err
	}
	paired := map[int64]bool{}
	for _, l := range lost {
		if p, ok := opened[identityOf(w.cell, l.old.id.Kind, bodies[l.old.body])]; ok && !d.parts.replaces(p.ID) {
			d.parts.replaced = append(d.parts.replaced, replaced[snapshot.Part]{l.old, p})
			paired[l.old.row] = true
		}
	}
	d.parts.lost = without(d.parts.lost, paired)
	return nil
}

// replaces reports whether a part follows a stored one of its own key.
func (c changes[T]) replaces(id snapshot.ID) bool {
	for _, r := range c.replaced {
		if r.old.id == id {
			return true
		}
	}
	return false
}

func without(rows []stored, some map[int64]bool) []stored {
	var out []stored
	for _, row := range rows {
		if !some[row.row] {
			out = append(out, row)
		}
	}
	return out
}

// countRenamed subtracts what the cell has of entities that this run renamed, here or in
// another cell: it came and went, and is no change if it is as it was.
func (w *writing) countRenamed(ctx context.Context, d *difference) error {
	if len(d.parts.lost)+len(d.edges.lost) == 0 {
		return nil
	}
	names, err := w.renamed(ctx)
	if err != nil {
		return err
	}
	for _, r := range d.parts.replaced {
		if r.by.ID != r.old.id {
			names[r.old.id] = r.by.ID
		}
	}
	now := func(id snapshot.ID) snapshot.ID {
		if to, ok := names[id]; ok {
			return to
		}
		return id
	}
	parts, edges := map[snapshot.ID]Digest{}, map[edgeKey]Digest{}
	for _, p := range d.parts.open {
		parts[p.ID] = digestOf(p.Body)
	}
	for _, e := range d.edges.open {
		edges[edgeKey{e.From, e.To, e.Relation}] = digestOf(e.Body)
	}
	for _, row := range d.parts.lost {
		body, ok := parts[now(row.id)]
		w.countOne(ok && now(row.id) != row.id, body == row.body)
	}
	for _, row := range d.edges.lost {
		key := edgeKey{now(row.edge.from), now(row.edge.to), row.edge.relation}
		body, ok := edges[key]
		w.countOne(ok && key != row.edge, body == row.body)
	}
	return nil
}

// countOne counts a row that moved with what it belongs to.
func (w *writing) countOne(moved, same bool) {
	if !moved {
		return
	}
	w.delta.Opened--
	w.delta.Closed--
	if !same {
		w.delta.Changed++
	}
}

// renamed returns what this run renamed, by the former IDs.
func (w *writing) renamed(ctx context.Context) (map[snapshot.ID]snapshot.ID, error) {
	went, came := map[identity]snapshot.ID{}, map[identity]snapshot.ID{}
	for _, side := range []struct {
		column string
		found  map[identity]snapshot.ID
	}{{"gone_run", went}, {"first_run", came}} {
		if side.column == "first_run" && len(went) == 0 {
			break
		}
		err := w.Each(ctx, func(scan db.Scan) error {
			var cell int64
			var id snapshot.ID
			var body string
			err := scan(&cell, &id.Kind, &id.Key, &body)
			side.found[identityOf(cell, id.Kind, object(body))] = id
			return err
		}, `SELECT p.cell, n.kind, n.key, COALESCE(b.data, '') FROM part p JOIN node n ON n.id = p.node JOIN cell c ON c.id = p.cell LEFT JOIN body b ON b.id = p.body
			WHERE p.`+side.column+` = ? AND p.main AND n.kind IN (?, ?) AND c.connection = (SELECT connection FROM run WHERE id = ?)`,
			w.run, string(snapshot.User), string(snapshot.Group), w.run)
		if err != nil {
			return nil, err
		}
	}
	names := map[snapshot.ID]snapshot.ID{}
	for of, id := range went {
		if to, ok := came[of]; ok && of.id != "" && to != id {
			names[id] = to
		}
	}
	return names, nil
}

// renames are the numbers of entities at the end of a comparison, by their numbers at its
// beginning.
type renames map[int64]int64

// mostRenames bounds how many entities of a comparison are found to be renamed. Others are
// listed as gone and new.
const mostRenames = 1000

// renames finds the entities that were renamed between two snapshots.
func (s *Store) renames(ctx context.Context, f snapshot.ChangeFilter) (renames, error) {
	opened, closed := s.ends("p", f)
	before, err := s.identities(ctx, closed)
	if err != nil || len(before) == 0 {
		return nil, err
	}
	after, err := s.identities(ctx, opened)
	found := renames{}
	for id, node := range before {
		if to, ok := after[id]; ok && to != node && len(found) < mostRenames {
			found[node] = to
		}
	}
	return found, err
}

// identities returns the numbers of the entities of some rows that can be renamed.
func (s *Store) identities(ctx context.Context, which selection) (map[identity]int64, error) {
	found := map[identity]int64{}
	err := s.db.Each(ctx, func(scan db.Scan) error {
		var node, cell int64
		var kind snapshot.Kind
		var body string
		err := scan(&node, &cell, &kind, &body)
		if id := identityOf(cell, kind, object(body)); id.id != "" {
			found[id] = node
		}
		return err
	}, `SELECT p.node, p.cell, n.kind, COALESCE(b.data, '') FROM part p JOIN node n ON n.id = p.node LEFT JOIN body b ON b.id = p.body
		WHERE p.main AND n.kind IN ('`+string(snapshot.User)+`', '`+string(snapshot.Group)+`') AND `+which.query, which.args...)
	return found, err
}

// of is the number of an entity in a row of the snapshot at the beginning, as at the end.
func (r renames) of(node string) string {
	if len(r) == 0 {
		return node
	}
	var b strings.Builder
	b.WriteString("CASE " + node)
	for from, to := range r {
		fmt.Fprintf(&b, " WHEN %d THEN %d", from, to)
	}
	return b.String() + " ELSE " + node + " END"
}
