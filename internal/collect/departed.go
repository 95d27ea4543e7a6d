package collect

import (
	"context"
	"iter"
	"maps"
	"slices"

	"github.com/hawser/hawser/internal/snapshot"
)

// departed stores the accounts that the organization's list lacks although Identity Center
// has permission sets on them, so that whatever points at them names an account, with its
// state.
func (r *run) departed(ctx context.Context, accountRoles iter.Seq2[snapshot.Seen, error]) error {
	if !r.options.Organization {
		return nil // the list is not read
	}
	pointed := map[string]snapshot.RunID{} // accounts, and since when permission sets are on them
	for e, err := range accountRoles {
		if err != nil {
			return err
		}
		if _, account, ok := e.OnAccount(); ok && (pointed[account] == 0 || e.First < pointed[account]) {
			pointed[account] = e.First
		}
	}
	had, err := r.contents(ctx, snapshot.DerivedAccounts)
	if err != nil {
		return err
	}
	listed, err := r.contents(ctx, snapshot.OrgAccounts)
	if err != nil {
		return err
	}
	leaves, err := r.leaves(ctx, had)
	if err != nil {
		return err
	}
	maps.DeleteFunc(pointed, func(account string, since snapshot.RunID) bool {
		return has(listed, account) || account == r.home.Account || slices.Contains(r.options.Within, account) || !leaves(account, since)
	})
	b, err := r.gone(ctx, pointed, had)
	if err != nil {
		return err
	}
	return r.derived(ctx, snapshot.DerivedAccounts, b)
}

// leaves tells whether an account left that is not listed. If the list was not read in this
// run, only those did that had left before. A permission set that is new on such an account
// is on one that joined after the list was read; the first sync can't tell.
func (r *run) leaves(ctx context.Context, had *snapshot.Batch) (func(account string, since snapshot.RunID) bool, error) {
	list := snapshot.Cell{Account: r.home.Account, Facet: snapshot.OrgAccounts}
	var before map[snapshot.Cell]snapshot.CellTime
	if r.result.Run > 1 { // 0 would mean now
		var err error
		if before, err = r.store.CellTimes(ctx, r.home.Connection, r.result.Run-1); err != nil {
			return nil, &storeError{err}
		}
	}
	r.mu.Lock()
	read := r.outcomes[list].Read()
	r.mu.Unlock()
	return func(account string, since snapshot.RunID) bool {
		return has(had, account) || read && (before[list].AsOf.IsZero() || since < r.result.Run)
	}, nil
}

// gone returns accounts that left, with the names and emails that the snapshot last had.
func (r *run) gone(ctx context.Context, accounts map[string]snapshot.RunID, had *snapshot.Batch) (*snapshot.Batch, error) {
	b := &snapshot.Batch{}
	known := map[string]snapshot.Part{}
	for _, p := range had.Parts {
		known[p.Key] = p
	}
	for _, account := range slices.Sorted(maps.Keys(accounts)) {
		if p, ok := known[account]; ok {
			b.Parts = append(b.Parts, p)
			continue
		}
		name, body, err := r.last(ctx, account)
		if err != nil {
			return nil, err
		}
		b.Add(snapshot.Account.ID(account), account, name, snapshot.AccountBody{Email: body.Email, State: snapshot.Departed, Joined: body.Joined, Method: body.Method})
	}
	return b, nil
}

// last returns what the snapshot before the run had of an account.
func (r *run) last(ctx context.Context, account string) (name string, body snapshot.AccountBody, err error) {
	if r.result.Run <= 1 {
		return "", body, nil
	}
	f := snapshot.Filter{Connection: r.home.Connection, Kinds: []snapshot.Kind{snapshot.Account}, Account: account, At: r.result.Run - 1}
	for e, err := range snapshot.All(ctx, r.store, f) {
		if err != nil {
			return "", body, &storeError{err}
		}
		name = e.Name
		if body, err = snapshot.Decode[snapshot.AccountBody](e.Entity); err != nil {
			return "", body, err
		}
	}
	return name, body, nil
}

// contents returns what the snapshot has of a facet of the connection's own account.
func (r *run) contents(ctx context.Context, f snapshot.Facet) (*snapshot.Batch, error) {
	b, err := r.store.Contents(ctx, r.home.Connection, snapshot.Cell{Account: r.home.Account, Facet: f})
	if err != nil {
		return nil, &storeError{err}
	}
	return b, nil
}

// has reports whether a batch has an account.
func has(b *snapshot.Batch, account string) bool {
	return slices.ContainsFunc(b.Parts, func(p snapshot.Part) bool { return p.Main && p.Key == account })
}
