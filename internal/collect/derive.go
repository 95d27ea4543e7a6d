package collect

import (
	"context"
	"iter"

	"github.com/hawser/hawser/internal/correlate"
	"github.com/hawser/hawser/internal/snapshot"
)

// derive stores what follows from the connection's snapshot, even if there are gaps:
// the role of each permission set in an account, and the identities of each person.
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

// derived stores what follows from other cells. No loss of it is held: what it follows
// from is held in its own cell.
func (r *run) derived(ctx context.Context, f snapshot.Facet, b *snapshot.Batch) error {
	return r.commitBy(ctx, snapshot.Rules{}, snapshot.Outcome{Cell: snapshot.Cell{Account: r.home.Account, Facet: f}, Status: snapshot.OK}, b)
}
