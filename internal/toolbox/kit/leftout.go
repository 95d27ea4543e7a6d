package kit

import (
	"context"
	"fmt"
	"time"

	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/store"
)

// LeftOut is what a sync left out by choice, although the snapshot has something of it.
type LeftOut struct {
	Accounts int       `json:"accounts" jsonschema:"how many accounts the last sync left out, of those in use that the snapshot has something of"`
	Oldest   time.Time `json:"oldest" jsonschema:"when the oldest of that was read"`
}

// LeftOutOf returns the accounts that the last sync of a connection left out; nil if
// there are none. Accounts that are not in use do not count: listings mark them.
func LeftOutOf(ctx context.Context, st *store.Store, state store.State) (*LeftOut, error) {
	accounts, err := st.LeftOut(ctx, state)
	if err != nil || len(accounts) == 0 {
		return nil, err
	}
	states, err := Inactive(ctx, st.Of(state.Connection), "", 0)
	if err != nil {
		return nil, err
	}
	var out LeftOut
	for _, a := range accounts {
		if states[a.Account] != "" {
			continue
		}
		out.Accounts++
		if out.Oldest.IsZero() || a.Oldest.Before(out.Oldest) {
			out.Oldest = a.Oldest
		}
	}
	if out.Accounts == 0 {
		return nil, nil
	}
	return &out, nil
}

// Note says that in a line.
func (l LeftOut) Note(connection string, now time.Time) string {
	return fmt.Sprintf("the last sync of %s left out %s, whose data is up to %s old, of %s", connection, Count(l.Accounts, "account"), Age(now.Sub(l.Oldest)), Moment(l.Oldest))
}

// Inactive returns the states of the accounts of a run's snapshot that are not in use; of
// one account alone if it is not empty.
func Inactive(ctx context.Context, st *store.Store, account string, run snapshot.RunID) (map[string]string, error) {
	states := map[string]string{}
	for e, err := range snapshot.All(ctx, st, snapshot.Filter{Kinds: []snapshot.Kind{snapshot.Account}, Account: account, At: run}) {
		if err != nil {
			return nil, err
		}
		body, err := snapshot.Decode[snapshot.AccountBody](e.Entity)
		if err != nil {
			return nil, err
		}
		if body.State != "" && body.State != snapshot.Active {
			states[e.Key] = body.State
		}
	}
	return states, nil
}
