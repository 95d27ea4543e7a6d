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
		Others:   others,
		Size:     countPolicies,
	}
}

func sources() []collect.Source {
	always := func(collect.Size, collect.Options) bool { return true }
	all := []collect.Source{
		collect.One(snapshot.OrgItself, "DescribeOrganization", readOrganization, collect.Always("organizations:DescribeOrganization", 1)),
		collect.One(snapshot.OrgAccounts, "ListAccounts", readAccounts, func(s collect.Size) map[string]int {
			return map[string]int{"organizations:ListAccounts": collect.PageCount(s.Of(snapshot.Account), 20)}
		}).PlannedIf(always),
		collect.One(snapshot.OrgTags, "ListTagsForResource", readAccountTags, func(s collect.Size) map[string]int {
			return map[string]int{"organizations:ListTagsForResource": s.Of(snapshot.Account)}
		}, snapshot.OrgAccounts).PlannedIf(byTags),
		collect.One(snapshot.OrgRoots, "ListRoots", readRoots, collect.Always("organizations:ListRoots", 1)).PlannedIf(always),
		collect.One(snapshot.OrgUnits, "ListOrganizationalUnitsForParent", readUnits, func(s collect.Size) map[string]int {
			return map[string]int{"organizations:ListOrganizationalUnitsForParent": s.Of(snapshot.Unit)}
		}, snapshot.OrgRoots).PlannedIf(always),
		collect.One(snapshot.OrgAccountUnits, "ListAccountsForParent", readAccountUnits, func(s collect.Size) map[string]int {
			return map[string]int{"organizations:ListAccountsForParent": s.Of(snapshot.Unit)}
		}, snapshot.OrgRoots, snapshot.OrgUnits).PlannedIf(byUnits),
		collect.One(snapshot.OrgDelegates, "ListDelegatedAdministrators", readDelegates, collect.Always("organizations:ListDelegatedAdministrators", 1)).
			Using(snapshot.OrgItself),
		collect.One(snapshot.OrgDelegated, "ListDelegatedServicesForAccount", readDelegated,
			func(collect.Size) map[string]int { return nil }, snapshot.OrgDelegates).Calling("organizations:ListDelegatedServicesForAccount"),
	}
	for _, t := range policyTypes() {
		all = append(all, t.sources()...)
	}
	return all
}

// sources returns the sources of a type's policies. How many policies there are of
// each type is not counted, so the calls for all are predicted with the first.
func (t policyType) sources() []collect.Source {
	each := func(action string) collect.Calls {
		return func(s collect.Size) map[string]int {
			if t.PolicyType != policyTypes()[0].PolicyType {
				return map[string]int{action: 0}
			}
			return map[string]int{action: s.Of(snapshot.OrgPolicy)}
		}
	}
	return []collect.Source{
		collect.One(t.listing, "ListPolicies", t.list, collect.Always("organizations:ListPolicies", 1)),
		collect.One(t.documents, "DescribePolicy", t.readDocuments, each("organizations:DescribePolicy"), t.listing),
		collect.One(t.targets, "ListTargetsForPolicy", t.readTargets, each("organizations:ListTargetsForPolicy"), t.listing),
	}
}

// byTags reports whether tags choose accounts.
func byTags(_ collect.Size, o collect.Options) bool {
	return len(o.Include.Tags)+len(o.Exclude.Tags) > 0
}

// byUnits reports whether units choose accounts.
func byUnits(_ collect.Size, o collect.Options) bool {
	return len(o.Include.Units)+len(o.Exclude.Units) > 0
}

// countPolicies lists the organization's policies where the store has none, as
// far as that is allowed.
func countPolicies(ctx collect.Context, size collect.Size) (collect.Size, bool) {
	if size.Of(snapshot.OrgPolicy) > 0 {
		return size, true
	}
	n := 0
	for _, kind := range policyTypes() {
		pages := organizations.NewListPoliciesPaginator(client(ctx), &organizations.ListPoliciesInput{Filter: kind.PolicyType})
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
