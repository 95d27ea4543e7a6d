package org

import (
	"cmp"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

// readOrganization follows
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeOrganization.html
func readOrganization(ctx collect.Context, o *collect.Output) error {
	out, err := client(ctx).DescribeOrganization(ctx, &organizations.DescribeOrganizationInput{})
	if err != nil {
		return err
	}
	addOrganization(o.Batch(snapshot.OrgItself), out.Organization)
	return nil
}

func addOrganization(b *snapshot.Batch, o *types.Organization) {
	b.Add(snapshot.Organization.ID(aws.ToString(o.Arn)), aws.ToString(o.MasterAccountId), aws.ToString(o.Id), snapshot.OrganizationBody{
		ID: aws.ToString(o.Id), ManagementAccount: aws.ToString(o.MasterAccountId), FeatureSet: string(o.FeatureSet),
	})
}

// readAccounts follows
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html
func readAccounts(ctx collect.Context, o *collect.Output) error {
	pages := organizations.NewListAccountsPaginator(client(ctx), &organizations.ListAccountsInput{})
	b := o.Batch(snapshot.OrgAccounts)
	for page, err := range collect.Pages(ctx, pages) {
		if err != nil {
			return err
		}
		for _, a := range page.Accounts {
			addAccount(b, a)
		}
	}
	if !slices.ContainsFunc(b.Parts, func(p snapshot.Part) bool { return p.Key == ctx.Account }) {
		return fault.New(fault.Internal, "the list of the organization's accounts does not have the account %s, which asked for it", ctx.Account)
	}
	return nil
}

func addAccount(b *snapshot.Batch, a types.Account) {
	id := aws.ToString(a.Id)
	b.Add(snapshot.Account.ID(id), id, aws.ToString(a.Name), snapshot.AccountBody{
		Email: aws.ToString(a.Email), State: cmp.Or(string(a.State), string(a.Status)), Joined: collect.UTC(a.JoinedTimestamp), Method: string(a.JoinedMethod),
	})
}

// readAccountTags follows
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListTagsForResource.html
func readAccountTags(ctx collect.Context, o *collect.Output) error {
	b := o.Batch(snapshot.OrgTags)
	for _, p := range ctx.Batch(snapshot.OrgAccounts).Parts {
		tags, err := tagsOfAccount(ctx, p.Key)
		if err != nil && !collect.IsGone(err) {
			return err
		}
		if len(tags) > 0 {
			b.Tell(p.ID, p.Account, snapshot.TagsBody{Tags: tags})
		}
	}
	return nil
}

func tagsOfAccount(ctx collect.Context, account string) (snapshot.Tags, error) {
	tags := snapshot.Tags{}
	pages := organizations.NewListTagsForResourcePaginator(client(ctx), &organizations.ListTagsForResourceInput{ResourceId: &account})
	for page, err := range collect.Pages(ctx, pages) {
		if err != nil {
			return nil, err
		}
		for _, t := range page.Tags {
			tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
		}
	}
	return tags, nil
}
