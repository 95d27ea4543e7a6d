package sso

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/parallel"
	"github.com/hawser/hawser/internal/snapshot"
)

// region returns the region of Identity Center. It looks where the options say, or
// where an earlier sync found an instance, then in the connection's own region,
// then in all that are enabled. Only if every one of them answered is there none.
func region(ctx collect.Context) (string, error) {
	f := finder{Context: ctx, management: managementAccount(ctx)}
	if named := ctx.Options.SSORegion; named != "" {
		return f.named(named)
	}
	known, err := f.known()
	if err != nil {
		return "", err
	}
	first := []string{ctx.Session.Region}
	if known != "" && known != ctx.Session.Region {
		first = []string{known, ctx.Session.Region}
	}
	for _, region := range first {
		if f.look(region); f.found != "" {
			return f.found, ctx.Err()
		}
		if known == region && f.failed[region] != nil {
			return region, ctx.Err() // its cells will have the reason
		}
	}
	if err := f.lookEverywhere(first); err != nil {
		return "", err
	}
	switch {
	case f.found != "" || f.other != "":
		return cmp.Or(f.found, f.other), ctx.Err()
	case len(f.failed) > 0:
		return "", f.unsearched()
	}
	return first[0], ctx.Err()
}

// managementAccount returns the organization's management account, as far as this
// run knows it.
func managementAccount(ctx collect.Context) string {
	if !ctx.WasRead(snapshot.OrgItself) {
		return ""
	}
	for _, p := range ctx.Batch(snapshot.OrgItself).Parts {
		return p.Account
	}
	return ""
}

// finder looks for the organization's instance of Identity Center.
type finder struct {
	collect.Context
	management string // account; empty where it is not known
	found      string // its region
	// other is the region of an instance that a member account has for itself.
	other  string
	failed map[string]error // by region
	// unlisted is set if the enabled regions can't be listed.
	unlisted bool
}

// named returns the region that the options name. If another is the primary region
// of the instance there, it returns that.
func (f *finder) named(region string) (string, error) {
	f.look(region)
	if f.failed[region] != nil || f.found != "" || f.other != "" {
		return cmp.Or(f.found, f.other, region), f.Err()
	}
	none := fault.New(fault.NotFound, "Identity Center has no instance in %s", region).At("sso_region").
		WithFix("correct sso_region, or remove it: a sync finds the region")
	if known := f.Session.KnownRegions(); !slices.Contains(known, region) {
		if near := fault.Nearest(region, known); near != "" {
			return "", none.WithCause("did you mean %s?", near)
		}
	}
	return "", none
}

// known returns the region in which an earlier sync found an instance of the
// organization or of the account.
func (f *finder) known() (known string, err error) {
	err = f.Each(snapshot.Filter{Kinds: []snapshot.Kind{snapshot.Instance}}, func(e snapshot.Seen) error {
		body, err := snapshot.Decode[snapshot.InstanceBody](e.Entity)
		switch body.Owner {
		case "":
		case f.management:
			known = body.Region
		case f.Account:
			known = cmp.Or(known, body.Region)
		}
		return err
	})
	return known, err
}

// lookEverywhere looks in the enabled regions but some; if they can't be listed, in
// all that there are.
func (f *finder) lookEverywhere(but []string) error {
	all, err := f.Session.EnabledRegions(f)
	if err != nil {
		all, f.unlisted = f.Session.KnownRegions(), true
	}
	all = slices.DeleteFunc(all, func(region string) bool { return slices.Contains(but, region) })
	finders := make([]finder, len(all))
	group, inner := parallel.WithContext(f)
	for i, region := range all {
		finders[i] = finder{Context: f.With(inner), management: f.management}
		group.Go(func() error {
			finders[i].look(region)
			return inner.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for _, one := range finders {
		f.found, f.other = cmp.Or(f.found, one.found), cmp.Or(f.other, one.other)
		for region, err := range one.failed {
			f.fail(region, err)
		}
	}
	return nil
}

func (f *finder) fail(region string, err error) {
	if f.failed == nil {
		f.failed = map[string]error{}
	}
	f.failed[region] = err
}

// look looks in one region. A region to which an instance was replicated has
// neither permission sets nor assignments, so the primary one counts.
//
// https://docs.aws.amazon.com/singlesignon/latest/userguide/multi-region-iam-identity-center.html
func (f *finder) look(region string) {
	there, err := f.In(region)
	if err != nil {
		f.fail(region, err)
		return
	}
	for page, err := range collect.Pages(f, ssoadmin.NewListInstancesPaginator(admin(there), &ssoadmin.ListInstancesInput{})) {
		if err != nil {
			f.fail(region, err)
			return
		}
		for _, i := range page.Instances {
			f.see(i, region)
		}
	}
}

func (f *finder) see(i types.InstanceMetadata, region string) {
	region = cmp.Or(aws.ToString(i.PrimaryRegion), region)
	if owner := aws.ToString(i.OwnerAccountId); f.management != "" && owner != "" && owner != f.management {
		f.other = region
		return
	}
	f.found = region
}

// unsearched returns the error of a search that found nothing where it could look.
func (f *finder) unsearched() error {
	var where []string
	for region := range f.failed {
		where = append(where, region)
	}
	slices.Sort(where)
	first := awserr.Fault(f.failed[where[0]])
	if err := f.failed[f.Session.Region]; err != nil {
		first = awserr.Fault(err)
	}
	fix := "name Identity Center's region: sso_region"
	if f.unlisted {
		fix += "; or allow ec2:DescribeRegions, so that only enabled regions are searched"
	}
	if first.Fix != "" {
		fix += "; or " + first.Fix
	}
	return fault.Wrap(first, first.Kind, "Identity Center was not found, and %s can't be searched", regionsText(where)).
		WithCause("%s", first.Error()).WithFix("%s", fix).WithDenial(first)
}

// mostNamed bounds how many regions a message names.
const mostNamed = 3

func regionsText(where []string) string {
	text := strings.Join(where[:min(len(where), mostNamed)], ", ")
	if more := len(where) - mostNamed; more > 0 {
		text += fmt.Sprintf(" and %d more regions", more)
	}
	return text
}
