package kit

import (
	"context"
	"time"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/store"
	"github.com/hawser/hawser/internal/tool"
)

// checkAge returns an error if something in the snapshot is older than maxAge,
// or was never read, which is older than any age. An account that syncs leave out by
// choice, so that nothing of it was ever read, counts only if it is the account that is
// asked for.
func checkAge(ctx context.Context, st *store.Store, account string, maxAge tool.When, now time.Time) error {
	limit, err := Ago(maxAge, "max_age", now)
	if err != nil || limit == 0 {
		return err
	}
	oldest, ok, err := st.Oldest(ctx, "")
	switch {
	case err != nil:
		return err
	case !ok:
		if err := checkUnread(ctx, st, "", now); err != nil {
			return err
		}
		return fault.New(fault.NotFound, "nothing was synced yet").At("max_age").WithFix("hawser sync")
	case now.Sub(oldest.At) <= limit:
		return checkUnread(ctx, st, account, now)
	}
	return tooOld(ctx, st, oldest, now)
}

// tooOld returns the error of a snapshot whose oldest cell is too old.
func tooOld(ctx context.Context, st *store.Store, oldest store.Aged, now time.Time) error {
	f := fault.New(fault.Conflict, "the snapshot is too old: %s of %s is %s old, of %s",
		oldest.Facet, oldest.Account, Age(now.Sub(oldest.At)), Moment(oldest.At)).At("max_age").WithFix("hawser sync run %s", oldest.Connection)
	states, err := st.States(ctx, oldest.Connection)
	if err != nil {
		return err
	}
	if len(states) == 0 {
		return f
	}
	note, err := StaleNote(ctx, st, states[0], now)
	if err != nil {
		return err
	}
	if note != "" {
		f = f.WithCause("%s", note)
	}
	return f
}

// checkUnread returns an error if something was never read: what a first sync did not
// come to, a gap of which the snapshot has nothing, or the account that is asked for.
func checkUnread(ctx context.Context, st *store.Store, account string, now time.Time) error {
	states, err := st.States(ctx, "")
	if err != nil {
		return err
	}
	for _, state := range states {
		if err := checkFirst(ctx, st, state, now); err != nil {
			return err
		}
		if err := checkGaps(ctx, st, state); err != nil {
			return err
		}
	}
	return checkAccount(ctx, st, account, states)
}

// checkAccount returns an error if nothing was ever read of an account that is in use.
func checkAccount(ctx context.Context, st *store.Store, account string, states []store.State) error {
	if account == "" || len(states) == 0 {
		return nil
	}
	if read, err := st.WasRead(ctx, account); err != nil || read {
		return err
	}
	if closed, err := Inactive(ctx, st, account, 0); err != nil || len(closed) > 0 {
		return err
	}
	return fault.New(fault.Conflict, "the snapshot is too old: nothing of account %s was ever read", account).At("max_age").
		WithCause("no sync was to read it, or the organization has no such account").
		WithFix("hawser accounts lists the accounts; sync with it: hawser sync run %s --include %s", states[0].Connection, account)
}

// checkFirst returns an error if no sync of a connection came to its end.
func checkFirst(ctx context.Context, st *store.Store, state store.State, now time.Time) error {
	if state.Whole.ID != 0 {
		return nil
	}
	note, err := StaleNote(ctx, st, state, now)
	if err != nil {
		return err
	}
	return neverRead(state.Connection, "no sync of %s came to its end, so something was never read", state.Connection).WithCause("%s", note)
}

// checkGaps returns an error if a gap of a connection was never read.
func checkGaps(ctx context.Context, st *store.Store, state store.State) error {
	gaps, err := st.Gaps(ctx, state.Connection)
	if err != nil || len(gaps) == 0 {
		return err
	}
	times, err := st.CellTimes(ctx, state.Connection, 0)
	if err != nil {
		return err
	}
	for _, gap := range gaps {
		if _, read := times[gap.Cell]; !read {
			return neverRead(state.Connection, "%s of %s was never read", gap.Facet, gap.Account).WithCause("%s", gap.Reason).
				WithFix("hawser sync gaps names what closes it; then hawser sync run %s", state.Connection)
		}
	}
	return nil
}

// neverRead is the error about what no snapshot has.
func neverRead(connection, format string, args ...any) *fault.Error {
	return fault.New(fault.Conflict, "the snapshot is too old: "+format, args...).At("max_age").WithFix("hawser sync run %s", connection)
}
