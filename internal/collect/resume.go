package collect

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/hawser/hawser/internal/snapshot"
)

// resumeWithin is how old an interrupted run may be to be resumed, by default: as
// old as the oldest credential report that AWS gives.
const resumeWithin = 4 * time.Hour

// Taken says what a resumed run had read before it was interrupted.
type Taken struct {
	// Begun is when the run began, so what it read is at most as old as that.
	Begun time.Time `json:"begun"`
	// Cells and Accounts count what was read whole, and is not read again.
	Cells    int `json:"cells"`
	Accounts int `json:"accounts"`
	// Gaps counts the cells that could not be read, and are read again.
	Gaps int `json:"gaps"`
}

// begin starts a run, or takes up one that was interrupted.
func (r *run) begin(ctx context.Context) error {
	now := r.options.now()
	last, outcomes, err := r.store.Resume(ctx, r.options.Connection)
	if err != nil {
		return err
	}
	if last.ID != 0 {
		why := r.anew(last, now)
		if why == "" {
			r.takeOver(last, outcomes)
			return nil
		}
		if err := r.store.End(ctx, last.ID, snapshot.Broken, why, now); err != nil {
			return err
		}
		r.result.Notes = append(r.result.Notes, fmt.Sprintf("run %d is not resumed: %s", last.ID, why))
	}
	r.result.Run, err = r.store.Begin(ctx, r.options.Connection, now)
	if err != nil {
		return err
	}
	return r.store.Choose(ctx, r.result.Run, r.options.chosen().text())
}

// anew returns why an interrupted run is not resumed; "" if it is.
func (r *run) anew(last snapshot.Run, now time.Time) string {
	limit := cmp.Or(r.options.ResumeWithin, resumeWithin)
	switch age := now.Sub(last.Started); {
	case r.options.Fresh:
		return "another run was started in its place"
	case age > limit:
		return fmt.Sprintf("it was interrupted, and began %s ago, which is more than %s", age.Round(time.Second), limit)
	}
	if other := r.options.chosen().other(last.Choice); other != "" {
		return "it was interrupted, and " + other
	}
	return ""
}

// takeOver resumes a run with the outcomes that it has so far.
func (r *run) takeOver(last snapshot.Run, outcomes []snapshot.Outcome) {
	r.result.Run, r.result.Resumed = last.ID, true
	taken, accounts := &Taken{Begun: last.Started}, map[string]bool{}
	for _, o := range outcomes {
		r.prior[o.Cell], r.outcomes[o.Cell] = o, o
		switch {
		case o.Read():
			taken.Cells++
			accounts[o.Account] = true
		case o.Gap():
			taken.Gaps++
		}
	}
	taken.Accounts = len(accounts)
	r.result.Taken = taken
}

// wasRead reports whether an earlier part of the run read a cell.
func (r *run) wasRead(c snapshot.Cell) bool {
	o, ok := r.prior[c]
	return ok && o.Read()
}

// settled reports whether an earlier part of the run did all that is to be done for
// a source. What could not be read is read again.
func (r *run) settled(s Source, account, region string) bool {
	for _, f := range s.Facets() {
		o, ok := r.prior[snapshot.Cell{Account: account, Region: region, Facet: f}]
		if !ok || !o.Read() && s.leavesOut(f, r.options) == "" {
			return false
		}
	}
	return true
}

// allSettled reports whether all of several sources are settled.
func (r *run) allSettled(sources []Source, account, region string) bool {
	for _, s := range sources {
		if !r.settled(s, account, region) {
			return false
		}
	}
	return true
}

// finished reports whether an earlier part of the run did all that is to be done
// for an account.
func (r *run) finished(account string) bool {
	for _, stage := range r.stages() {
		if !r.allSettled(stage.sources, account, stage.region) {
			return false
		}
	}
	return true
}

// foundRegion returns the region in which an earlier part of the run read a
// service; "" if it read nothing of it.
func (r *run) foundRegion(s Service) string {
	for _, source := range s.Sources {
		for _, f := range source.Facets() {
			for cell := range r.prior {
				if cell.Facet == f && r.wasRead(cell) {
					return cell.Region
				}
			}
		}
	}
	return ""
}

// remaining returns the sources that are not settled. It puts what the settled ones
// read into the context's results, as far as others go on from it, or accounts are
// chosen by it.
func (r *run) remaining(ctx Context, sources []Source) ([]Source, error) {
	if len(r.prior) == 0 {
		return sources, nil
	}
	var open, settled []Source
	needed := map[snapshot.Facet]bool{}
	for _, s := range sources {
		if r.settled(s, ctx.Account, ctx.Region) {
			settled = append(settled, s)
			continue
		}
		open = append(open, s)
		for _, f := range s.needs() {
			needed[f] = true
		}
	}
	for _, s := range r.Engine.sources(Organization) {
		for _, f := range s.Facets() {
			needed[f] = true
		}
	}
	for _, s := range settled {
		for _, f := range s.Facets() {
			if !needed[f] {
				continue
			}
			if err := r.recall(ctx, f); err != nil {
				return nil, err
			}
		}
	}
	return open, nil
}

// recall puts a facet that an earlier part of the run read into the context's
// results.
func (r *run) recall(ctx Context, f snapshot.Facet) error {
	cell := snapshot.Cell{Account: ctx.Account, Region: ctx.Region, Facet: f}
	if !r.wasRead(cell) {
		return nil
	}
	b, err := r.store.Contents(ctx, r.options.Connection, cell)
	if err != nil {
		return &storeError{err}
	}
	ctx.results.put(f, b, r.prior[cell].AsOf)
	return nil
}
