package sso

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/snapshot"
)

// readSets follows
// https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_DescribePermissionSet.html
func readSets(ctx collect.Context, o *collect.Output) error {
	b := o.Batch(snapshot.SSOSets)
	return eachInstance(ctx, func(i instance) error {
		pages := ssoadmin.NewListPermissionSetsPaginator(admin(ctx), &ssoadmin.ListPermissionSetsInput{InstanceArn: &i.arn, MaxResults: aws.Int32(ssoPage)})
		for page, err := range collect.Pages(ctx, pages) {
			if err != nil {
				return err
			}
			for _, arn := range page.PermissionSets {
				out, err := admin(ctx).DescribePermissionSet(ctx, &ssoadmin.DescribePermissionSetInput{InstanceArn: &i.arn, PermissionSetArn: &arn})
				if collect.IsGone(err) {
					continue
				}
				if err != nil {
					return err
				}
				s := out.PermissionSet
				b.Add(snapshot.PermissionSet.ID(arn), "", aws.ToString(s.Name), snapshot.PermissionSetBody{
					Description: aws.ToString(s.Description), SessionDuration: aws.ToString(s.SessionDuration),
					RelayState: aws.ToString(s.RelayState), Created: collect.UTC(s.CreatedDate),
				})
			}
		}
		return nil
	})
}

// instanceOf returns the ARN of the instance that a permission set is of.
//
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsiamidentitycenter.html#awsiamidentitycenter-resources-for-iam-policies
func instanceOf(set string) string {
	a, ok := arn.Parse(set) // arn:aws:sso:::permissionSet/ssoins-X/ps-Y
	path := strings.Split(a.Resource, "/")
	if !ok || len(path) != 3 {
		return ""
	}
	return arn.ARN{Partition: a.Partition, Service: "sso", Resource: "instance/" + path[1]}.String()
}

// addAccountRole adds a permission set that is provisioned on an account.
func addAccountRole(b *snapshot.Batch, set snapshot.Part, account string) {
	id := snapshot.AccountRoleID(set.Key, account)
	b.Add(id, account, set.Name, nil)
	b.Link(id, snapshot.Grants, set.ID, nil)
	b.Link(id, snapshot.In, snapshot.Account.ID(account), nil)
}

// readProvisioned follows
// https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListAccountsForProvisionedPermissionSet.html
func readProvisioned(ctx collect.Context, o *collect.Output) error {
	return ctx.ForEach(ctx.Batch(snapshot.SSOSets).Parts, func(inner collect.Context, set snapshot.Part, add func(func(*snapshot.Batch))) error {
		pages := ssoadmin.NewListAccountsForProvisionedPermissionSetPaginator(admin(inner), &ssoadmin.ListAccountsForProvisionedPermissionSetInput{
			InstanceArn: aws.String(instanceOf(set.Key)), PermissionSetArn: aws.String(set.Key), MaxResults: aws.Int32(ssoPage),
		})
		for page, err := range collect.Pages(inner, pages) {
			if err != nil {
				return err
			}
			add(func(b *snapshot.Batch) {
				for _, account := range page.AccountIds {
					addAccountRole(b, set, account)
				}
			})
		}
		return nil
	}, o.Batch(snapshot.SSOAccountRoles))
}

// readProvisionedByAccount follows
// https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListPermissionSetsProvisionedToAccount.html
func readProvisionedByAccount(ctx collect.Context, o *collect.Output) error {
	sets := map[string]snapshot.Part{}
	for _, p := range ctx.Batch(snapshot.SSOSets).Parts {
		sets[p.Key] = p
	}
	b := o.Batch(snapshot.SSOAccountRoles)
	return eachInstance(ctx, func(i instance) error {
		return ctx.ForEach(ctx.Batch(snapshot.OrgAccounts).Parts, func(inner collect.Context, a snapshot.Part, add func(func(*snapshot.Batch))) error {
			pages := ssoadmin.NewListPermissionSetsProvisionedToAccountPaginator(admin(inner), &ssoadmin.ListPermissionSetsProvisionedToAccountInput{
				InstanceArn: &i.arn, AccountId: aws.String(a.Key), MaxResults: aws.Int32(ssoPage),
			})
			for page, err := range collect.Pages(inner, pages) {
				if err != nil {
					return err
				}
				add(func(b *snapshot.Batch) {
					for _, arn := range page.PermissionSets {
						set, ok := sets[arn]
						if !ok {
							set = snapshot.Part{ID: snapshot.PermissionSet.ID(arn)}
						}
						addAccountRole(b, set, a.Key)
					}
				})
			}
			return nil
		}, b)
	})
}
