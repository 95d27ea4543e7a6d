package sso

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/snapshot"
)

// readSets lists permission sets, and describes each. The listing has no names: a
// set that can't be described keeps the name by which an earlier sync knew it.
//
// https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListPermissionSets.html
func readSets(ctx collect.Context, o *collect.Output) error {
	return eachInstance(ctx, o, []snapshot.Facet{snapshot.SSOSets, snapshot.SSOSetDetails}, func(i instance, one *collect.Output) error {
		listed, err := i.listSets(ctx)
		if err != nil {
			return err
		}
		names := map[string]string{}
		if err := describeSets(ctx, listed, one.Batch(snapshot.SSOSetDetails), names); err != nil {
			one.Fail(snapshot.SSOSetDetails, err)
			if err := knownNames(ctx, names); err != nil {
				return err
			}
		}
		for _, set := range listed {
			one.Batch(snapshot.SSOSets).Add(set.ID, "", names[set.Key], nil)
		}
		return nil
	})
}

func (i instance) listSets(ctx collect.Context) (listed []snapshot.Part, err error) {
	pages := ssoadmin.NewListPermissionSetsPaginator(admin(ctx), &ssoadmin.ListPermissionSetsInput{InstanceArn: &i.arn, MaxResults: aws.Int32(ssoPage)})
	for page, err := range collect.Pages(ctx, pages) {
		if err != nil {
			return nil, err
		}
		for _, arn := range page.PermissionSets {
			listed = append(listed, snapshot.Part{ID: snapshot.PermissionSet.ID(arn)})
		}
	}
	return listed, nil
}

// describeSets follows
// https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_DescribePermissionSet.html
func describeSets(ctx collect.Context, listed []snapshot.Part, b *snapshot.Batch, names map[string]string) error {
	return ctx.ForEach(listed, func(inner collect.Context, set snapshot.Part, add func(func(*snapshot.Batch))) error {
		out, err := admin(inner).DescribePermissionSet(inner, &ssoadmin.DescribePermissionSetInput{
			InstanceArn: aws.String(instanceOf(set.Key)), PermissionSetArn: &set.Key,
		})
		if err != nil {
			return err
		}
		s := out.PermissionSet
		add(func(b *snapshot.Batch) {
			names[set.Key] = aws.ToString(s.Name)
			b.Tell(set.ID, "", snapshot.PermissionSetBody{
				Description: aws.ToString(s.Description), SessionDuration: aws.ToString(s.SessionDuration),
				RelayState: aws.ToString(s.RelayState), Created: collect.UTC(s.CreatedDate),
			})
		})
		return nil
	}, b)
}

// knownNames adds the names by which earlier syncs knew the other sets.
func knownNames(ctx collect.Context, names map[string]string) error {
	return ctx.Each(snapshot.Filter{Kinds: []snapshot.Kind{snapshot.PermissionSet}}, func(e snapshot.Seen) error {
		if names[e.Key] == "" {
			names[e.Key] = e.Name
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
	return eachOf(ctx, o, snapshot.SSOAccountRoles, func(i instance, b *snapshot.Batch) error {
		sets, err := i.need(ctx, snapshot.SSOSets)
		if err != nil {
			return err
		}
		return ctx.ForEach(sets, func(inner collect.Context, set snapshot.Part, add func(func(*snapshot.Batch))) error {
			pages := ssoadmin.NewListAccountsForProvisionedPermissionSetPaginator(admin(inner), &ssoadmin.ListAccountsForProvisionedPermissionSetInput{
				InstanceArn: &i.arn, PermissionSetArn: aws.String(set.Key), MaxResults: aws.Int32(ssoPage),
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
		}, b)
	})
}
