package collect

import (
	"context"
	"errors"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/awsapi/pace"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

// Run syncs a connection: it reads what the options select, and stores it. What
// can't be read becomes a gap of the result. An error means that the run could
// not continue: credentials do not work (errors as those of Session), an
// organization can't be read from this account (Invalid), the store can't be
// written, or ctx has ended (Canceled). After the last the run can be resumed.
func (e *Engine) Run(ctx context.Context, sessions Sessions, st Store, o Options) (*Result, error) {
	r := &run{Engine: e, sessions: sessions, store: st, options: o, result: &Result{Calls: map[string]int{}}, done: map[snapshot.Cell]bool{}}
	begun := o.now()
	ctx = o.patiently(ctx)
	if err := r.begin(ctx); err != nil {
		return nil, err
	}
	err := r.read(ctx)
	r.result.Took = o.now().Sub(begun)
	return r.end(ctx, err)
}

// run is one sync in progress.
type run struct {
	*Engine
	sessions Sessions
	store    Store
	options  Options
	done     map[snapshot.Cell]bool // by an earlier part of the run
	home     *awsapi.Session

	mu     sync.Mutex
	result *Result
	scopes struct{ done, total int }
}

// begin starts a run, or takes up one that was interrupted.
func (r *run) begin(ctx context.Context) error {
	home, err := r.sessions.Session(ctx, awsapi.Target{Connection: r.options.Connection})
	if err != nil {
		return err
	}
	r.home, r.options.Connection = home, home.Connection
	id, outcomes, err := r.store.Resume(ctx, home.Connection)
	if err != nil {
		return err
	}
	if id != 0 && r.options.Fresh {
		if err := r.store.End(ctx, id, snapshot.Broken, "another run was started in its place", r.options.now()); err != nil {
			return err
		}
		id = 0
	}
	if id != 0 {
		r.result.Run, r.result.Resumed = id, true
		for _, o := range outcomes {
			if o.Read() {
				r.done[o.Cell] = true
				r.result.Outcomes = append(r.result.Outcomes, o)
			}
		}
		return nil
	}
	r.result.Run, err = r.store.Begin(ctx, home.Connection, r.options.now())
	return err
}

// read reads all scopes: the organization and Identity Center, then every
// account with its regions, then what follows from them.
func (r *run) read(ctx context.Context) error {
	accounts := []Account{{ID: r.home.Account}}
	if !r.options.Organization {
		if err := r.accounts(ctx, accounts); err != nil {
			return err
		}
		return r.derive(ctx)
	}
	results := newResults()
	accounts, err := r.organization(r.context(ctx, r.home, "", results))
	if err != nil {
		return err
	}
	// Identity Center's limits are its own, so it is read beside the accounts.
	group, inner := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer r.reached()
		return r.identityCenter(r.context(inner, r.home, "", results))
	})
	group.Go(func() error { return r.accounts(inner, accounts) })
	if err := group.Wait(); err != nil {
		return err
	}
	return r.derive(ctx)
}

// organization reads the organization, and gives its accounts.
func (r *run) organization(ctx Context) (accounts []Account, err error) {
	services := r.in(Organization)
	for _, s := range services {
		if err := s.Check(ctx); err != nil {
			return nil, err
		}
	}
	r.expect(2) // it and Identity Center
	if err := r.sources(ctx, r.Engine.sources(Organization)); err != nil {
		return nil, err
	}
	r.reached()
	for _, s := range services {
		some, err := s.Accounts(ctx)
		if err != nil {
			return nil, err
		}
		accounts = append(accounts, some...)
	}
	return accounts, nil
}

// identityCenter reads Identity Center in its region.
func (r *run) identityCenter(ctx Context) error {
	for _, s := range r.in(IdentityCenter) {
		there, err := r.inRegion(ctx, s)
		if err != nil {
			return err
		}
		if err := r.sources(there, s.Sources); err != nil {
			return err
		}
	}
	return nil
}

// inRegion returns the context of the region that a service is in.
func (r *run) inRegion(ctx Context, s Service) (Context, error) {
	inner, counter := pace.Counting(ctx)
	region, err := s.Region(ctx.with(inner))
	r.count(counter)
	if err != nil {
		return ctx, err
	}
	return ctx.In(region)
}

// accounts reads many accounts at the same time.
func (r *run) accounts(ctx context.Context, accounts []Account) error {
	r.expect(len(accounts))
	group, inner := errgroup.WithContext(ctx)
	limit := r.options.Accounts
	if limit <= 0 {
		limit = accountReaders
	}
	group.SetLimit(limit)
	for _, a := range accounts {
		if inner.Err() != nil {
			break
		}
		group.Go(func() error {
			err := r.account(inner, a)
			r.reached()
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

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
		return r.close(ctx, a.ID, snapshot.Outcome{Status: snapshot.Skipped, Reason: a.Skip})
	}
	if r.finished(a.ID) {
		return nil
	}
	session, err := r.sessions.Session(ctx, awsapi.Target{Connection: r.home.Connection, Account: a.ID})
	if err == nil {
		_, err = session.Identity(ctx) // whether its role can be assumed
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return r.close(ctx, a.ID, r.gap(err))
	}
	for _, s := range r.stages() {
		there := r.context(ctx, session, "", newResults())
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

// finished reports whether an earlier part of the run read all of an account.
func (r *run) finished(account string) bool {
	if len(r.done) == 0 {
		return false
	}
	for _, stage := range r.stages() {
		for _, s := range stage.sources {
			read := func(f snapshot.Facet) bool {
				return r.done[snapshot.Cell{Account: account, Region: stage.region, Facet: f}]
			}
			if !slices.ContainsFunc(s.Facets(), read) {
				return false
			}
		}
	}
	return true
}

// close stores the same outcome for all cells of an account.
func (r *run) close(ctx context.Context, account string, o snapshot.Outcome) error {
	for _, stage := range r.stages() {
		for _, s := range stage.sources {
			for _, f := range s.Facets() {
				o.Cell = snapshot.Cell{Account: account, Region: stage.region, Facet: f}
				if err := r.commit(ctx, o, nil); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// commit stores a cell and reports progress.
func (r *run) commit(ctx context.Context, o snapshot.Outcome, b *snapshot.Batch) error {
	o, delta, err := r.store.Commit(ctx, r.result.Run, o, b, r.options.Rules)
	if err != nil {
		return &storeError{err}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.result.Outcomes = append(r.result.Outcomes, o)
	r.result.Opened += delta.Opened
	r.result.Closed += delta.Closed
	if r.options.Progress != nil {
		r.options.Progress(Event{Run: r.result.Run, Outcome: o, Delta: delta, Done: r.scopes.done, Total: r.scopes.total})
	}
	return nil
}

// storeError is a failure of the store, not of AWS.
type storeError struct{ error }

func (e *storeError) Unwrap() error { return e.error }

func (r *run) expect(scopes int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.scopes.total += scopes
}

func (r *run) reached() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.scopes.done++
}

func (r *run) count(c *pace.Counter) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for api, n := range c.ByAPI() {
		r.result.Calls[api] += n
	}
}

// end stores how the run ended, even if ctx has ended.
func (r *run) end(ctx context.Context, err error) (*Result, error) {
	slices.SortFunc(r.result.Outcomes, func(a, b snapshot.Outcome) int { return a.Compare(b.Cell) })
	r.result.Status = snapshot.Complete
	reason := ""
	switch {
	case err != nil && ctx.Err() != nil:
		r.result.Status, reason = snapshot.Interrupted, "it was interrupted"
		err = interrupted(ctx, err)
	case err != nil:
		f := awserr.Fault(err)
		r.result.Status, reason = snapshot.Broken, f.Error()
		var st *storeError
		if errors.As(err, &st) || passes(f.Kind) {
			r.result.Status = snapshot.Interrupted // another try can go on from here
		}
		err = f
	case len(r.result.Gaps()) > 0:
		r.result.Status = snapshot.Partial
	}
	ended := r.store.End(context.WithoutCancel(ctx), r.result.Run, r.result.Status, reason, r.options.now())
	return r.result, errors.Join(err, ended)
}

// interrupted returns the fault of a run that was cut off, by whoever called or
// by its time limit.
func interrupted(ctx context.Context, err error) error {
	f := fault.Wrap(err, fault.Canceled, "the sync was interrupted").WithFix("run it again: it continues where it stopped")
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		f = fault.Wrap(err, fault.Timeout, "the sync took longer than its time limit; the next one continues where it stopped").
			WithFix("raise the time limit (--timeout)")
	}
	f.OutcomeKnown = true
	return f
}

// passes reports whether a run that failed in such a way can be resumed
// unchanged: AWS or the network had a problem, or credentials or the machine's
// clock have been corrected. Errors of other kinds need a change to the run.
func passes(k fault.Kind) bool {
	switch k {
	case fault.NoCredentials, fault.BadCredentials, fault.ExpiredCredentials, fault.ClockSkew, fault.Quota:
		return true
	default:
		return k.Unwell()
	}
}

// gap returns the outcome of a cell that could not be read.
func (r *run) gap(err error) snapshot.Outcome {
	var why LeftOut
	if errors.As(err, &why) {
		return snapshot.Outcome{Status: snapshot.Skipped, Reason: why.Error()}
	}
	f := awserr.Fault(err)
	status := snapshot.Failed
	switch {
	case errors.Is(f, fault.Denied):
		status = snapshot.Denied
	case errors.Is(f, fault.Throttled):
		status = snapshot.Throttled
	}
	return snapshot.Outcome{Status: status, Reason: f.Error(), Fix: f.Fix}
}
