package collect

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/awsapi/pace"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/parallel"
	"github.com/hawser/hawser/internal/snapshot"
)

// Run syncs a connection: it reads what the options select, and stores it. Options that
// can't be are refused before a run begins. What can't be read becomes a gap of the result. An error means that the run could
// not continue: credentials do not work (errors as those of Session), an
// organization can't be read from this account or the accounts can't be chosen
// (Invalid), its accounts, or what they are chosen by, can't be read (the kind of that
// failure), the store can't be written, or ctx has ended (Canceled). After the last the
// run can be resumed.
func (e *Engine) Run(ctx context.Context, sessions Sessions, st Store, o Options) (*Result, error) {
	r := &run{Engine: e, sessions: sessions, store: st, options: o, result: &Result{Calls: map[string]int{}}}
	r.prior, r.outcomes, r.reread = map[snapshot.Cell]snapshot.Outcome{}, map[snapshot.Cell]snapshot.Outcome{}, map[snapshot.Cell]bool{}
	r.early = newEarly()
	begun := o.now()
	r.advance.begun = begun
	ctx = o.patiently(ctx)
	if err := o.check(); err != nil {
		return nil, err
	}
	err := r.connect(ctx)
	if err == nil {
		if err := r.refused(ctx); err != nil {
			return nil, err
		}
	}
	if err := r.begin(ctx); err != nil {
		return nil, err
	}
	if err == nil {
		err = r.read(ctx)
	}
	r.result.Took = o.now().Sub(begun)
	return r.end(ctx, err)
}

// run is one sync in progress.
type run struct {
	*Engine
	sessions Sessions
	store    Store
	options  Options
	prior    map[snapshot.Cell]snapshot.Outcome // of the part of the run before it was interrupted
	home     *awsapi.Session
	early    early

	mu       sync.Mutex
	result   *Result
	outcomes map[snapshot.Cell]snapshot.Outcome
	before   map[snapshot.Cell]snapshot.CellTime // what the snapshot had before the run; nil if not asked yet
	earlier  map[snapshot.Cell]bool              // cells that earlier runs came to; nil if not asked yet
	reread   map[snapshot.Cell]bool              // the cells that were stored since the run began or was resumed
	advance  advance
}

// connect opens the connection's own session.
func (r *run) connect(ctx context.Context) error {
	home, err := r.sessions.Session(ctx, awsapi.Target{Connection: r.options.Connection})
	r.home = home
	return err
}

// read reads all scopes: the organization and Identity Center, then every
// account with its regions, then what follows from them and from the gaps that are left.
func (r *run) read(ctx context.Context) error {
	if err := r.scopesOf(ctx); err != nil {
		return err
	}
	if err := r.settle(ctx); err != nil {
		return err
	}
	return r.derive(ctx)
}

// scopesOf reads the organization, Identity Center and the accounts.
func (r *run) scopesOf(ctx context.Context) error {
	accounts := []Account{{ID: r.home.Account}}
	if !r.options.Organization {
		err := r.accounts(ctx, accounts)
		r.countOthers(ctx)
		return err
	}
	results := r.early.results
	accounts, err := r.organization(r.context(ctx, r.home, "", results))
	if err != nil {
		return err
	}
	// Identity Center's limits are its own, so it is read beside the accounts.
	group, inner := parallel.WithContext(ctx)
	group.Go(func() error { return r.identityCenter(r.context(inner, r.home, "", results)) })
	group.Go(func() error { return r.accounts(inner, accounts) })
	if err := group.Wait(); err != nil {
		return err
	}
	return r.depart(ctx, results)
}

// organization reads the organization, and gives its accounts.
func (r *run) organization(ctx Context) (accounts []Account, err error) {
	services := r.in(Organization)
	for i, s := range services {
		if err := r.check(ctx, i, s); err != nil {
			return nil, err
		}
	}
	r.expectSources(slices.Concat(r.Engine.sources(Organization), r.Engine.sources(IdentityCenter)))
	if err := r.sources(ctx, r.Engine.sources(Organization)); err != nil {
		return nil, err
	}
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
		region := r.foundRegion(s)
		if region != "" && r.allSettled(s.Sources, ctx.Account, region) {
			continue
		}
		there, err := r.inRegion(ctx, s)
		if err := cmp.Or(ctx.Err(), ofStore(err)); err != nil {
			return err
		}
		if err != nil {
			if err := r.close(ctx, cellsOf(ctx.Account, "", s.Sources), r.gap(err)); err != nil {
				return err
			}
			continue
		}
		if err := r.sources(there, s.Sources); err != nil {
			return err
		}
		if err := r.moved(there, s); err != nil {
			return err
		}
	}
	return nil
}

// inRegion returns the context of the region that a service is in. An error says
// that the region is not known.
func (r *run) inRegion(ctx Context, s Service) (Context, error) {
	inner, counter := pace.Counting(ctx)
	region, err := s.Region(ctx.With(inner))
	r.count(counter)
	if err != nil {
		return ctx, err
	}
	return ctx.In(region)
}

// accounts reads many accounts at the same time.
func (r *run) accounts(ctx context.Context, accounts []Account) error {
	r.expectAccounts(accounts)
	group, inner := parallel.WithContext(ctx)
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
			r.reached(a)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

func (r *run) count(c *pace.Counter) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for api, n := range c.ByAPI() {
		r.result.Calls[api] += n
		r.advance.calls += n
	}
}

// end stores how the run ended, even if ctx has ended.
func (r *run) end(ctx context.Context, err error) (*Result, error) {
	r.result.Outcomes = slices.Collect(maps.Values(r.outcomes))
	slices.SortFunc(r.result.Outcomes, func(a, b snapshot.Outcome) int { return a.Compare(b.Cell) })
	r.result.Status = snapshot.Complete
	reason := ""
	switch {
	case err != nil && ctx.Err() != nil:
		r.result.Status = snapshot.Interrupted
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			reason = "its time limit had passed"
		}
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
		return k.Outage()
	}
}

// gap returns the outcome of a cell that could not be read.
func (r *run) gap(err error) snapshot.Outcome {
	f := awserr.Fault(err)
	status := snapshot.Failed
	switch {
	case errors.Is(f, fault.Denied):
		status = snapshot.Denied
	case errors.Is(f, fault.Throttled):
		status = snapshot.Throttled
	}
	return snapshot.Outcome{Status: status, Reason: f.Error(), Fix: f.Fix, Action: lacksAction(f)}
}

// missingAction returns the action that a policy lacks, if it is because of that that
// something could not be read, or something before it.
func missingAction(ctx Context, err error) string {
	for range 10 { // facets depend on each other in no circle
		var before *notRead
		if !errors.As(err, &before) {
			break
		}
		if err = ctx.Why(before.facet); err == nil {
			return ""
		}
	}
	return lacksAction(awserr.Fault(err))
}

// lacksAction returns the action of a denial that a statement could end.
func lacksAction(f *fault.Error) string {
	if f == nil || f.Statement == "" {
		return ""
	}
	return f.Action
}
