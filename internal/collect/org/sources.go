package org

import (
	"github.com/aws/aws-sdk-go-v2/service/organizations"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/snapshot"
)

func client(ctx collect.Context) *organizations.Client {
	return awsapi.Client(ctx.Session, organizations.NewFromConfig)
}

// Service returns the sources that read the organization, from its management
// account or a delegated administrator.
func Service() collect.Service {
	return collect.Service{
		Scope:    collect.Organization,
		Kinds:    []snapshot.Kind{snapshot.OrgPolicy},
		Sources:  sources(),
		Check:    management,
		Accounts: accounts,
		Size:     countPolicies,
	}
}

func sources() []collect.Source {
	always := func(collect.Size, collect.Options) bool { return true }
	return []collect.Source{
		collect.One(snapshot.OrgItself, "DescribeOrganization", readOrganization, collect.Always("organizations:DescribeOrganization", 1)),
		collect.One(snapshot.OrgAccounts, "ListAccounts", readAccounts, func(s collect.Size) map[string]int {
			return map[string]int{"organizations:ListAccounts": collect.PageCount(s.Of(snapshot.Account), 20)}
		}).PlannedIf(always),
		collect.One(snapshot.OrgTags, "ListTagsForResource", readAccountTags, func(s collect.Size) map[string]int {
			return map[string]int{"organizations:ListTagsForResource": s.Of(snapshot.Account)}
		}, snapshot.OrgAccounts).PlannedIf(byTags),
		collect.One(snapshot.OrgUnits, "ListOrganizationalUnitsForParent", readUnits, func(s collect.Size) map[string]int {
			units := s.Of(snapshot.Unit)
			return map[string]int{
				"organizations:ListRoots": 1, "organizations:ListOrganizationalUnitsForParent": units, "organizations:ListAccountsForParent": units,
			}
		}).PlannedIf(always),
		collect.One(snapshot.OrgPolicies, "ListPolicies", readOrgPolicies, func(s collect.Size) map[string]int {
			policies := s.Of(snapshot.OrgPolicy)
			return map[string]int{
				"organizations:ListPolicies": len(policyTypes), "organizations:DescribePolicy": policies, "organizations:ListTargetsForPolicy": policies,
			}
		}),
		collect.One(snapshot.OrgDelegates, "ListDelegatedAdministrators", readDelegates, collect.Always("organizations:ListDelegatedAdministrators", 1),
			snapshot.OrgItself).Calling("organizations:ListDelegatedServicesForAccount"),
	}
}

// byTags reports whether tags choose accounts.
func byTags(_ collect.Size, o collect.Options) bool {
	return len(o.Include.Tags)+len(o.Exclude.Tags) > 0
}

// countPolicies lists the organization's policies where the store has none, as
// far as that is allowed.
func countPolicies(ctx collect.Context, size collect.Size) (collect.Size, bool) {
	if size.Of(snapshot.OrgPolicy) > 0 {
		return size, true
	}
	n := 0
	for _, kind := range policyTypes {
		pages := organizations.NewListPoliciesPaginator(client(ctx), &organizations.ListPoliciesInput{Filter: kind})
		for page, err := range collect.Pages(ctx, pages) {
			if err != nil {
				size.Set(snapshot.OrgPolicy, n)
				return size, false // the cell will have the reason
			}
			n += len(page.Policies)
		}
	}
	size.Set(snapshot.OrgPolicy, n)
	return size, true
}
