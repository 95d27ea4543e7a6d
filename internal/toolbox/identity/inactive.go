package identity

import (
	"context"
	"strings"

	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/store"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// inactiveAccounts are the states of accounts that are not in use, by account: what a
// sync read of them before stays in the snapshot.
type inactiveAccounts map[string]string

// inactive returns the accounts of a run's snapshot that are not in use; of one account
// alone if it is not empty.
func inactive(ctx context.Context, st *store.Store, account string, run snapshot.RunID) (inactiveAccounts, error) {
	return kit.Inactive(ctx, st, account, run)
}

// inWords adds the state of an entity's account to its own state.
func (a inactiveAccounts) inWords(account, state string) string {
	of := a[account]
	if of == "" {
		return state
	}
	words := "account " + strings.ToLower(strings.ReplaceAll(of, "_", " "))
	if state == "" {
		return words
	}
	return state + ", " + words
}
