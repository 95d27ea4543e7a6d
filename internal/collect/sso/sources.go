package sso

import (
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/snapshot"
)

func admin(ctx collect.Context) *ssoadmin.Client {
	return awsapi.Client(ctx.Session, ssoadmin.NewFromConfig)
}

func identities(ctx collect.Context) *identitystore.Client {
	return awsapi.Client(ctx.Session, identitystore.NewFromConfig)
}

// Service returns the sources that read Identity Center, in the region of its
// instances.
func Service() collect.Service {
	return collect.Service{
		Scope:       collect.IdentityCenter,
		Kinds:       []snapshot.Kind{snapshot.SSOUser, snapshot.SSOGroup, snapshot.PermissionSet, snapshot.AccountRole},
		Sources:     sources(),
		Region:      region,
		RegionCalls: map[string]int{"sso:ListInstances": 1},
		Size: func(_ collect.Context, size collect.Size) (collect.Size, bool) {
			return size, size.Of(snapshot.PermissionSet) > 0 && size.Of(snapshot.SSOUser) > 0
		},
	}
}

// unread reports whether Identity Center was not read yet.
func unread(known collect.Size, _ collect.Options) bool { return known.Of(snapshot.PermissionSet) == 0 }

func sources() []collect.Source {
	all := []collect.Source{
		collect.One(snapshot.SSOInstances, "ListInstances", readInstances, collect.Always("sso:ListInstances", 1)).
			Calling("ec2:DescribeRegions").PlannedIf(unread),
		collect.One(snapshot.SSOUsers, "ListUsers", readUsers, func(s collect.Size) map[string]int {
			return map[string]int{"identitystore:ListUsers": collect.PageCount(s.Of(snapshot.SSOUser), storePage)}
		}, snapshot.SSOInstances).PlannedIf(unread),
		// There is no IAM action for it.
		collect.One(snapshot.SSOUserStatus, "SCIM ListUsers", readSCIM, func(collect.Size) map[string]int { return nil }, snapshot.SSOInstances),
		collect.One(snapshot.SSOGroups, "ListGroups", readGroups, func(s collect.Size) map[string]int {
			return map[string]int{"identitystore:ListGroups": collect.PageCount(s.Of(snapshot.SSOGroup), storePage)}
		}, snapshot.SSOInstances).PlannedIf(unread),
		collect.One(snapshot.SSOMemberships, "ListGroupMemberships", readMemberships, func(s collect.Size) map[string]int {
			return map[string]int{"identitystore:ListGroupMemberships": s.Of(snapshot.SSOGroup)}
		}, snapshot.SSOInstances, snapshot.SSOGroups),
		{Planned: unread, Methods: []collect.Method{{
			Name: "ListPermissionSets", Facets: []snapshot.Facet{snapshot.SSOSets, snapshot.SSOSetDetails}, Read: readSets,
			After: []snapshot.Facet{snapshot.SSOInstances}, Calls: func(s collect.Size) map[string]int {
				sets := s.Of(snapshot.PermissionSet)
				return map[string]int{"sso:ListPermissionSets": collect.PageCount(sets, ssoPage), "sso:DescribePermissionSet": sets}
			},
		}}},
		{
			Planned: unread,
			Methods: []collect.Method{
				{
					Name: "ListAccountsForProvisionedPermissionSet", Facets: []snapshot.Facet{snapshot.SSOAccountRoles}, Read: readProvisioned,
					After: []snapshot.Facet{snapshot.SSOInstances, snapshot.SSOSets}, Calls: func(s collect.Size) map[string]int {
						return map[string]int{"sso:ListAccountsForProvisionedPermissionSet": s.Of(snapshot.PermissionSet)}
					},
				},
				{
					Name: "ListPermissionSetsProvisionedToAccount", Facets: []snapshot.Facet{snapshot.SSOAccountRoles}, Read: readProvisionedByAccount,
					After: []snapshot.Facet{snapshot.SSOInstances, snapshot.OrgAccounts}, Calls: func(s collect.Size) map[string]int {
						return map[string]int{"sso:ListPermissionSetsProvisionedToAccount": s.Of(snapshot.Account)}
					},
				},
			},
		},
		collect.One(snapshot.SSOAssignments, "ListAccountAssignments", readAssignments, assignmentCalls, snapshot.SSOInstances).
			Calling("sso:ListAccountAssignmentsForPrincipal").Using(snapshot.SSOUsers, snapshot.SSOGroups, snapshot.SSOAccountRoles),
		collect.One(snapshot.SSOApplications, "ListApplications", readApplications, collect.Always("sso:ListApplications", 1), snapshot.SSOInstances),
		collect.One(snapshot.SSOApplicationAssignments, "ListApplicationAssignments", readAppAssignments, func(collect.Size) map[string]int { return nil },
			snapshot.SSOInstances, snapshot.SSOApplications).Calling("sso:ListApplicationAssignments"),
		collect.One(snapshot.SSOTokenIssuers, "ListTrustedTokenIssuers", readIssuers, collect.Always("sso:ListTrustedTokenIssuers", 1),
			snapshot.SSOInstances),
	}
	for _, k := range setPolicyKinds() {
		all = append(all, k.source())
	}
	return all
}

// The largest pages of the APIs.
const (
	storePage = 100
	ssoPage   = 100
)
