package collect

import (
	"context"
	"time"

	"github.com/hawser/hawser/internal/snapshot"
)

// asOf returns when what the connection's snapshot had of a cell before the run was
// so; zero if it had nothing.
func (r *run) asOf(ctx context.Context, c snapshot.Cell) (time.Time, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.before == nil {
		before, err := r.store.CellTimes(ctx, r.options.Connection, 0)
		if err != nil {
			return time.Time{}, &storeError{err}
		}
		r.before = before
	}
	return r.before[c].AsOf, nil
}

// Had returns when what the snapshot had of a facet before the run was so; zero if
// it had nothing.
func (ctx Context) Had(f snapshot.Facet) (time.Time, error) {
	return ctx.run.asOf(ctx, snapshot.Cell{Account: ctx.Account, Region: ctx.Region, Facet: f})
}
