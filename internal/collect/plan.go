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

// Prediction is what a sync is going to ask.
type Prediction struct {
	// Accounts is how many will be read.
	Accounts int `json:"accounts"`
	// Calls counts the requests by IAM action, Total all of them.
	Calls map[string]int `json:"calls"`
	Total int            `json:"total"`
	// EntityByEntity is how many calls it would take to read each user, group,
	// role, key and policy by itself.
	EntityByEntity int `json:"entity_by_entity"`
	// Time is how long AWS's limits make it take at least.
	Time time.Duration `json:"time"`
	// Slowest is the action whose limit that is.
	Slowest string `json:"slowest"`
	// Fallbacks are the calls of each reading that is denied, made by the ways
	// that take its place; Lost is what nothing then brings.
	Fallbacks []Fallback `json:"fallbacks"`
	// Guessed tells that sizes were guessed, since nothing was read yet.
	Guessed bool `json:"guessed,omitempty"`
}

// Fallback is what becomes of a sync where a call is denied.
type Fallback struct {
	Denied  string           `json:"denied"`
	Instead []string         `json:"instead,omitempty"`
	Calls   int              `json:"calls"`
	Lost    []snapshot.Facet `json:"lost,omitempty"`
}

// Actions lists the IAM actions that a sync with all it can do calls.
func Actions() []string {
	all := map[string]bool{ // what depends on what is found
		"iam:GetOpenIDConnectProvider": true, "organizations:ListDelegatedServicesForAccount": true,
		"sso:ListAccountAssignmentsForPrincipal": true, "sso:ListApplicationAssignments": true,
	}
	for _, s := range slices.Concat(organizationSources(), ssoSources(), accountSources()) {
		for _, way := range s.ways {
			for action := range way.calls(Size{}) {
				all[action] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// Plan predicts what Run would ask with the same options. It asks little: of an
// organization the accounts, and of what is not in the picture yet how large it
// is: of each account one summary, of Identity Center its listings. The errors
// are Run's.
func Plan(ctx context.Context, sessions Sessions, book Book, o Options) (*Prediction, error) {
	r := &run{sessions: sessions, book: book, options: o, result: &Result{Calls: map[string]int{}}}
	ctx = o.patiently(ctx)
	home, err := sessions.Session(ctx, awsapi.Target{Connection: o.Connection})
	if err != nil {
		return nil, err
	}
	r.home = home
	p := &Prediction{Calls: map[string]int{}}
	busiest := map[string]int{} // by action, in the account that calls it most
	accounts := []member{{id: home.Account}}
	known, err := sizes(ctx, book)
	if err != nil {
		return nil, err
	}
	if o.Organization {
		if accounts, err = r.planOrganization(ctx, p, busiest, known); err != nil {
			return nil, err
		}
	}
	for _, a := range accounts {
		if a.skip != "" {
			continue
		}
		p.Accounts++
		size, found := known[a.id]
		if !found {
			if size, found = r.summary(ctx, a.id); !found {
				p.Guessed = true
			}
		}
		if o.Keys == ReportKeys {
			size.NewKeys = 0
		}
		if o.SSHKeys {
			size.SSHUsers = size.Users
		}
		p.add(accountSources(), size, busiest)
		p.EntityByEntity += 3*size.Users + max(size.Keys, size.NewKeys) + 3*size.Groups + 3*size.Roles + 2*size.Policies
	}
	p.time(busiest)
	p.fallbacks(known)
	return p, nil
}

// planOrganization predicts the organization and Identity Center, and chooses
// the accounts.
func (r *run) planOrganization(ctx context.Context, p *Prediction, busiest map[string]int, known map[string]Size) ([]member, error) {
	seen := newSeen()
	place := r.place(ctx, r.home, "", seen)
	if err := management(place); err != nil {
		return nil, err
	}
	for _, s := range organizationSources() {
		if s.name == "ListAccounts" || s.name == "ListOrganizationalUnitsForParent" || (s.name == "ListTagsForResource" && r.byTags()) {
			r.try(place, s)
		}
	}
	accounts, err := r.members(ctx, seen)
	if err != nil {
		return nil, err
	}
	size := known[""]
	size.Accounts, size.Units = len(accounts), len(seen.of(orgUnits).Parts)
	if size.OrgPolicies == 0 {
		size.OrgPolicies = countOrgPolicies(place)
	}
	if size.Sets == 0 {
		if err := r.sizeOfCenter(ctx, seen, &size); err != nil {
			return nil, err
		}
	}
	p.add(organizationSources(), size, busiest)
	p.add(ssoSources(), size, busiest)
	p.Guessed = p.Guessed || size.Sets == 0 || size.SSOUsers == 0
	return accounts, nil
}

// byTags tells whether tags choose accounts.
func (r *run) byTags() bool { return len(r.options.Include.Tags)+len(r.options.Exclude.Tags) > 0 }

// add counts the first ways of sources.
func (p *Prediction) add(sources []source, size Size, busiest map[string]int) {
	for _, s := range sources {
		for action, n := range s.ways[0].calls(size) {
			p.Calls[action] += n
			p.Total += n
			busiest[action] = max(busiest[action], n)
			if limit, ok := pace.LimitOf(action); ok && limit.Shared {
				busiest[serviceOf(action)] += n
			}
		}
	}
}

// serviceOf stands for all actions of a service that share a limit.
func serviceOf(action string) string { return action[:strings.Index(action, ":")] + ":*" }

// time finds the action whose limit takes longest. Accounts have limits of
// their own, and are read side by side.
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

// fallbacks tells what becomes of each source whose first way is denied.
func (p *Prediction) fallbacks(known map[string]Size) {
	var size Size
	for id, s := range known {
		if id != "" && s.Users+s.Roles > size.Users+size.Roles {
			size = s
		}
	}
	for _, s := range slices.Concat(organizationSources(), ssoSources(), accountSources()) {
		f := Fallback{Denied: s.ways[0].name}
		brought := map[snapshot.Facet]bool{}
		for _, way := range s.ways[1:] {
			f.Instead = append(f.Instead, way.name)
			for _, facet := range way.facets {
				brought[facet] = true
			}
			for _, n := range way.calls(size) {
				f.Calls += n
			}
		}
		for _, facet := range s.ways[0].facets {
			if !brought[facet] {
				f.Lost = append(f.Lost, facet)
			}
		}
		p.Fallbacks = append(p.Fallbacks, f)
	}
}
