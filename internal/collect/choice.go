package collect

import (
	"context"
	"errors"
	"slices"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

// Choice is what was chosen for one sync, apart from the connection's settings. A choice
// that can't be is refused before a run begins.
type Choice struct {
	Organization, SSORegion bool
}

// early is what was read before the run began, to check the choice. The run goes on from
// it.
type early struct {
	results *results
	tried   map[snapshot.Facet]tried // by the first facet of the source
	checks  map[int]error            // of the organization's services
}

func newEarly() early {
	return early{newResults(), map[snapshot.Facet]tried{}, map[int]error{}}
}

// refused returns why a choice can't be: accounts that are included or excluded and that
// there are not, an organization or a region that can't be read so. If that can't be told,
// the run will have the reason.
func (r *run) refused(ctx context.Context) error {
	home := r.context(ctx, r.home, "", r.early.results)
	err := r.refusedOrganization(home)
	if err == nil {
		err = r.refusedRegion(home)
	}
	if ctx.Err() != nil {
		return interrupted(ctx, ctx.Err())
	}
	return err
}

// refusedOrganization returns why the organization can't be read from here, or why its
// accounts can't be chosen so.
func (r *run) refusedOrganization(home Context) error {
	if !r.options.Organization {
		return nil
	}
	chooses := !r.options.Include.Empty() || !r.options.Exclude.Empty()
	for i, s := range r.in(Organization) {
		if !chooses && !r.options.Choice.Organization {
			continue
		}
		if err := r.check(home, i, s); err != nil {
			if r.options.Choice.Organization && errors.Is(err, fault.Invalid) {
				return err
			}
			return nil
		}
		if !chooses {
			continue
		}
		r.readEarly(home, s)
		_, err := s.Accounts(home)
		if f := fault.From(err); f != nil && f.Kind == fault.Invalid && slices.Contains([]string{"include", "exclude"}, f.Field) {
			return f
		}
	}
	return nil
}

// check checks an organization's service once.
func (r *run) check(ctx Context, i int, s Service) error {
	if _, done := r.early.checks[i]; !done {
		r.early.checks[i] = s.Check(ctx)
	}
	return r.early.checks[i]
}

// readEarly reads the sources by which accounts are chosen.
func (r *run) readEarly(home Context, s Service) {
	for _, source := range s.Sources {
		if source.Planned != nil && source.Planned(Size{New: true, Options: r.options}, r.options) {
			r.early.tried[source.Facets()[0]] = r.try(home, source)
		}
	}
}

// refusedRegion returns why Identity Center can't be read in the region that was chosen:
// AWS has no such region, or Identity Center is not there.
func (r *run) refusedRegion(home Context) error {
	if !r.options.Choice.SSORegion {
		return nil
	}
	if _, err := home.In(r.options.SSORegion); err != nil {
		return asRegion(err)
	}
	if !r.options.Organization {
		return nil
	}
	for _, s := range r.in(IdentityCenter) {
		if _, err := r.inRegion(home, s); errors.Is(err, fault.NotFound) && fault.From(err).Field == ssoRegion {
			return err
		}
	}
	return nil
}

// ssoRegion is the field of Identity Center's region.
const ssoRegion = "sso_region"

// asRegion returns the error of a region that AWS does not have as one of Identity
// Center's; nil for other errors.
func asRegion(err error) error {
	if f := fault.From(err); f != nil && f.Kind == fault.Invalid && f.Field == "region" {
		return f.At(ssoRegion)
	}
	return nil
}
