package collect

import (
	"context"
	"iter"
	"slices"
	"time"

	"github.com/hawser/hawser/internal/correlate"
	"github.com/hawser/hawser/internal/snapshot"
)

// derive stores what follows from the connection's snapshot, even if there are gaps:
// the role of each permission set in an account, the accounts that left and have permission
// sets on them, and the identities of each person.
func (r *run) derive(ctx context.Context) error {
	all := func(kind snapshot.Kind, name string) iter.Seq2[snapshot.Seen, error] {
		return snapshot.All(ctx, r.store, snapshot.Filter{Connection: r.home.Connection, Kinds: []snapshot.Kind{kind}, Name: name})
	}
	roles, err := correlate.PermissionSetRoles(all(snapshot.Role, correlate.ReservedRole+"*"), all(snapshot.AccountRole, ""))
	if err != nil {
		return err
	}
	if err := r.derived(ctx, snapshot.DerivedRoles, roles); err != nil {
		return err
	}
	if err := r.departed(ctx, all(snapshot.AccountRole, "")); err != nil {
		return err
	}
	organization, err := r.ofOrganization(all(snapshot.Organization, ""))
	if err != nil {
		return err
	}
	people, notes, err := correlate.People(organization, all(snapshot.SSOUser, ""), all(snapshot.User, ""), r.options.Mapping)
	if err != nil {
		return err
	}
	r.result.Notes = append(r.result.Notes, notes...)
	return r.derived(ctx, snapshot.DerivedPeople, people)
}

// ofOrganization returns the ID of the organization whose people the connection reads;
// its account's where no organization was read.
func (r *run) ofOrganization(organizations iter.Seq2[snapshot.Seen, error]) (string, error) {
	for o, err := range organizations {
		if err != nil {
			return "", err
		}
		body, err := snapshot.Decode[snapshot.OrganizationBody](o.Entity)
		if err != nil || body.ID != "" {
			return body.ID, err
		}
	}
	return r.home.Account, nil
}

// derived stores what follows from other cells. If one of those is a gap, the cell is too,
// with the same reason. What the snapshot had of the base is still there, so what follows
// from it is too. No loss of it is held: what it follows from is held in its own cell.
func (r *run) derived(ctx context.Context, f snapshot.Facet, b *snapshot.Batch) error {
	gaps, err := r.gapsOf(ctx, f.Base())
	if err != nil {
		return err
	}
	o := snapshot.Outcome{Status: snapshot.OK}
	if len(gaps) > 0 {
		why := gaps[0]
		if i := slices.IndexFunc(gaps, func(g snapshot.Outcome) bool { return g.Action != "" }); i > 0 {
			why = gaps[i]
		}
		o = snapshot.Outcome{Status: why.Status, Reason: why.Reason, Fix: why.Fix, Action: why.Action, Unclear: true}
		if o.AsOf, err = r.oldest(ctx, gaps); err != nil {
			return err
		}
	}
	o.Cell = snapshot.Cell{Account: r.home.Account, Facet: f}
	return r.put(ctx, snapshot.Rules{}, o, b)
}

// gapsOf returns the connection's gaps in some facets.
func (r *run) gapsOf(ctx context.Context, facets []snapshot.Facet) ([]snapshot.Outcome, error) {
	gaps, err := r.store.Gaps(ctx, r.home.Connection)
	if err != nil {
		return nil, &storeError{err}
	}
	return slices.DeleteFunc(gaps, func(g snapshot.Outcome) bool { return !slices.Contains(facets, g.Facet) }), nil
}

// oldest returns the time of the oldest data that the snapshot has of some cells; now if
// it has none.
func (r *run) oldest(ctx context.Context, cells []snapshot.Outcome) (time.Time, error) {
	oldest := r.options.now() // a gap without a time says that nothing was read
	for _, c := range cells {
		at, err := r.asOf(ctx, c.Cell)
		if err != nil {
			return oldest, err
		}
		if !at.IsZero() && at.Before(oldest) {
			oldest = at
		}
	}
	return oldest, nil
}
