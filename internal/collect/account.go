package collect

import (
	"context"
	"errors"
	"slices"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/pace"
	"github.com/hawser/hawser/internal/snapshot"
)

// stage is what is read of an account as a whole, or in one of its regions.
type stage struct {
	region  string // empty for the account as a whole
	sources []Source
}

// stages returns what is read of each account.
func (r *run) stages() []stage {
	all := []stage{{"", r.Engine.sources(AccountScope)}}
	sources := r.Engine.sources(RegionScope)
	if len(sources) == 0 {
		return all
	}
	regions := r.options.Regions
	if len(regions) == 0 {
		regions = []string{r.home.Region}
	}
	for _, region := range regions {
		all = append(all, stage{region, sources})
	}
	return all
}

// account reads one account. If the account can't be reached, all its cells are
// gaps.
func (r *run) account(ctx context.Context, a Account) error {
	if a.Skip != "" {
		return r.skip(ctx, a)
	}
	if r.finished(a.ID) {
		return nil
	}
	var own Self
	session, err := r.sessions.Session(ctx, awsapi.Target{Connection: r.home.Connection, Account: a.ID})
	if err == nil {
		own, err = self(ctx, session)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return r.close(ctx, r.cellsOf(a.ID), r.gap(err))
	}
	for _, s := range r.stages() {
		there := r.context(ctx, session, "", newResults())
		there.Self = own
		if s.region != "" {
			if there, err = there.In(s.region); err != nil {
				return err
			}
		}
		if err := r.sources(there, s.sources); err != nil {
			return err
		}
	}
	return nil
}

// enter opens a session in an account.
func (r *run) enter(ctx context.Context, account string) (*awsapi.Session, error) {
	session, err := r.sessions.Session(ctx, awsapi.Target{Connection: r.home.Connection, Account: account})
	if err == nil {
		_, err = session.Identity(ctx) // whether its role can be assumed
	}
	return session, err
}

// cellsOf returns the cells of some sources in an account and region.
func cellsOf(account, region string, sources []Source) []snapshot.Cell {
	var cells []snapshot.Cell
	for _, s := range sources {
		for _, f := range s.Facets() {
			cells = append(cells, snapshot.Cell{Account: account, Region: region, Facet: f})
		}
	}
	return cells
}

// cellsOf returns all cells of an account.
func (r *run) cellsOf(account string) []snapshot.Cell {
	var cells []snapshot.Cell
	for _, stage := range r.stages() {
		cells = append(cells, cellsOf(account, stage.region, stage.sources)...)
	}
	return cells
}

// close stores the same outcome for several cells.
func (r *run) close(ctx context.Context, cells []snapshot.Cell, o snapshot.Outcome) error {
	for _, cell := range cells {
		o.Cell = cell
		if err := r.commit(ctx, o, nil); err != nil {
			return err
		}
	}
	return nil
}

// commit stores a cell and reports progress. What an earlier part of the run read
// stays read.
func (r *run) commit(ctx context.Context, o snapshot.Outcome, b *snapshot.Batch) error {
	if !o.Read() && r.wasRead(o.Cell) {
		return nil
	}
	if o.Read() && !o.AsOf.IsZero() {
		at, err := r.asOf(ctx, o.Cell)
		if err != nil {
			return err
		}
		if at.After(o.AsOf) { // the snapshot's data is newer and stays
			o.AsOf, b = at, nil
		}
	}
	return r.put(ctx, r.options.Rules, o, b)
}

// put stores a cell and reports progress, whatever an earlier part of the run read.
func (r *run) put(ctx context.Context, rules snapshot.Rules, o snapshot.Outcome, b *snapshot.Batch) error {
	o, delta, err := r.store.Commit(ctx, r.result.Run, o, b, rules)
	if err != nil {
		return &storeError{err}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.outcomes[o.Cell], r.reread[o.Cell] = o, true
	r.result.Add(delta)
	r.tell(o, delta)
	return nil
}

// storeError is a failure of the store, not of AWS.
type storeError struct{ error }

func (e *storeError) Unwrap() error { return e.error }

// ofStore returns the store's failure in an error's tree, nil if there is none.
func ofStore(err error) error {
	var st *storeError
	if errors.As(err, &st) {
		return st
	}
	return nil
}

// countOthers counts the accounts of the organization that are not read, as far as that
// is allowed.
func (r *run) countOthers(ctx context.Context) {
	if !r.options.CountOthers {
		return
	}
	inner, counter := pace.Counting(ctx)
	for _, s := range r.in(Organization) {
		if n, err := s.Others(r.context(inner, r.home, "", newResults())); err == nil {
			r.result.Others += n
		}
	}
	r.count(counter)
}

// Accounts counts the accounts of a run.
type Accounts struct {
	// Read is how many were read, with gaps or without, of those that were chosen.
	Read   int `json:"read"`
	Chosen int `json:"chosen"`
	// Skipped is how many were left out on purpose.
	Skipped int `json:"skipped,omitempty"`
	// Others is how many other accounts the organization has, where it was not read.
	Others int `json:"others,omitempty"`
}

// Accounts counts the accounts of some outcomes.
func (e *Engine) Accounts(outcomes []snapshot.Outcome) (a Accounts) {
	facets := map[snapshot.Facet]bool{}
	for _, s := range slices.Concat(e.sources(AccountScope), e.sources(RegionScope)) {
		for _, f := range s.Facets() {
			facets[f] = true
		}
	}
	read, chosen, all := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, o := range outcomes {
		if !facets[o.Facet] {
			continue
		}
		all[o.Account] = true
		if o.Status != snapshot.Skipped {
			chosen[o.Account] = true
		}
		if o.Read() || o.Status == snapshot.Held {
			read[o.Account] = true
		}
	}
	return Accounts{Read: len(read), Chosen: len(chosen), Skipped: len(all) - len(chosen)}
}
