package kit

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/store"
)

// LeftOut is what a sync left out by choice.
type LeftOut struct {
	Accounts  int       `json:"accounts" jsonschema:"how many accounts the last sync left out, of those in use that the snapshot has something of"`
	Oldest    time.Time `json:"oldest,omitzero" jsonschema:"when the oldest of that was read"`
	NeverRead int       `json:"never_read,omitempty" jsonschema:"how many accounts in use the last sync left out that no sync has read"`

	// imported is set if that sync is one of another store, whose snapshot was imported.
	imported bool
}

// LeftOutOf returns the accounts that the last sync of a connection left out; nil if
// there are none. Accounts that are not in use do not count: listings mark them.
func LeftOutOf(ctx context.Context, st *store.Store, state store.State) (*LeftOut, error) {
	accounts, err := st.LeftOut(ctx, state)
	if err != nil {
		return nil, err
	}
	unread, err := st.NeverRead(ctx, state)
	if err != nil || len(accounts)+len(unread) == 0 {
		return nil, err
	}
	states, err := accountStates(ctx, st.Of(state.Connection), "", 0)
	if err != nil {
		return nil, err
	}
	var out LeftOut
	for _, a := range accounts {
		if !inUse(states[a.Account]) {
			continue
		}
		out.Accounts++
		if out.Oldest.IsZero() || a.Oldest.Before(out.Oldest) {
			out.Oldest = a.Oldest
		}
	}
	for _, account := range unread {
		// An account that is listed no longer has left. Without a list none has.
		if word, listed := states[account]; inUse(word) && (listed || len(states) == 0) {
			out.NeverRead++
		}
	}
	if out == (LeftOut{}) {
		return nil, nil
	}
	out.imported = Imported(state)
	return &out, nil
}

// Note says that in a line.
func (l LeftOut) Note(connection string, now time.Time) string {
	begin := "the last sync of " + connection + " left out "
	if l.imported {
		begin = "the sync of which the snapshot of " + connection + " was imported left out "
	}
	never := Count(l.NeverRead, "account") + " of which nothing was ever read"
	if l.Accounts == 0 {
		return begin + never
	}
	note := begin + fmt.Sprintf("%s, whose data is up to %s old, of %s", Count(l.Accounts, "account"), Age(now.Sub(l.Oldest)), Moment(l.Oldest))
	if l.NeverRead > 0 {
		note += ", and " + never
	}
	return note
}

// Inactive returns the states of the accounts of a run's snapshot that are not in use; of
// one account alone if it is not empty.
func Inactive(ctx context.Context, st *store.Store, account string, run snapshot.RunID) (map[string]string, error) {
	states, err := accountStates(ctx, st, account, run)
	maps.DeleteFunc(states, func(_, state string) bool { return inUse(state) })
	return states, err
}

// accountStates returns the states of the accounts of a run's snapshot; of one account
// alone if it is not empty.
func accountStates(ctx context.Context, st *store.Store, account string, run snapshot.RunID) (map[string]string, error) {
	states := map[string]string{}
	for e, err := range snapshot.All(ctx, st, snapshot.Filter{Kinds: []snapshot.Kind{snapshot.Account}, Account: account, At: run}) {
		if err != nil {
			return nil, err
		}
		body, err := snapshot.Decode[snapshot.AccountBody](e.Entity)
		if err != nil {
			return nil, err
		}
		states[e.Key] = body.State
	}
	return states, nil
}

// inUse reports whether an account of a state is in use.
func inUse(state string) bool { return state == "" || state == snapshot.Active }
