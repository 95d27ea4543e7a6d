package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/hawser/hawser/internal/db"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

// Begin starts a sync of a connection.
func (s *Store) Begin(ctx context.Context, connection string, now time.Time) (snapshot.RunID, error) {
	return s.begin(ctx, connection, snapshot.Sync, now)
}

// BeginImport starts an import into a connection's snapshot. It can't be resumed.
func (s *Store) BeginImport(ctx context.Context, connection string, now time.Time) (snapshot.RunID, error) {
	return s.begin(ctx, connection, snapshot.Import, now)
}

func (s *Store) begin(ctx context.Context, connection string, kind snapshot.RunKind, now time.Time) (snapshot.RunID, error) {
	var id int64
	err := s.within(ctx, func(t tx) error {
		return t.One(ctx, []any{&id}, "INSERT INTO run (connection, kind, started, status) VALUES (?, ?, ?, ?) RETURNING id",
			connection, string(kind), moment(now), string(snapshot.Running))
	})
	return snapshot.RunID(id), err
}

// Choose keeps what a run is to read, and how, in a form of the caller's.
func (s *Store) Choose(ctx context.Context, run snapshot.RunID, choice string) error {
	return s.within(ctx, func(t tx) error {
		_, err := t.Exec(ctx, "UPDATE run SET choice = ? WHERE id = ?", choice, int64(run))
		return err
	})
}

// End says how a run ended. One that is interrupted may be resumed.
func (s *Store) End(ctx context.Context, run snapshot.RunID, status snapshot.RunStatus, reason string, now time.Time) error {
	return s.within(ctx, func(t tx) error {
		n, err := t.Exec(ctx, "UPDATE run SET ended = ?, status = ?, reason = ? WHERE id = ? AND status = ?",
			moment(now), string(status), reason, int64(run), string(snapshot.Running))
		if err == nil && n == 0 {
			return fault.New(fault.Conflict, "run %d is not running", run).WithFix("look with hawser sync runs; another process may have ended it")
		}
		return err
	})
}

// Resume continues a connection's last run if that was interrupted, and returns
// the outcomes of its cells so far. Imports since then do not count. It returns a run
// without a number if there is nothing to resume.
func (s *Store) Resume(ctx context.Context, connection string) (run snapshot.Run, done []snapshot.Outcome, err error) {
	err = s.within(ctx, func(t tx) error {
		var id, started int64
		var status, choice string
		err := t.One(ctx, []any{&id, &started, &status, &choice}, "SELECT id, started, status, choice FROM run WHERE connection = ? AND kind = ? ORDER BY id DESC LIMIT 1",
			connection, string(snapshot.Sync))
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil || status != string(snapshot.Running) && status != string(snapshot.Interrupted) {
			return err
		}
		run = snapshot.Run{ID: snapshot.RunID(id), Connection: connection, Kind: snapshot.Sync, Started: time.Unix(0, started).UTC(), Status: snapshot.Running, Choice: choice}
		_, err = t.Exec(ctx, "UPDATE run SET status = ?, ended = NULL, reason = '' WHERE id = ?", string(snapshot.Running), id)
		return err
	})
	if err != nil || run.ID == 0 {
		return snapshot.Run{}, nil, err
	}
	done, err = s.Outcomes(ctx, run.ID)
	return run, done, err
}

// Runs lists the runs, newest first, of one connection or of all.
func (s *Store) Runs(ctx context.Context, connection string, before snapshot.RunID, limit int) ([]snapshot.Run, error) {
	var runs []snapshot.Run
	at := map[snapshot.RunID]int{}
	err := s.db.Each(ctx, func(scan db.Scan) error {
		var r snapshot.Run
		var started, ended sql.NullInt64
		if err := scan(&r.ID, &r.Connection, &r.Kind, &started, &ended, &r.Status, &r.Reason); err != nil {
			return err
		}
		r.Started, r.Ended = timeOf(started), timeOf(ended)
		r.Cells = map[snapshot.Status]int{}
		at[r.ID] = len(runs)
		runs = append(runs, r)
		return nil
	}, "SELECT id, connection, kind, started, ended, status, reason FROM run WHERE kept = 1 AND (? = '' OR connection = ?) AND (? = 0 OR id < ?) ORDER BY id DESC LIMIT ?",
		connection, connection, int64(before), int64(before), limit)
	if err != nil || len(runs) == 0 {
		return nil, err
	}
	err = s.db.Each(ctx, func(scan db.Scan) error {
		var run snapshot.RunID
		var status snapshot.Status
		var cells, calls int
		var delta snapshot.Delta
		if err := scan(&run, &status, &cells, &calls, &delta.Opened, &delta.Changed, &delta.Closed); err != nil {
			return err
		}
		if i, ok := at[run]; ok {
			runs[i].Cells[status] += cells
			runs[i].Calls += calls
			runs[i].Add(delta)
		}
		return nil
	}, `SELECT run, status, COUNT(*), SUM(calls), SUM(opened), SUM(changed), SUM(closed) FROM outcome WHERE run BETWEEN ? AND ? GROUP BY run, status`,
		int64(runs[len(runs)-1].ID), int64(runs[0].ID))
	return runs, err
}

// Run returns one run. The error is NotFound where there is none, or if the snapshot of
// that run is no longer kept.
func (s *Store) Run(ctx context.Context, id snapshot.RunID) (snapshot.Run, error) {
	runs, err := s.Runs(ctx, "", id+1, 1)
	if err != nil {
		return snapshot.Run{}, err
	}
	if err := s.pruned(ctx, id); err != nil {
		return snapshot.Run{}, err
	}
	if len(runs) == 0 || runs[0].ID != id {
		return snapshot.Run{}, fault.New(fault.NotFound, "there is no run %d", id).At("run").WithFix("hawser sync runs lists them")
	}
	return runs[0], nil
}

// RunAt returns the last run that had come to its end at a time; 0 if there was none. The
// error is NotFound if the snapshot of that run is no longer kept.
func (s *Store) RunAt(ctx context.Context, t time.Time) (snapshot.RunID, error) {
	var run snapshot.RunID
	err := s.db.Each(ctx, func(scan db.Scan) error { return scan(&run) },
		"SELECT id FROM run WHERE ended IS NOT NULL AND ended <= ? AND "+wholeRun+" AND (? = '' OR connection = ?) ORDER BY id DESC LIMIT 1",
		moment(t), s.connection, s.connection)
	if err != nil || run == 0 {
		return 0, err
	}
	return run, s.pruned(ctx, run)
}

// FirstKept returns the first run of a connection whose snapshot is kept, and whether there
// were earlier ones.
func (s *Store) FirstKept(ctx context.Context, connection string) (first snapshot.RunID, pruned bool, err error) {
	var id sql.NullInt64
	var kept sql.NullInt64
	err = s.db.Each(ctx, func(scan db.Scan) error { return scan(&id, &kept) },
		"SELECT MIN(CASE WHEN kept = 1 THEN id END), MIN(kept) FROM run WHERE connection = ?", connection)
	return snapshot.RunID(id.Int64), kept.Valid && kept.Int64 == 0, err
}

// pruned returns a fault if the snapshot of a run is no longer kept: some connection's
// is kept only since a later run.
func (s *Store) pruned(ctx context.Context, run snapshot.RunID) error {
	var first int64
	var since sql.NullInt64
	err := s.db.Each(ctx, func(scan db.Scan) error { return scan(&first, &since) },
		`SELECT id, ended FROM run WHERE id IN (
			SELECT MIN(CASE WHEN kept = 1 THEN id END) FROM run WHERE (? = '' OR connection = ?) GROUP BY connection HAVING MIN(kept) = 0
		) ORDER BY id DESC LIMIT 1`, s.connection, s.connection)
	if err != nil || int64(run) >= first {
		return err
	}
	return fault.New(fault.NotFound, "the snapshot of run %d is no longer kept", run).WithCause("the store has those since %s", timeOf(since).Format(time.RFC3339)).
		WithFix("choose a later one: hawser sync runs lists them")
}
