package sso

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"

	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/snapshot"
)

// instance is an instance of Identity Center, for methods after the first.
type instance struct {
	arn, store, owner string
}

func instances(ctx collect.Context) ([]instance, error) {
	var out []instance
	for _, p := range ctx.Batch(snapshot.SSOInstances).Parts {
		body, err := snapshot.Decode[snapshot.InstanceBody](snapshot.Entity{ID: p.ID, Body: p.Body})
		if err != nil {
			return nil, err
		}
		out = append(out, instance{p.Key, body.IdentityStore, body.Owner})
	}
	return out, nil
}

// readInstances follows
// https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListInstances.html
func readInstances(ctx collect.Context, o *collect.Output) error {
	pages := ssoadmin.NewListInstancesPaginator(admin(ctx), &ssoadmin.ListInstancesInput{})
	b := o.Batch(snapshot.SSOInstances)
	for page, err := range collect.Pages(ctx, pages) {
		if err != nil {
			return err
		}
		for _, i := range page.Instances {
			b.Add(snapshot.Instance.ID(aws.ToString(i.InstanceArn)), aws.ToString(i.OwnerAccountId), aws.ToString(i.Name), snapshot.InstanceBody{
				IdentityStore: aws.ToString(i.IdentityStoreId), Owner: aws.ToString(i.OwnerAccountId), Region: ctx.Region, Status: string(i.Status),
			})
		}
	}
	return nil
}
