package sso

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"

	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

// readProvisionedByAccount follows
// https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListPermissionSetsProvisionedToAccount.html
// It asks for each account of the organization's list. Permission sets can also be on
// accounts that left: those are a part that is not read.
func readProvisionedByAccount(ctx collect.Context, o *collect.Output) error {
	names := map[string]string{}
	for _, set := range ctx.IfRead(snapshot.SSOSets).Parts {
		names[set.Key] = set.Name
	}
	if err := knownNames(ctx, names); err != nil {
		return err
	}
	listed := ctx.Batch(snapshot.OrgAccounts).Parts
	err := eachOf(ctx, o, snapshot.SSOAccountRoles, func(i instance, b *snapshot.Batch) error {
		return ctx.ForEach(listed, func(inner collect.Context, a snapshot.Part, add func(func(*snapshot.Batch))) error {
			pages := ssoadmin.NewListPermissionSetsProvisionedToAccountPaginator(admin(inner), &ssoadmin.ListPermissionSetsProvisionedToAccountInput{
				InstanceArn: &i.arn, AccountId: aws.String(a.Key), MaxResults: aws.Int32(ssoPage),
			})
			for page, err := range collect.Pages(inner, pages) {
				if err != nil {
					return err
				}
				add(func(b *snapshot.Batch) {
					for _, arn := range page.PermissionSets {
						addAccountRole(b, snapshot.Part{ID: snapshot.PermissionSet.ID(arn), Name: names[arn]}, a.Key)
					}
				})
			}
			return nil
		}, b)
	})
	if err == nil {
		o.FailPart(snapshot.SSOAccountRoles, errUnlisted(firstError(ctx.Why(snapshot.SSOAccountRoles), collect.NotRead(snapshot.SSOAccountRoles))), unlisted(listed))
	}
	return err
}

// unlisted tells the permission sets on accounts that a list lacks.
func unlisted(accounts []snapshot.Part) func(snapshot.ID) bool {
	listed := map[string]bool{}
	for _, a := range accounts {
		listed[a.Key] = true
	}
	return func(id snapshot.ID) bool {
		_, account, ok := id.OnAccount()
		return ok && !listed[account]
	}
}

// errUnlisted returns the error of permission sets on accounts that the organization's
// list lacks, by why the call that finds them could not be made.
func errUnlisted(why error) error {
	first := awserr.Fault(why)
	return fault.Wrap(why, first.Kind, "permission sets on accounts that are not in the organization's list could not be looked for").
		WithCause("%s", first.Error()).WithFix("%s", first.Fix).WithDenial(first)
}
