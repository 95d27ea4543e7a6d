package collect

import (
	"cmp"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

// organizationSources are what is read of the organization, from its
// management account or a delegated administrator.
func organizationSources() []source {
	one := func(f snapshot.Facet, name string, read func(readContext, *yield) error, calls func(Size) map[string]int, after ...snapshot.Facet) source {
		return source{name: name, ways: []reading{{name: name, facets: []snapshot.Facet{f}, read: read, calls: calls, after: after}}}
	}
	return []source{
		one(orgItself, "DescribeOrganization", readOrganization, constant("organizations:DescribeOrganization", 1)),
		one(orgAccounts, "ListAccounts", readAccounts, func(s Size) map[string]int {
			return map[string]int{"organizations:ListAccounts": pages(s.Accounts, 20)}
		}),
		one(orgTags, "ListTagsForResource", readAccountTags, func(s Size) map[string]int {
			return map[string]int{"organizations:ListTagsForResource": s.Accounts}
		}, orgAccounts),
		one(orgUnits, "ListOrganizationalUnitsForParent", readUnits, func(s Size) map[string]int {
			return map[string]int{
				"organizations:ListRoots": 1, "organizations:ListOrganizationalUnitsForParent": s.Units, "organizations:ListAccountsForParent": s.Units,
			}
		}),
		one(orgPolicies, "ListPolicies", readOrgPolicies, func(s Size) map[string]int {
			return map[string]int{
				"organizations:ListPolicies": len(policyTypes), "organizations:DescribePolicy": s.OrgPolicies, "organizations:ListTargetsForPolicy": s.OrgPolicies,
			}
		}),
		one(orgDelegates, "ListDelegatedAdministrators", readDelegates, constant("organizations:ListDelegatedAdministrators", 1), orgItself),
	}
}

// organizationID names an organization.
func organizationID(arn string) snapshot.ID {
	return snapshot.ID{Kind: snapshot.Organization, Key: arn}
}

// readOrganization follows
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeOrganization.html
func readOrganization(ctx readContext, y *yield) error {
	out, err := ctx.organizations().DescribeOrganization(ctx, &organizations.DescribeOrganizationInput{})
	if err != nil {
		return err
	}
	addOrganization(y.of(orgItself), out.Organization)
	return nil
}

func addOrganization(b *snapshot.Batch, o *types.Organization) {
	b.Add(organizationID(aws.ToString(o.Arn)), aws.ToString(o.MasterAccountId), aws.ToString(o.Id), snapshot.OrganizationBody{
		ID: aws.ToString(o.Id), ManagementAccount: aws.ToString(o.MasterAccountId), FeatureSet: string(o.FeatureSet),
	})
}

// readAccounts follows
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html
func readAccounts(ctx readContext, y *yield) error {
	pages := organizations.NewListAccountsPaginator(ctx.organizations(), &organizations.ListAccountsInput{})
	b := y.of(orgAccounts)
	for page, err := range eachPage(ctx, pages) {
		if err != nil {
			return err
		}
		for _, a := range page.Accounts {
			addAccount(b, a)
		}
	}
	return nil
}

func addAccount(b *snapshot.Batch, a types.Account) {
	id := aws.ToString(a.Id)
	b.Add(accountID(id), id, aws.ToString(a.Name), snapshot.AccountBody{
		Email: aws.ToString(a.Email), State: cmp.Or(string(a.State), string(a.Status)), Joined: utc(a.JoinedTimestamp), Method: string(a.JoinedMethod),
	})
}

// readAccountTags follows
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListTagsForResource.html
func readAccountTags(ctx readContext, y *yield) error {
	b := y.of(orgTags)
	for _, p := range ctx.seen.of(orgAccounts).Parts {
		tags, err := tagsOfAccount(ctx, p.Key)
		if err != nil && !isGone(err) {
			return err
		}
		if len(tags) > 0 {
			b.Tell(p.ID, p.Account, snapshot.TagsBody{Tags: tags})
		}
	}
	return nil
}

func tagsOfAccount(ctx readContext, account string) (snapshot.Tags, error) {
	tags := snapshot.Tags{}
	pages := organizations.NewListTagsForResourcePaginator(ctx.organizations(), &organizations.ListTagsForResourceInput{ResourceId: &account})
	for page, err := range eachPage(ctx, pages) {
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
func readUnits(ctx readContext, y *yield) error {
	b := y.of(orgUnits)
	roots := organizations.NewListRootsPaginator(ctx.organizations(), &organizations.ListRootsInput{})
	for page, err := range eachPage(ctx, roots) {
		if err != nil {
			return err
		}
		for _, r := range page.Roots {
			root := snapshot.ID{Kind: snapshot.Unit, Key: aws.ToString(r.Arn)}
			b.Add(root, "", aws.ToString(r.Name), nil)
			if err := readUnit(ctx, b, root, aws.ToString(r.Id)); err != nil {
				return err
			}
		}
	}
	return nil
}

// readUnit reads what stands right under a unit, and goes on below.
func readUnit(ctx readContext, b *snapshot.Batch, unit snapshot.ID, id string) error {
	accounts := organizations.NewListAccountsForParentPaginator(ctx.organizations(), &organizations.ListAccountsForParentInput{ParentId: &id})
	for page, err := range eachPage(ctx, accounts) {
		if err != nil {
			return err
		}
		for _, a := range page.Accounts {
			b.Link(accountID(aws.ToString(a.Id)), snapshot.In, unit, nil)
		}
	}
	units := organizations.NewListOrganizationalUnitsForParentPaginator(ctx.organizations(), &organizations.ListOrganizationalUnitsForParentInput{ParentId: &id})
	for page, err := range eachPage(ctx, units) {
		if err != nil {
			return err
		}
		for _, u := range page.OrganizationalUnits {
			below := snapshot.ID{Kind: snapshot.Unit, Key: aws.ToString(u.Arn)}
			b.Add(below, "", aws.ToString(u.Name), nil)
			b.Link(below, snapshot.In, unit, nil)
			if err := readUnit(ctx, b, below, aws.ToString(u.Id)); err != nil && !isGone(err) {
				return err
			}
		}
	}
	return nil
}

// policyTypes are the organization's policies that decide about access.
var policyTypes = []types.PolicyType{types.PolicyTypeServiceControlPolicy, types.PolicyTypeResourceControlPolicy}

// readOrgPolicies follows
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListPolicies.html
func readOrgPolicies(ctx readContext, y *yield) error {
	b := y.of(orgPolicies)
	for _, kind := range policyTypes {
		pages := organizations.NewListPoliciesPaginator(ctx.organizations(), &organizations.ListPoliciesInput{Filter: kind})
		for page, err := range eachPage(ctx, pages) {
			if err != nil {
				return err
			}
			for _, p := range page.Policies {
				if err := readOrgPolicy(ctx, b, p); err != nil && !isGone(err) {
					return err
				}
			}
		}
	}
	return nil
}

func readOrgPolicy(ctx readContext, b *snapshot.Batch, p types.PolicySummary) error {
	out, err := ctx.organizations().DescribePolicy(ctx, &organizations.DescribePolicyInput{PolicyId: p.Id})
	if err != nil {
		return err
	}
	id, err := addOrgPolicy(b, p, out.Policy.Content)
	if err != nil {
		return err
	}
	pages := organizations.NewListTargetsForPolicyPaginator(ctx.organizations(), &organizations.ListTargetsForPolicyInput{PolicyId: p.Id})
	for page, err := range eachPage(ctx, pages) {
		if err != nil {
			return err
		}
		for _, t := range page.Targets {
			govern(b, id, t)
		}
	}
	return nil
}

func addOrgPolicy(b *snapshot.Batch, p types.PolicySummary, content *string) (snapshot.ID, error) {
	id := snapshot.ID{Kind: snapshot.OrgPolicy, Key: aws.ToString(p.Arn)}
	doc, err := document(content)
	if err != nil {
		return id, err
	}
	b.Add(id, "", aws.ToString(p.Name), snapshot.OrgPolicyBody{
		Type: string(p.Type), Description: aws.ToString(p.Description), AWSManaged: p.AwsManaged, Document: doc,
	})
	return id, nil
}

func govern(b *snapshot.Batch, policy snapshot.ID, t types.PolicyTargetSummary) {
	target := snapshot.ID{Kind: snapshot.Unit, Key: aws.ToString(t.Arn)}
	if t.Type == types.TargetTypeAccount {
		target = accountID(aws.ToString(t.TargetId))
	}
	b.Link(policy, snapshot.Governs, target, nil)
}

// readDelegates follows
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListDelegatedAdministrators.html
func readDelegates(ctx readContext, y *yield) error {
	b := y.of(orgDelegates)
	for _, o := range ctx.seen.of(orgItself).Parts {
		pages := organizations.NewListDelegatedAdministratorsPaginator(ctx.organizations(), &organizations.ListDelegatedAdministratorsInput{})
		for page, err := range eachPage(ctx, pages) {
			if err != nil {
				return err
			}
			for _, d := range page.DelegatedAdministrators {
				services, err := delegated(ctx, d.Id)
				var no *types.AccountNotRegisteredException
				if errors.As(err, &no) || isGone(err) {
					continue // it was one when it was listed
				}
				if err != nil {
					return err
				}
				b.Link(accountID(aws.ToString(d.Id)), snapshot.Administer, o.ID, snapshot.ServicesBody{Services: services})
			}
		}
	}
	return nil
}

func delegated(ctx readContext, account *string) ([]string, error) {
	var services []string
	pages := organizations.NewListDelegatedServicesForAccountPaginator(ctx.organizations(), &organizations.ListDelegatedServicesForAccountInput{AccountId: account})
	for page, err := range eachPage(ctx, pages) {
		if err != nil {
			return nil, err
		}
		for _, s := range page.DelegatedServices {
			services = append(services, aws.ToString(s.ServicePrincipal))
		}
	}
	return services, nil
}

// management finds out whose account the connection's role lives in. An error
// of kind Invalid says that it is a member where the management account is
// wanted, and which that is.
func management(ctx readContext) error {
	out, err := ctx.organizations().DescribeOrganization(ctx, &organizations.DescribeOrganizationInput{})
	var none *types.AWSOrganizationsNotInUseException
	switch {
	case errors.As(err, &none):
		return fault.Wrap(err, fault.Invalid, "the account %s is in no organization", ctx.account).
			WithFix("sync it by itself: leave --organization and member_role out")
	case isDenied(err):
		out = nil // whether it can be read all the same, the next call tells
	case err != nil:
		return awserr.Fault(err)
	}
	home := "not told"
	if out != nil {
		if home = aws.ToString(out.Organization.MasterAccountId); home == ctx.account {
			return nil
		}
	}
	// A delegated administrator may read the organization, too.
	_, err = ctx.organizations().ListAccounts(ctx, &organizations.ListAccountsInput{MaxResults: aws.Int32(1)})
	if err == nil {
		return nil
	}
	if out == nil {
		return awserr.Fault(err)
	}
	return fault.Wrap(awserr.Fault(err), fault.Invalid, "the connection %s lives in the member account %s, from where the organization can't be read", ctx.session.Connection, ctx.account).
		WithCause("the organization's management account is %s", home).
		WithFix("give the connection a role in %s, such as role_arn: arn:%s:iam::%s:role/Hawser, or make %s a delegated administrator",
			home, ctx.session.Partition, home, ctx.account)
}

// suspended tells whether an account can't be called, and why.
func suspended(state string) (reason string, is bool) {
	if state == "" || strings.EqualFold(state, string(types.AccountStateActive)) {
		return "", false
	}
	return "the account is " + strings.ToLower(strings.ReplaceAll(state, "_", " ")), true
}
