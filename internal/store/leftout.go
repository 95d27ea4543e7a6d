package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/hawser/hawser/internal/db"
	"github.com/hawser/hawser/internal/snapshot"
)

// LeftOut is an account of which the snapshot has something that the last sync which came
// to its end did not read, nor try to.
type LeftOut struct {
	Account string
	// Oldest is when the oldest of that was read.
	Oldest time.Time
}

// LeftOut returns the accounts that a connection's last whole sync left out, in their
// order: those that were not chosen, and those that are suspended. A sync that did not
// come to its end counts if it is later. It returns none if nothing was synced.
func (s *Store) LeftOut(ctx context.Context, state State) ([]LeftOut, error) {
	if state.Whole.Kind != snapshot.Sync {
		return nil, nil
	}
	of := "c.connection = ? AND c.facet LIKE '" + string(snapshot.AccountFacets) + "%'"
	var all []LeftOut
	err := s.db.Each(ctx, func(scan db.Scan) error {
		var l LeftOut
		var at sql.NullInt64
		err := scan(&l.Account, &at)
		l.Oldest = timeOf(at)
		all = append(all, l)
		return err
	}, `SELECT c.account, MIN(CASE WHEN r.kind = ? THEN COALESCE(o.as_of, r.started) ELSE r.started END)
		FROM cell c JOIN outcome o ON o.cell = c.id JOIN run r ON r.id = o.run
		WHERE `+of+` AND c.account NOT IN (
			SELECT c.account FROM cell c JOIN outcome l ON l.cell = c.id WHERE `+of+` AND l.run >= ? AND l.status <> ?)
		AND o.run = (SELECT MAX(l.run) FROM outcome l WHERE l.cell = c.id AND `+readOutcome("l")+`)
		AND (EXISTS (SELECT 1 FROM part p WHERE p.cell = c.id AND p.gone_run = ?) OR EXISTS (SELECT 1 FROM edge e WHERE e.cell = c.id AND e.gone_run = ?))
		GROUP BY c.account ORDER BY c.account`,
		string(snapshot.Import), state.Connection, state.Connection, int64(state.Whole.ID), string(snapshot.Skipped), int64(never), int64(never))
	return all, err
}

// NeverRead returns the accounts of which no run of a connection read anything, and that
// the last whole sync did not try to read, in their order. If nothing was synced, those
// count that the sync left out of which the snapshot was imported. It returns none if there
// is no whole snapshot.
func (s *Store) NeverRead(ctx context.Context, state State) ([]string, error) {
	if state.Whole.ID == 0 {
		return nil, nil
	}
	tried, since := "o.run >= ?", state.Whole.ID
	if state.Whole.Kind == snapshot.Import {
		// Each import has only some cells, so the last word on each counts.
		tried, since = "o.run >= ? AND o.run = (SELECT MAX(l.run) FROM outcome l WHERE l.cell = c.id)", 0
	}
	var all []string
	err := s.db.Each(ctx, func(scan db.Scan) error {
		var account string
		err := scan(&account)
		all = append(all, account)
		return err
	}, `SELECT c.account FROM cell c WHERE c.connection = ? AND c.facet LIKE '`+string(snapshot.AccountFacets)+`%' GROUP BY c.account
		HAVING MAX(CASE WHEN EXISTS (SELECT 1 FROM outcome o WHERE o.cell = c.id AND (`+readOutcome("o")+` OR `+tried+` AND o.status <> ?)) THEN 1 ELSE 0 END) = 0
		ORDER BY c.account`, state.Connection, int64(since), string(snapshot.Skipped))
	return all, err
}

// WasRead reports whether a run read anything of an account itself.
func (s *Store) WasRead(ctx context.Context, account string) (bool, error) {
	read := false
	err := s.db.Each(ctx, func(scan db.Scan) error { return scan(&read) },
		`SELECT EXISTS (SELECT 1 FROM cell c JOIN outcome o ON o.cell = c.id WHERE c.account = ? AND (? = '' OR c.connection = ?)
			AND c.facet LIKE '`+string(snapshot.AccountFacets)+`%' AND `+readOutcome("o")+`)`, account, s.connection, s.connection)
	return read, err
}
