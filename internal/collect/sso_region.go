package collect

import (
	"cmp"
	"context"

	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/pace"
	"github.com/hawser/hawser/internal/awsapi/regions"
	"github.com/hawser/hawser/internal/snapshot"
)

// ssoRegion is where Identity Center lives, which is one region alone: where the
// options say, or an earlier sync found it, else the first that has one. Where
// that can't be found out it is the connection's own, whose cells will say why.
//
// https://docs.aws.amazon.com/singlesignon/latest/userguide/regions.html
func (r *run) ssoRegion(ctx context.Context) (string, error) {
	if r.options.SSORegion != "" {
		return r.options.SSORegion, nil
	}
	known := ""
	err := each(ctx, r.book, snapshot.Filter{Kinds: []snapshot.Kind{snapshot.Instance}}, func(e snapshot.Seen) error {
		body, err := snapshot.Decode[snapshot.InstanceBody](e.Entity)
		if body.Owner == r.home.Account {
			known = cmp.Or(body.Region, known)
		}
		return err
	})
	if err != nil || known != "" {
		return known, err
	}
	for _, region := range append([]string{r.home.Region}, regions.Of(r.home.Partition)...) {
		found, err := r.hasInstance(ctx, region)
		if err != nil {
			break
		}
		if found {
			return region, ctx.Err()
		}
	}
	return r.home.Region, ctx.Err()
}

func (r *run) hasInstance(ctx context.Context, region string) (bool, error) {
	session, err := r.sessions.Session(ctx, awsapi.Target{Connection: r.home.Connection, Account: r.home.Account, Region: region})
	if err != nil {
		return false, err
	}
	ctx, counter := pace.Counting(ctx)
	defer r.count(counter)
	out, err := awsapi.Client(session, ssoadmin.NewFromConfig).ListInstances(ctx, &ssoadmin.ListInstancesInput{})
	return err == nil && len(out.Instances) > 0, err
}
