package collect

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/pace"
	"github.com/hawser/hawser/internal/snapshot"
)

// Prediction is the number of calls that a sync will make.
type Prediction struct {
	// Accounts is how many will be read.
	Accounts int `json:"accounts"`
	// New is how many of them no sync has read yet. Of these it is not known which users
	// the credential report does not know, who are asked for their credentials.
	New int `json:"new,omitempty"`
	// Unreached is how many of them can't be entered, so that nothing is read of them.
	Unreached int `json:"unreached,omitempty"`
	// Calls counts the requests by IAM action, Total all of them. They are upper bounds:
	// Least of them are made in any case, and the rest depends on what was not read yet.
	Calls map[string]int `json:"calls"`
	Total int            `json:"total"`
	Least int            `json:"least"`
	// EntityByEntity is the number of calls if each user, group, role, key and
	// policy were read separately.
	EntityByEntity int `json:"entity_by_entity"`
	// Time is the least time that a sync takes by AWS's limits.
	Time time.Duration `json:"time"`
	// Slowest is the action whose limit determines Time.
	Slowest string `json:"slowest"`
	// Fallbacks say, for the first method of each source, what a sync does if it
	// is denied.
	Fallbacks []Fallback `json:"fallbacks"`
	// Guessed is set if sizes were guessed, because nothing was read yet.
	Guessed bool `json:"guessed,omitempty"`
}

// Fallback is what a sync does if a method is denied: the methods that it uses
// instead, with their calls, and the facets that no method reads.
type Fallback struct {
	Denied  string           `json:"denied"`
	Instead []string         `json:"instead,omitempty"`
	Calls   int              `json:"calls"`
	Lost    []snapshot.Facet `json:"lost,omitempty"`
}

// Plan predicts the calls of Run with the same options. It makes few calls
// itself: it lists an organization's accounts, and measures what is not in the
// store yet: one summary for each account, and the listings of Identity Center.
// The errors are those of Run.
func (e *Engine) Plan(ctx context.Context, sessions Sessions, st Store, o Options) (*Prediction, error) {
	r := &run{Engine: e, sessions: sessions, store: st, options: o, result: &Result{Calls: map[string]int{}}}
	ctx = o.patiently(ctx)
	if err := o.check(); err != nil {
		return nil, err
	}
	home, err := sessions.Session(ctx, awsapi.Target{Connection: o.Connection})
	if err != nil {
		return nil, err
	}
	r.home, r.options.Connection = home, home.Connection
	if err := r.refusedRegion(r.context(ctx, home, "", newResults())); err != nil {
		return nil, err
	}
	p := &Prediction{Calls: map[string]int{}}
	busiest := map[string]int{} // by action, in the account that calls it most
	accounts := []Account{{ID: home.Account}}
	known, err := r.sizes(ctx)
	if err != nil {
		return nil, err
	}
	if o.Organization {
		if accounts, err = r.planOrganization(ctx, p, busiest, known); err != nil {
			return nil, err
		}
	}
	for _, a := range accounts {
		if a.Skip != "" {
			continue
		}
		if err := r.planAccount(ctx, a.ID, p, busiest, known); err != nil {
			return nil, err
		}
	}
	p.time(busiest)
	p.fallbacks(e.all(), r.largest(known))
	return p, nil
}

// planAccount predicts one account.
func (r *run) planAccount(ctx context.Context, account string, p *Prediction, busiest map[string]int, known map[string]Size) error {
	p.Accounts++
	size, found := known[account]
	if found {
		var err error
		if size, err = r.knownSize(ctx, account, size); err != nil {
			return err
		}
	} else {
		session, err := r.enter(ctx, account)
		if err != nil {
			p.Unreached++
			return nil
		}
		p.New++
		if size, found = r.askSize(ctx, session); !found {
			p.Guessed = true
		}
	}
	for _, s := range r.in(AccountScope) {
		if s.EntityByEntity != nil {
			p.EntityByEntity += s.EntityByEntity(size)
		}
	}
	for _, s := range r.stages() {
		p.add(s.sources, size, busiest)
	}
	return nil
}

// planOrganization predicts the organization and Identity Center, and chooses
// the accounts.
func (r *run) planOrganization(ctx context.Context, p *Prediction, busiest map[string]int, known map[string]Size) ([]Account, error) {
	results := newResults()
	home := r.context(ctx, r.home, "", results)
	size := r.sized(known[""].counts)
	var accounts []Account
	for _, s := range r.in(Organization) {
		if err := s.Check(home); err != nil {
			return nil, err
		}
		r.measure(home, s, &size)
		some, err := s.Accounts(home)
		if err != nil {
			return nil, err
		}
		accounts = append(accounts, some...)
	}
	for _, s := range r.in(IdentityCenter) {
		p.Guessed = !r.measureThere(home, s, &size, p, busiest) || p.Guessed
	}
	p.add(r.Engine.sources(Organization), size, busiest)
	p.add(r.Engine.sources(IdentityCenter), size, busiest)
	return accounts, ctx.Err()
}

// measureThere measures a service in its region, and counts the calls of finding that.
// It reports whether all sizes are known then.
func (r *run) measureThere(home Context, s Service, size *Size, p *Prediction, busiest map[string]int) bool {
	if !s.planned(*size, r.options) {
		p.addCalls(s.RegionCalls, busiest)
		return r.measure(home, s, size)
	}
	before := maps.Clone(r.result.Calls)
	there, err := r.inRegion(home, s)
	search := map[string]int{}
	for action, n := range r.result.Calls {
		search[action] = n - before[action]
	}
	p.addCalls(search, busiest)
	return err == nil && r.measure(there, s, size)
}

// add counts the calls of the first method for each facet of sources.
func (p *Prediction) add(sources []Source, size Size, busiest map[string]int) {
	for _, s := range sources {
		counted := map[snapshot.Facet]bool{}
		for _, m := range s.methods(size.Options) {
			if slices.ContainsFunc(m.Facets, func(f snapshot.Facet) bool { return !counted[f] }) {
				p.addCalls(m.Calls(size), busiest)
				for _, n := range m.maybe(size) {
					p.Least -= n
				}
			}
			for _, f := range m.Facets {
				counted[f] = true
			}
		}
	}
}

func (p *Prediction) addCalls(calls, busiest map[string]int) {
	for action, n := range calls {
		p.Calls[action] += n
		p.Total += n
		p.Least += n
		busiest[action] = max(busiest[action], n)
		if limit, ok := pace.LimitOf(action); ok && limit.Shared {
			busiest[serviceOf(action)] += n
		}
	}
}

// maybe returns how many of a method's calls may not be made.
func (m Method) maybe(size Size) map[string]int {
	if m.Maybe == nil {
		return nil
	}
	return m.Maybe(size)
}

// serviceOf stands for all actions of a service that share a limit.
func serviceOf(action string) string { return action[:strings.Index(action, ":")] + ":*" }

// time finds the action whose limit takes longest. Accounts have limits of their
// own, and are read in parallel.
func (p *Prediction) time(busiest map[string]int) {
	for action, n := range busiest {
		limit, ok := pace.LimitOf(action)
		if !ok || n <= limit.Burst {
			continue
		}
		if d := time.Duration(float64(n-limit.Burst) / float64(limit.Rate) * float64(time.Second)); d > p.Time {
			p.Time, p.Slowest = d, action
		}
	}
}

// fallbacks returns the fallback of each source, if its first method is denied.
func (p *Prediction) fallbacks(sources []Source, size Size) {
	for _, s := range sources {
		methods := s.methods(size.Options)
		f := Fallback{Denied: methods[0].Name}
		brought := map[snapshot.Facet]bool{}
		for _, m := range methods[1:] {
			if m.Name != f.Denied {
				f.Instead = append(f.Instead, m.Name)
			}
			for _, facet := range m.Facets {
				brought[facet] = true
			}
			for _, n := range m.Calls(size) {
				f.Calls += n
			}
		}
		for _, facet := range methods[0].Facets {
			if !brought[facet] {
				f.Lost = append(f.Lost, facet)
			}
		}
		p.Fallbacks = append(p.Fallbacks, f)
	}
}
