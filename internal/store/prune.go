package store

import (
	"context"
	"time"

	"github.com/hawser/hawser/internal/db"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

// Removed counts what was removed from the store.
type Removed struct {
	Runs  int64 `json:"runs"`
	Parts int64 `json:"parts"`
	Edges int64 `json:"edges"`
}

// Prune removes what no snapshot since a time has. For each connection the last run
// before that time is kept, so that the store can tell what was so then; earlier ones are
// no longer available. Current data is never removed.
func (s *Store) Prune(ctx context.Context, before time.Time) (removed Removed, err error) {
	err = s.within(ctx, func(t tx) error {
		kept := map[string]int64{} // the first run that each connection keeps
		if err := t.Each(ctx, func(scan db.Scan) error {
			var connection string
			var run int64
			err := scan(&connection, &run)
			kept[connection] = run
			return err
		}, "SELECT connection, MAX(id) FROM run WHERE ended IS NOT NULL AND ended <= ? GROUP BY connection", moment(before)); err != nil {
			return err
		}
		for connection, first := range kept {
			if err := t.prune(ctx, connection, first, &removed); err != nil {
				return err
			}
		}
		if removed.Runs == 0 {
			return nil
		}
		return t.sweep(ctx)
	})
	return removed, err
}

// Prunable counts the runs of each connection that Prune would remove.
func (s *Store) Prunable(ctx context.Context, before time.Time) (map[string]int, error) {
	runs := map[string]int{}
	err := s.db.Each(ctx, func(scan db.Scan) error {
		var connection string
		var n int
		err := scan(&connection, &n)
		runs[connection] = n
		return err
	}, `SELECT connection, COUNT(*) FROM run WHERE kept = 1 AND id < (
		SELECT MAX(l.id) FROM run l WHERE l.connection = run.connection AND l.ended IS NOT NULL AND l.ended <= ?) GROUP BY connection`, moment(before))
	return runs, err
}

// prune removes what only the runs of a connection before the first have.
func (t tx) prune(ctx context.Context, connection string, first int64, removed *Removed) error {
	runs, err := t.Exec(ctx, "UPDATE run SET kept = 0 WHERE connection = ? AND id < ? AND kept = 1", connection, first)
	if err != nil || runs == 0 {
		return err
	}
	of := "cell IN (SELECT id FROM cell WHERE connection = ?)"
	parts, err := t.Exec(ctx, "DELETE FROM part WHERE gone_run <= ? AND "+of, first, connection)
	if err != nil {
		return err
	}
	edges, err := t.Exec(ctx, "DELETE FROM edge WHERE gone_run <= ? AND "+of, first, connection)
	if err != nil {
		return err
	}
	removed.Runs, removed.Parts, removed.Edges = removed.Runs+runs, removed.Parts+parts, removed.Edges+edges
	// Of each cell the last outcome stays, and the last with which it was read.
	_, err = t.Exec(ctx, `DELETE FROM outcome WHERE run < ? AND `+of+`
		AND run <> (SELECT MAX(l.run) FROM outcome l WHERE l.cell = outcome.cell AND l.run <= ?)
		AND run <> COALESCE((SELECT MAX(l.run) FROM outcome l WHERE l.cell = outcome.cell AND l.run <= ? AND `+readOutcome("l")+`), 0)`,
		first, connection, first, first)
	return err
}

// Forget removes a connection with its runs and everything that only they had. The
// error is NotFound if the store has no such connection.
func (s *Store) Forget(ctx context.Context, connection string) (removed Removed, err error) {
	err = s.within(ctx, func(t tx) error {
		of := "cell IN (SELECT id FROM cell WHERE connection = ?)"
		if removed.Parts, err = t.Exec(ctx, "DELETE FROM part WHERE "+of, connection); err != nil {
			return err
		}
		if removed.Edges, err = t.Exec(ctx, "DELETE FROM edge WHERE "+of, connection); err != nil {
			return err
		}
		if _, err := t.Exec(ctx, "DELETE FROM outcome WHERE "+of, connection); err != nil {
			return err
		}
		if _, err := t.Exec(ctx, "DELETE FROM cell WHERE connection = ?", connection); err != nil {
			return err
		}
		if removed.Runs, err = t.Exec(ctx, "DELETE FROM run WHERE connection = ?", connection); err != nil {
			return err
		}
		if removed.Runs == 0 {
			return fault.New(fault.NotFound, "the store has no connection %q", connection).At("connection").WithFix("hawser sync runs lists what it has")
		}
		return t.sweep(ctx)
	})
	return removed, err
}

// sweep removes nodes and bodies that no row refers to.
func (t tx) sweep(ctx context.Context) error {
	if _, err := t.Exec(ctx, `DELETE FROM body WHERE NOT EXISTS (SELECT 1 FROM (SELECT body FROM part UNION SELECT body FROM edge) used WHERE used.body = body.id)`); err != nil {
		return err
	}
	_, err := t.Exec(ctx, `DELETE FROM node WHERE NOT EXISTS (SELECT 1 FROM part WHERE part.node = node.id)
		AND NOT EXISTS (SELECT 1 FROM edge WHERE edge.source = node.id) AND NOT EXISTS (SELECT 1 FROM edge WHERE edge.target = node.id)`)
	return err
}

// Connections names the connections that the store has, with the number of entities
// and relations that are current.
func (s *Store) Connections(ctx context.Context) (map[string]int, error) {
	found := map[string]int{}
	err := s.db.Each(ctx, func(scan db.Scan) error {
		var name string
		var rows int
		err := scan(&name, &rows)
		found[name] = rows
		return err
	}, `SELECT r.connection, (SELECT COUNT(*) FROM part p JOIN cell c ON c.id = p.cell WHERE c.connection = r.connection AND p.gone_run = ?)
			+ (SELECT COUNT(*) FROM edge e JOIN cell c ON c.id = e.cell WHERE c.connection = r.connection AND e.gone_run = ?)
		FROM (SELECT DISTINCT connection FROM run) r`, int64(never), int64(never))
	return found, err
}

// Filled returns the cells of a connection that hold something now.
func (s *Store) Filled(ctx context.Context, connection string) ([]snapshot.Cell, error) {
	var cells []snapshot.Cell
	err := s.db.Each(ctx, func(scan db.Scan) error {
		var c snapshot.Cell
		err := scan(&c.Account, &c.Region, &c.Facet)
		cells = append(cells, c)
		return err
	}, `SELECT c.account, c.region, c.facet FROM cell c WHERE c.connection = ? AND (
		EXISTS (SELECT 1 FROM part p WHERE p.cell = c.id AND p.gone_run = ?) OR EXISTS (SELECT 1 FROM edge e WHERE e.cell = c.id AND e.gone_run = ?))
		ORDER BY c.account, c.region, c.facet`, connection, int64(never), int64(never))
	return cells, err
}
