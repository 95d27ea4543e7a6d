package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/hawser/hawser/internal/db"
	"github.com/hawser/hawser/internal/snapshot"
)

// Outcomes returns the outcomes of a run's cells.
func (s *Store) Outcomes(ctx context.Context, run snapshot.RunID) ([]snapshot.Outcome, error) {
	return bare(s.outcomes(ctx, `o.run = ?`, int64(run)))
}

// LastRead returns, for each cell of a facet that was read until a run, its
// outcome when it was last read; run 0 means now.
func (s *Store) LastRead(ctx context.Context, facet snapshot.Facet, run snapshot.RunID) ([]snapshot.Outcome, error) {
	return bare(s.outcomes(ctx, `c.facet = ? AND (? = '' OR c.connection = ?) AND o.run = (
		SELECT MAX(l.run) FROM outcome l WHERE l.cell = c.id AND l.status = ? AND l.run <= ?)`,
		string(facet), s.connection, s.connection, string(snapshot.OK), at(run)))
}

// CellTimes returns, for each of a connection's cells that was read or imported until a
// run, when what the snapshot has of it was so; run 0 means now.
func (s *Store) CellTimes(ctx context.Context, connection string, run snapshot.RunID) (map[snapshot.Cell]snapshot.CellTime, error) {
	times := map[snapshot.Cell]snapshot.CellTime{}
	err := s.db.Each(ctx, func(scan db.Scan) error {
		var c snapshot.Cell
		var asOf, read sql.NullInt64
		err := scan(&c.Account, &c.Region, &c.Facet, &asOf, &read)
		times[c] = snapshot.CellTime{AsOf: timeOf(asOf), Read: timeOf(read)}
		return err
	}, `SELECT c.account, c.region, c.facet, COALESCE(o.as_of, r.started), COALESCE(o.read_at, CASE WHEN r.kind = ? THEN r.started ELSE o.as_of END)
		FROM cell c JOIN outcome o ON o.cell = c.id JOIN run r ON r.id = o.run WHERE c.connection = ? AND o.run = (
		SELECT MAX(l.run) FROM outcome l WHERE l.cell = c.id AND `+readOutcome("l")+` AND l.run <= ?)`, string(snapshot.Sync), connection, at(run))
	return times, err
}

// readOutcome is the condition that an outcome tells the time of what its cell holds.
func readOutcome(table string) string {
	return "(" + table + ".status IN ('" + string(snapshot.OK) + "', '" + string(snapshot.Held) + "') OR " + table + ".as_of IS NOT NULL)"
}

// last returns the last outcome of each of a connection's cells, until a run.
func (s *Store) last(ctx context.Context, connection string, run snapshot.RunID) ([]cellOutcome, error) {
	return s.outcomes(ctx, `c.connection = ? AND o.run = (
		SELECT MAX(l.run) FROM outcome l WHERE l.cell = c.id AND l.run <= ?)`, connection, at(run))
}

// cellOutcome is an outcome with its cell's number.
type cellOutcome struct {
	snapshot.Outcome
	cell int64
}

// outcomes returns the outcomes that meet a condition on the outcome o and its
// cell c, in the order of the cells.
func (s *Store) outcomes(ctx context.Context, where string, args ...any) ([]cellOutcome, error) {
	var out []cellOutcome
	err := s.db.Each(ctx, func(scan db.Scan) error {
		var o cellOutcome
		var took int64
		var asOf sql.NullInt64
		err := scan(&o.cell, &o.Account, &o.Region, &o.Facet, &o.Status, &o.Reason, &o.Fix, &o.Action, &o.Way, &o.Calls, &took, &o.Seen, &asOf)
		o.Took, o.AsOf = time.Duration(took), timeOf(asOf)
		out = append(out, o)
		return err
	}, `SELECT c.id, c.account, c.region, c.facet, o.status, o.reason, o.fix, o.action, o.way, o.calls, o.took, o.seen, o.as_of
		FROM outcome o JOIN cell c ON c.id = o.cell WHERE `+where+` ORDER BY c.account, c.region, c.facet`, args...)
	return out, err
}

func bare(found []cellOutcome, err error) ([]snapshot.Outcome, error) {
	var out []snapshot.Outcome
	for _, o := range found {
		out = append(out, o.Outcome)
	}
	return out, err
}
