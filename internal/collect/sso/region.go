package sso

import (
	"cmp"

	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"

	"github.com/hawser/hawser/internal/awsapi/regions"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/snapshot"
)

// region returns the region of Identity Center: the one in the options, or the
// one in which an earlier sync found it, or the first that has an instance. If
// none can be found, it is the connection's own region, and its cells will have
// the reason.
func region(ctx collect.Context) (string, error) {
	if ctx.Options.SSORegion != "" {
		return ctx.Options.SSORegion, nil
	}
	known := ""
	err := ctx.Each(snapshot.Filter{Kinds: []snapshot.Kind{snapshot.Instance}}, func(e snapshot.Seen) error {
		body, err := snapshot.Decode[snapshot.InstanceBody](e.Entity)
		if body.Owner == ctx.Account {
			known = cmp.Or(body.Region, known)
		}
		return err
	})
	if err != nil || known != "" {
		return known, err
	}
	for _, region := range append([]string{ctx.Session.Region}, regions.Of(ctx.Session.Partition)...) {
		found, err := hasInstance(ctx, region)
		if err != nil {
			break
		}
		if found {
			return region, ctx.Err()
		}
	}
	return ctx.Session.Region, ctx.Err()
}

func hasInstance(ctx collect.Context, region string) (bool, error) {
	there, err := ctx.In(region)
	if err != nil {
		return false, err
	}
	out, err := admin(there).ListInstances(ctx, &ssoadmin.ListInstancesInput{})
	return err == nil && len(out.Instances) > 0, err
}
