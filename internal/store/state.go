package store

import (
	"cmp"
	"context"
	"database/sql"
	"time"

	"github.com/hawser/hawser/internal/db"
	"github.com/hawser/hawser/internal/snapshot"
)

// State is how the snapshot of a connection came about.
type State struct {
	Connection string
	// Last is the last sync; the last import if nothing was synced.
	Last snapshot.Run
	// Whole is the last sync that came to its end, with gaps or without; the last
	// import of a whole snapshot if nothing was synced. It has no number if there is none.
	Whole snapshot.Run
}

// States returns the states of a connection, or of all of the store's that have runs, in
// the order of their names.
func (s *Store) States(ctx context.Context, connection string) ([]State, error) {
	connection = cmp.Or(connection, s.connection)
	var states []State
	var numbers [][2]int64
	err := s.db.Each(ctx, func(scan db.Scan) error {
		var state State
		var last, synced, imported int64
		err := scan(&state.Connection, &last, &synced, &imported)
		states, numbers = append(states, state), append(numbers, [2]int64{last, cmp.Or(synced, imported)})
		return err
	}, `SELECT connection, COALESCE(MAX(CASE WHEN kind = ? THEN id END), MAX(id)), COALESCE(MAX(CASE WHEN `+wholeRun+` AND kind = ? THEN id END), 0),
			COALESCE(MAX(CASE WHEN `+wholeRun+` THEN id END), 0)
		FROM run WHERE (? = '' OR connection = ?) GROUP BY connection ORDER BY connection`,
		string(snapshot.Sync), string(snapshot.Sync), connection, connection)
	if err != nil {
		return nil, err
	}
	for i, n := range numbers {
		if states[i].Last, err = s.bareRun(ctx, n[0]); err != nil {
			return nil, err
		}
		if states[i].Whole, err = s.bareRun(ctx, n[1]); err != nil {
			return nil, err
		}
	}
	return states, nil
}

// wholeRun is the condition that a run came to its end. Only an import of a snapshot that
// was not whole has a reason beside that.
const wholeRun = "(status = '" + string(snapshot.Complete) + "' OR status = '" + string(snapshot.Partial) + "' AND (kind = '" + string(snapshot.Sync) + "' OR reason = ''))"

// WholeBy reports whether a run of a connection had come to its end by a run, that one
// too; run 0 means now.
func (s *Store) WholeBy(ctx context.Context, connection string, run snapshot.RunID) (bool, error) {
	whole := false
	err := s.db.Each(ctx, func(scan db.Scan) error { return scan(&whole) },
		"SELECT EXISTS (SELECT 1 FROM run WHERE connection = ? AND id <= ? AND "+wholeRun+")", connection, at(run))
	return whole, err
}

// bareRun returns a run without the numbers of its cells; none for 0.
func (s *Store) bareRun(ctx context.Context, id int64) (snapshot.Run, error) {
	var r snapshot.Run
	err := s.db.Each(ctx, func(scan db.Scan) error {
		var started, ended sql.NullInt64
		err := scan(&r.ID, &r.Connection, &r.Kind, &started, &ended, &r.Status, &r.Reason)
		r.Started, r.Ended = timeOf(started), timeOf(ended)
		return err
	}, "SELECT id, connection, kind, started, ended, status, reason FROM run WHERE id = ?", id)
	return r, err
}

// Gaps returns the outcome of each cell that could not be read when a sync last came to
// it; of all connections if connection is empty.
func (s *Store) Gaps(ctx context.Context, connection string) ([]snapshot.Outcome, error) {
	connection = cmp.Or(connection, s.connection)
	return bare(s.outcomes(ctx, `(? = '' OR c.connection = ?) AND o.status NOT IN (?, ?)
		AND o.run = (SELECT MAX(l.run) FROM outcome l WHERE l.cell = c.id)`,
		connection, connection, string(snapshot.OK), string(snapshot.Skipped)))
}

// LastOutcomes returns the last outcome of each of a connection's cells.
func (s *Store) LastOutcomes(ctx context.Context, connection string) ([]snapshot.Outcome, error) {
	return bare(s.last(ctx, connection, 0))
}

// Aged is a cell with the time of what the snapshot has of it.
type Aged struct {
	Connection string
	snapshot.Cell
	At time.Time
}

// reportAge is how old a credential report may be: AWS makes another if it is older.
//
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateCredentialReport.html
const reportAge = 4 * time.Hour

// Oldest returns the oldest cell of a connection's snapshot, or of all. Cells that
// were skipped on purpose since they were read do not count, nor do empty ones that the
// last sync did not come to, such as those of an account that left. Data that AWS gave
// counts as of the run that read it, though a credential report is up to four hours older.
// Imported data counts as of its own time.
// ok is false if nothing was read.
func (s *Store) Oldest(ctx context.Context, connection string) (oldest Aged, ok bool, err error) {
	connection = cmp.Or(connection, s.connection)
	states, err := s.States(ctx, connection)
	if err != nil {
		return oldest, false, err
	}
	whole := map[string]snapshot.RunID{}
	for _, state := range states {
		whole[state.Connection] = state.Whole.ID
	}
	err = s.db.Each(ctx, func(scan db.Scan) error {
		var a Aged
		var asOf, started sql.NullInt64
		var last snapshot.RunID
		var filled bool
		var kind snapshot.RunKind
		if err := scan(&a.Connection, &a.Account, &a.Region, &a.Facet, &asOf, &started, &kind, &last, &filled); err != nil {
			return err
		}
		a.At = timeOf(started)
		if at := timeOf(asOf); asOf.Valid && (kind == snapshot.Import || a.At.Sub(at) > reportAge) {
			a.At = at
		}
		if (filled || last >= whole[a.Connection]) && (!ok || a.At.Before(oldest.At)) {
			oldest, ok = a, true
		}
		return nil
	}, `SELECT c.connection, c.account, c.region, c.facet, o.as_of, r.started, r.kind, (SELECT MAX(l.run) FROM outcome l WHERE l.cell = c.id),
			EXISTS (SELECT 1 FROM part p WHERE p.cell = c.id AND p.gone_run = ?) OR EXISTS (SELECT 1 FROM edge e WHERE e.cell = c.id AND e.gone_run = ?)
		FROM cell c JOIN outcome o ON o.cell = c.id JOIN run r ON r.id = o.run
		WHERE (? = '' OR c.connection = ?) AND o.run = (
			SELECT MAX(l.run) FROM outcome l WHERE l.cell = c.id AND (l.status = ? OR l.as_of IS NOT NULL AND l.status <> ?))
		AND NOT EXISTS (SELECT 1 FROM outcome l WHERE l.cell = c.id AND l.run > o.run AND l.status = ?)`,
		int64(never), int64(never), connection, connection, string(snapshot.OK), string(snapshot.Skipped), string(snapshot.Skipped))
	return oldest, ok, err
}
