package store

import (
	"context"
	"slices"

	"github.com/hawser/hawser/internal/db"
	"github.com/hawser/hawser/internal/snapshot"
)

// Cells returns a connection's snapshot as of a run, cell by cell: the last
// outcome of each cell with the times of its contents, and the contents.
func (s *Store) Cells(ctx context.Context, connection string, run snapshot.RunID, do func(snapshot.Outcome, *snapshot.Batch) error) error {
	cells, err := s.last(ctx, connection, run)
	if err != nil {
		return err
	}
	times, err := s.CellTimes(ctx, connection, run)
	if err != nil {
		return err
	}
	for _, c := range cells {
		if at, ok := times[c.Cell]; ok {
			c.AsOf, c.ReadAt = at.AsOf, at.Read
		}
		b, err := s.batch(ctx, c.cell, at(run))
		if err != nil {
			return err
		}
		if err := do(c.Outcome, b); err != nil {
			return err
		}
	}
	return nil
}

// Contents returns what a connection's cell holds now.
func (s *Store) Contents(ctx context.Context, connection string, c snapshot.Cell) (*snapshot.Batch, error) {
	var cell int64
	err := s.db.Each(ctx, func(scan db.Scan) error { return scan(&cell) },
		"SELECT id FROM cell WHERE connection = ? AND account = ? AND region = ? AND facet = ?", connection, c.Account, c.Region, string(c.Facet))
	if err != nil {
		return nil, err
	}
	return s.batch(ctx, cell, at(0))
}

// batch returns what a cell holds as of a run.
func (s *Store) batch(ctx context.Context, cell, run int64) (*snapshot.Batch, error) {
	b := &snapshot.Batch{}
	err := s.db.Each(ctx, func(scan db.Scan) error {
		var p snapshot.Part
		var body string
		err := scan(&p.Kind, &p.Key, &p.Main, &p.Account, &p.Name, &body)
		p.Body = object(body)
		b.Parts = append(b.Parts, p)
		return err
	}, `SELECT n.kind, n.key, p.main, p.account, p.name, COALESCE(b.data, '') FROM part p
		JOIN node n ON n.id = p.node LEFT JOIN body b ON b.id = p.body WHERE p.cell = ? AND `+present("p")+` ORDER BY n.kind, n.key`, cell, run, run)
	if err != nil {
		return nil, err
	}
	err = s.db.Each(ctx, func(scan db.Scan) error {
		var e snapshot.Edge
		var relation int
		var body string
		err := scan(&e.From.Kind, &e.From.Key, &relation, &e.To.Kind, &e.To.Key, &body)
		e.Relation, e.Body = relationOf(relation), object(body)
		b.Edges = append(b.Edges, e)
		return err
	}, `SELECT f.kind, f.key, e.relation, t.kind, t.key, COALESCE(b.data, '') FROM edge e
		JOIN node f ON f.id = e.source JOIN node t ON t.id = e.target LEFT JOIN body b ON b.id = e.body
		WHERE e.cell = ? AND `+present("e")+` ORDER BY f.kind, f.key, e.relation, t.kind, t.key`, cell, run, run)
	return b, err
}

// Edges returns the edges of a run's snapshot in the order in which they came, a
// page behind the number that the page before gave; 0 means the first. An edge that
// several connections read comes once, as it changed last.
func (s *Store) Edges(ctx context.Context, run snapshot.RunID, after int64, limit int) ([]snapshot.Link, int64, error) {
	var links []snapshot.Link
	shown := s.latest("e", run)
	args := slices.Concat([]any{after}, shown.args, []any{limit})
	err := s.db.Each(ctx, func(scan db.Scan) error {
		var l snapshot.Link
		var relation int
		var body string
		var first, gone int64
		err := scan(&after, &l.From.Kind, &l.From.Key, &relation, &l.To.Kind, &l.To.Key, &body, &first, &gone)
		l.Relation, l.Body, l.Life = relationOf(relation), object(body), lifeOf(first, gone, 0)
		links = append(links, l)
		return err
	}, `SELECT e.id, f.kind, f.key, e.relation, t.kind, t.key, COALESCE(b.data, ''), e.first_run, e.gone_run FROM edge e
		JOIN node f ON f.id = e.source JOIN node t ON t.id = e.target LEFT JOIN body b ON b.id = e.body
		WHERE e.id > ? AND `+shown.query+` ORDER BY e.id LIMIT ?`, args...)
	return links, after, err
}
