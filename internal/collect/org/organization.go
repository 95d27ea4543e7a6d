package org

import (
	"cmp"
	"errors"
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

// readUnits walks the tree from its roots.
//
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListOrganizationalUnitsForParent.html
func readUnits(ctx collect.Context, o *collect.Output) error {
	b := o.Batch(snapshot.OrgUnits)
	roots := organizations.NewListRootsPaginator(client(ctx), &organizations.ListRootsInput{})
	for page, err := range collect.Pages(ctx, roots) {
		if err != nil {
			return err
		}
		for _, r := range page.Roots {
			root := snapshot.Unit.ID(aws.ToString(r.Arn))
			b.Add(root, "", aws.ToString(r.Name), nil)
			if err := readUnit(ctx, b, root, aws.ToString(r.Id)); err != nil {
				return err
			}
		}
	}
	return nil
}

// readUnit reads the children of a unit, and their children.
func readUnit(ctx collect.Context, b *snapshot.Batch, unit snapshot.ID, id string) error {
	accounts := organizations.NewListAccountsForParentPaginator(client(ctx), &organizations.ListAccountsForParentInput{ParentId: &id})
	for page, err := range collect.Pages(ctx, accounts) {
		if err != nil {
			return err
		}
		for _, a := range page.Accounts {
			b.Link(snapshot.Account.ID(aws.ToString(a.Id)), snapshot.In, unit, nil)
		}
	}
	units := organizations.NewListOrganizationalUnitsForParentPaginator(client(ctx), &organizations.ListOrganizationalUnitsForParentInput{ParentId: &id})
	for page, err := range collect.Pages(ctx, units) {
		if err != nil {
			return err
		}
		for _, u := range page.OrganizationalUnits {
			below := snapshot.Unit.ID(aws.ToString(u.Arn))
			b.Add(below, "", aws.ToString(u.Name), nil)
			b.Link(below, snapshot.In, unit, nil)
			if err := readUnit(ctx, b, below, aws.ToString(u.Id)); err != nil && !collect.IsGone(err) {
				return err
			}
		}
	}
	return nil
}

// policyTypes are the types of organization policies that restrict access.
var policyTypes = []types.PolicyType{types.PolicyTypeServiceControlPolicy, types.PolicyTypeResourceControlPolicy}

// readOrgPolicies follows
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListPolicies.html
func readOrgPolicies(ctx collect.Context, o *collect.Output) error {
	o.Batch(snapshot.OrgPolicies)
	for _, kind := range policyTypes {
		pages := organizations.NewListPoliciesPaginator(client(ctx), &organizations.ListPoliciesInput{Filter: kind})
		for page, err := range collect.Pages(ctx, pages) {
			if err != nil {
				return err
			}
			for _, p := range page.Policies {
				if err := readOrgPolicy(ctx, o, p); err != nil && !collect.IsGone(err) {
					return err
				}
			}
		}
	}
	return nil
}

func readOrgPolicy(ctx collect.Context, o *collect.Output, p types.PolicySummary) error {
	out, err := client(ctx).DescribePolicy(ctx, &organizations.DescribePolicyInput{PolicyId: p.Id})
	if err != nil {
		return err
	}
	id := addOrgPolicy(o, p, out.Policy.Content)
	pages := organizations.NewListTargetsForPolicyPaginator(client(ctx), &organizations.ListTargetsForPolicyInput{PolicyId: p.Id})
	for page, err := range collect.Pages(ctx, pages) {
		if err != nil {
			return err
		}
		for _, t := range page.Targets {
			govern(o, id, t)
		}
	}
	return nil
}

func addOrgPolicy(o *collect.Output, p types.PolicySummary, content *string) snapshot.ID {
	id := snapshot.OrgPolicy.ID(aws.ToString(p.Arn))
	doc, _, err := collect.Document(content)
	o.Doubt(snapshot.OrgPolicies, id.Key, err)
	o.Batch(snapshot.OrgPolicies).Add(id, "", aws.ToString(p.Name), snapshot.OrgPolicyBody{
		Type: string(p.Type), Description: aws.ToString(p.Description), AWSManaged: p.AwsManaged, Document: doc,
	})
	return id
}

func govern(o *collect.Output, policy snapshot.ID, t types.PolicyTargetSummary) {
	target := snapshot.Unit.ID(aws.ToString(t.Arn))
	if t.Type == types.TargetTypeAccount {
		target = snapshot.Account.ID(aws.ToString(t.TargetId))
	}
	o.Batch(snapshot.OrgPolicies).Link(policy, snapshot.Governs, target, nil)
}

// readDelegates follows
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListDelegatedAdministrators.html
func readDelegates(ctx collect.Context, o *collect.Output) error {
	b := o.Batch(snapshot.OrgDelegates)
	for _, o := range ctx.Batch(snapshot.OrgItself).Parts {
		pages := organizations.NewListDelegatedAdministratorsPaginator(client(ctx), &organizations.ListDelegatedAdministratorsInput{})
		for page, err := range collect.Pages(ctx, pages) {
			if err != nil {
				return err
			}
			for _, d := range page.DelegatedAdministrators {
				services, err := delegated(ctx, d.Id)
				var no *types.AccountNotRegisteredException
				if errors.As(err, &no) || collect.IsGone(err) {
					continue // it was one when it was listed
				}
				if err != nil {
					return err
				}
				b.Link(snapshot.Account.ID(aws.ToString(d.Id)), snapshot.Administer, o.ID, snapshot.ServicesBody{Services: services})
			}
		}
	}
	return nil
}

func delegated(ctx collect.Context, account *string) ([]string, error) {
	var services []string
	pages := organizations.NewListDelegatedServicesForAccountPaginator(client(ctx), &organizations.ListDelegatedServicesForAccountInput{AccountId: account})
	for page, err := range collect.Pages(ctx, pages) {
		if err != nil {
			return nil, err
		}
		for _, s := range page.DelegatedServices {
			services = append(services, aws.ToString(s.ServicePrincipal))
		}
	}
	return services, nil
}
