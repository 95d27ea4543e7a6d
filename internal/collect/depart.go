package collect

import (
	"context"
	"fmt"
	"slices"

	"github.com/hawser/hawser/internal/snapshot"
)

// depart closes what accounts had that are no longer in the organization, if its
// accounts were read whole and so few are missing that the loss is believed.
func (r *run) depart(ctx context.Context, results *results) error {
	r.mu.Lock()
	listed := r.outcomes[snapshot.Cell{Account: r.home.Account, Facet: snapshot.OrgAccounts}]
	r.mu.Unlock()
	if !listed.Read() || !results.read(snapshot.OrgAccounts) {
		return nil
	}
	members := map[string]bool{r.home.Account: true}
	for _, p := range results.batch(snapshot.OrgAccounts).Parts {
		members[p.Key] = true
	}
	for _, named := range r.options.Within {
		members[named] = true
	}
	var facets []snapshot.Facet
	for _, s := range slices.Concat(r.Engine.sources(AccountScope), r.Engine.sources(RegionScope)) {
		facets = append(facets, s.Facets()...)
	}
	cells, err := r.store.Filled(ctx, r.home.Connection)
	if err != nil {
		return &storeError{err}
	}
	var left []string
	for _, c := range cells {
		if members[c.Account] || !slices.Contains(facets, c.Facet) {
			continue
		}
		if !slices.Contains(left, c.Account) {
			left = append(left, c.Account)
		}
		if err := r.empty(ctx, c, "the account left the organization"); err != nil {
			return err
		}
	}
	for _, account := range left {
		r.result.Notes = append(r.result.Notes, fmt.Sprintf("account %s left the organization: what it had is removed from the snapshot", account))
	}
	return nil
}

// moved closes what a service had in other regions than that in which it is now. It closes
// nothing if the first of its facets was not read there, or has nothing.
func (r *run) moved(there Context, s Service) error {
	facet := s.Sources[0].Facets()[0]
	if !there.results.read(facet) || len(there.results.batch(facet).Parts) == 0 {
		return nil
	}
	cells, err := r.store.Filled(there, r.home.Connection)
	if err != nil {
		return &storeError{err}
	}
	for _, c := range cells {
		if c.Account != there.Account || c.Region == there.Region || !slices.ContainsFunc(s.Sources, func(s Source) bool { return slices.Contains(s.Facets(), c.Facet) }) {
			continue
		}
		if err := r.empty(there, c, "Identity Center is in "+there.Region); err != nil {
			return err
		}
	}
	return nil
}

// empty removes what a cell holds, and stores that it is not read any more.
func (r *run) empty(ctx context.Context, c snapshot.Cell, reason string) error {
	_, delta, err := r.store.Commit(ctx, r.result.Run, snapshot.Outcome{Cell: c, Status: snapshot.OK}, &snapshot.Batch{}, snapshot.Rules{})
	if err != nil {
		return &storeError{err}
	}
	r.mu.Lock()
	r.result.Add(delta)
	r.mu.Unlock()
	return r.commit(ctx, snapshot.Outcome{Cell: c, Status: snapshot.Skipped, Reason: reason}, nil)
}
