package collect

import (
	"context"

	"github.com/hawser/hawser/internal/snapshot"
)

// skip stores that an account is not read. If only this sync leaves it out, what an
// earlier one said of its cells stays, gaps too.
func (r *run) skip(ctx context.Context, a Account) error {
	cells := r.cellsOf(a.ID)
	if a.Unchosen {
		known, err := r.known(ctx)
		if err != nil {
			return err
		}
		var fresh []snapshot.Cell
		for _, c := range cells {
			if !known[c] {
				fresh = append(fresh, c)
			}
		}
		cells = fresh
	}
	return r.close(ctx, cells, snapshot.Outcome{Status: snapshot.Skipped, Reason: a.Skip})
}

// known returns the cells of the connection that an earlier sync came to.
func (r *run) known(ctx context.Context) (map[snapshot.Cell]bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.earlier != nil {
		return r.earlier, nil
	}
	outcomes, err := r.store.LastOutcomes(ctx, r.home.Connection)
	if err != nil {
		return nil, &storeError{err}
	}
	r.earlier = map[snapshot.Cell]bool{}
	for _, o := range outcomes {
		r.earlier[o.Cell] = true
	}
	return r.earlier, nil
}

// settle closes the gaps of cells that a sync of the whole organization did not come to:
// their account left, or Identity Center was found in another region. Derived cells are left to
// derive, which comes after it.
func (r *run) settle(ctx context.Context) error {
	if !r.options.Organization || !r.options.Include.Empty() || !r.options.Exclude.Empty() {
		return nil
	}
	gaps, err := r.store.Gaps(ctx, r.home.Connection) // with those of the run's part before it was interrupted
	if err != nil {
		return &storeError{err}
	}
	for _, gap := range gaps {
		r.mu.Lock()
		came := r.reread[gap.Cell]
		r.mu.Unlock()
		if came || gap.Facet.Derived() && gap.Account == r.home.Account {
			continue
		}
		if err := r.commit(ctx, snapshot.Outcome{Cell: gap.Cell, Status: snapshot.Skipped, Reason: "the sync of the whole organization did not come to it"}, nil); err != nil {
			return err
		}
	}
	return nil
}
