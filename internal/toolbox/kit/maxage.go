package kit

import (
	"context"
	"time"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/store"
	"github.com/hawser/hawser/internal/tool"
)

// checkAge returns an error if something in the snapshot is older than maxAge,
// or was never read, which is older than any age.
func checkAge(ctx context.Context, st *store.Store, maxAge tool.When, now time.Time) error {
	limit, err := Ago(maxAge, "max_age", now)
	if err != nil || limit == 0 {
		return err
	}
	oldest, ok, err := st.Oldest(ctx, "")
	switch {
	case err != nil:
		return err
	case !ok:
		if err := checkUnread(ctx, st, now); err != nil {
			return err
		}
		return fault.New(fault.NotFound, "nothing was synced yet").At("max_age").WithFix("hawser sync")
	case now.Sub(oldest.At) <= limit:
		return checkUnread(ctx, st, now)
	}
	f := fault.New(fault.Conflict, "the snapshot is too old: %s of %s is %s old, of %s",
		oldest.Facet, oldest.Account, Age(now.Sub(oldest.At)), Moment(oldest.At)).At("max_age").WithFix("hawser sync run %s", oldest.Connection)
	states, err := st.States(ctx, oldest.Connection)
	if err != nil || len(states) == 0 {
		return err
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
// come to, or a gap of which the snapshot has nothing.
func checkUnread(ctx context.Context, st *store.Store, now time.Time) error {
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
	return nil
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
	standing, err := st.Standing(ctx, state.Connection, 0)
	if err != nil {
		return err
	}
	for _, gap := range gaps {
		if _, read := standing[gap.Cell]; !read {
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
