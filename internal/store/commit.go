package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/hawser/hawser/internal/db"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

// never is the gone_run of rows that are in the current snapshot.
const never = math.MaxInt64

// Commit stores the outcome of a cell in a run and, if the cell was read, its
// contents: new rows are opened, rows that no longer exist are closed, and
// unchanged rows are not written. It is one transaction. If a cell loses more
// than the rules allow, its outcome is stored as held and nothing is closed. If
// it loses what belongs to an entity that this run holds in another cell, its
// outcome is held too, and that is not closed. Commit returns the stored outcome.
//
// Errors: Unavailable for a database that is locked, Quota for a full disk,
// Conflict for a run that is not running.
func (s *Store) Commit(ctx context.Context, run snapshot.RunID, o snapshot.Outcome, b *snapshot.Batch, rules snapshot.Rules) (snapshot.Outcome, snapshot.Delta, error) {
	var delta snapshot.Delta
	if b != nil {
		b.Sort()
		o.Seen = len(b.Parts) + len(b.Edges)
	}
	err := s.within(ctx, func(t tx) error {
		c, err := t.open(ctx, run, o.Cell)
		if err != nil {
			return err
		}
		if b != nil && (o.Read() || o.Unclear) {
			if o, err = c.apply(ctx, b, o, rules); err != nil {
				return err
			}
		}
		delta = c.delta
		_, err = t.Exec(ctx, `INSERT INTO outcome (run, cell, status, reason, fix, action, way, calls, took, seen, opened, changed, closed, as_of, read_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (run, cell) DO UPDATE SET status = excluded.status, reason = excluded.reason, fix = excluded.fix, action = excluded.action, way = excluded.way,
				calls = outcome.calls + excluded.calls, took = outcome.took + excluded.took, seen = excluded.seen,
				opened = outcome.opened + excluded.opened, changed = outcome.changed + excluded.changed, closed = outcome.closed + excluded.closed, as_of = excluded.as_of, read_at = excluded.read_at`,
			int64(run), c.cell, string(o.Status), o.Reason, o.Fix, o.Action, o.Way, o.Calls, int64(o.Took), o.Seen, delta.Opened, delta.Changed, delta.Closed, orNull(o.AsOf), orNull(o.ReadAt))
		return err
	})
	return o, delta, err
}

// writing is a cell that is being stored.
type writing struct {
	tx
	run, cell int64
	facet     snapshot.Facet
	delta     snapshot.Delta
}

// open finds the cell of a run that is running, or makes it.
func (t tx) open(ctx context.Context, run snapshot.RunID, c snapshot.Cell) (*writing, error) {
	var connection, status string
	err := t.One(ctx, []any{&connection, &status}, "SELECT connection, status FROM run WHERE id = ?", int64(run))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, fault.New(fault.NotFound, "there is no run %d", run).WithFix("look with hawser sync runs")
	case err != nil:
		return nil, err
	case snapshot.RunStatus(status) != snapshot.Running:
		return nil, fault.New(fault.Conflict, "run %d is %s", run, status).WithFix("start another, or resume it")
	}
	w := &writing{tx: t, run: int64(run), facet: c.Facet}
	_, err = t.Exec(ctx, "INSERT INTO cell (connection, account, region, facet) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
		connection, c.Account, c.Region, string(c.Facet))
	if err != nil {
		return nil, err
	}
	return w, t.One(ctx, []any{&w.cell}, "SELECT id FROM cell WHERE connection = ? AND account = ? AND region = ? AND facet = ?", connection, c.Account, c.Region, string(c.Facet))
}

// apply changes the cell's parts and edges to those that were read.
func (w *writing) apply(ctx context.Context, b *snapshot.Batch, o snapshot.Outcome, rules snapshot.Rules) (snapshot.Outcome, error) {
	parts, err := w.parts(ctx)
	if err != nil {
		return o, err
	}
	edges, err := w.edges(ctx)
	if err != nil {
		return o, err
	}
	d := diff(b, parts, edges)
	if err := w.pair(ctx, d); err != nil {
		return o, err
	}
	held := map[snapshot.ID]bool{}
	if len(d.parts.lost)+len(d.edges.lost) > 0 {
		if held, err = w.held(ctx); err != nil {
			return o, err
		}
	}
	reason := cmp.Or(rules.Hold, tooMuch(rules, parts, edges, d))
	switch {
	case reason != "":
		d.keep()
	case len(held) > 0:
		if n := d.keepOf(held); n > 0 {
			reason = fmt.Sprintf("%d of its entities and relations belong to entities that are held", n)
		}
	}
	if reason != "" {
		o.Status, o.Reason, o.Fix = snapshot.Held, reason, "check whether that is so; then repeat with --accept-loss"
	}
	if err := w.count(ctx, d); err != nil {
		return o, err
	}
	if err := w.close(ctx, d); err != nil {
		return o, err
	}
	return o, w.write(ctx, d)
}

// stored is the row of a part or an edge.
type stored struct {
	row           int64
	id            snapshot.ID // of a part
	edge          edgeKey     // of an edge
	account, name string
	main          bool
	body          Digest
}

type edgeKey struct {
	from, to snapshot.ID
	relation snapshot.Relation
}

// parts returns the parts that the cell has in the current snapshot.
func (w *writing) parts(ctx context.Context) (map[snapshot.ID]stored, error) {
	found := map[snapshot.ID]stored{}
	err := w.Each(ctx, func(scan db.Scan) error {
		var id snapshot.ID
		var l stored
		var hash []byte
		if err := scan(&l.row, &id.Kind, &id.Key, &l.main, &l.account, &l.name, &hash); err != nil {
			return err
		}
		copy(l.body[:], hash)
		l.id = id
		found[id] = l
		return nil
	}, `SELECT p.id, n.kind, n.key, p.main, p.account, p.name, b.hash FROM part p
		JOIN node n ON n.id = p.node LEFT JOIN body b ON b.id = p.body WHERE p.cell = ? AND p.gone_run = ?`, w.cell, int64(never))
	return found, err
}

func (w *writing) edges(ctx context.Context) (map[edgeKey]stored, error) {
	found := map[edgeKey]stored{}
	err := w.Each(ctx, func(scan db.Scan) error {
		var key edgeKey
		var l stored
		var hash []byte
		var relation int
		if err := scan(&l.row, &key.from.Kind, &key.from.Key, &relation, &key.to.Kind, &key.to.Key, &hash); err != nil {
			return err
		}
		key.relation = relationOf(relation)
		l.edge = key
		copy(l.body[:], hash)
		found[key] = l
		return nil
	}, `SELECT e.id, f.kind, f.key, e.relation, t.kind, t.key, b.hash FROM edge e
		JOIN node f ON f.id = e.source JOIN node t ON t.id = e.target LEFT JOIN body b ON b.id = e.body
		WHERE e.cell = ? AND e.gone_run = ?`, w.cell, int64(never))
	return found, err
}

// held returns the entities whose cells this run holds.
func (w *writing) held(ctx context.Context) (map[snapshot.ID]bool, error) {
	held := map[snapshot.ID]bool{}
	err := w.Each(ctx, func(scan db.Scan) error {
		var id snapshot.ID
		if err := scan(&id.Kind, &id.Key); err != nil {
			return err
		}
		held[id] = true
		return nil
	}, `SELECT n.kind, n.key FROM outcome o JOIN part p ON p.cell = o.cell JOIN node n ON n.id = p.node
		WHERE o.run = ? AND o.status = ? AND o.cell <> ? AND p.main AND p.gone_run = ?`,
		w.run, string(snapshot.Held), w.cell, int64(never))
	return held, err
}

// close closes rows that no longer apply.
func (w *writing) close(ctx context.Context, d *difference) error {
	for table, rows := range map[string][]int64{"part": d.parts.closed(), "edge": d.edges.closed()} {
		for len(rows) > 0 {
			n := min(db.Chunk, len(rows))
			args := []any{w.run}
			for _, row := range rows[:n] {
				args = append(args, row)
			}
			rows = rows[n:]
			if _, err := w.Exec(ctx, "UPDATE "+table+" SET gone_run = ? WHERE id IN ("+db.Marks(n)+")", args...); err != nil {
				return err
			}
		}
	}
	return nil
}

// write opens what is new.
func (w *writing) write(ctx context.Context, d *difference) error {
	ids, bodies := map[snapshot.ID]bool{}, map[Digest]json.RawMessage{}
	for _, p := range d.parts.open {
		ids[p.ID] = true
		bodies[digestOf(p.Body)] = p.Body
	}
	for _, e := range d.edges.open {
		ids[e.From], ids[e.To] = true, true
		bodies[digestOf(e.Body)] = e.Body
	}
	if len(ids) == 0 {
		return nil
	}
	nodes, err := w.nodes(ctx, ids)
	if err != nil {
		return err
	}
	numbers, err := w.bodies(ctx, bodies)
	if err != nil {
		return err
	}
	parts := make([][]any, len(d.parts.open))
	for i, p := range d.parts.open {
		parts[i] = []any{nodes[p.ID], w.cell, p.Main, p.Account, p.Name, numbers[digestOf(p.Body)], w.run, int64(never)}
	}
	if err := w.Insert(ctx, "part", "", []string{"node", "cell", "main", "account", "name", "body", "first_run", "gone_run"}, parts); err != nil {
		return err
	}
	edges := make([][]any, len(d.edges.open))
	for i, e := range d.edges.open {
		code := codeOf(e.Relation)
		if code == 0 {
			return fault.New(fault.Internal, "the store has no code for the relation %q", e.Relation)
		}
		edges[i] = []any{nodes[e.From], code, nodes[e.To], w.cell, numbers[digestOf(e.Body)], w.run, int64(never)}
	}
	return w.Insert(ctx, "edge", "", []string{"source", "relation", "target", "cell", "body", "first_run", "gone_run"}, edges)
}
