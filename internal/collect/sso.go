package collect

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	idtypes "github.com/aws/aws-sdk-go-v2/service/identitystore/types"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"github.com/hawser/hawser/internal/snapshot"
)

// ssoSources are what is read of Identity Center, in the region of its
// instances.
func ssoSources() []source {
	one := func(f snapshot.Facet, name string, read func(readContext, *yield) error, calls func(Size) map[string]int, after ...snapshot.Facet) source {
		return source{name: name, ways: []reading{{name: name, facets: []snapshot.Facet{f}, read: read, calls: calls, after: after}}}
	}
	return []source{
		one(ssoInstances, "ListInstances", readInstances, constant("sso:ListInstances", 1)),
		one(ssoUsers, "ListUsers", readSSOUsers, func(s Size) map[string]int {
			return map[string]int{"identitystore:ListUsers": pages(s.SSOUsers, storePage)}
		}, ssoInstances),
		one(ssoStatus, "SCIM ListUsers", readSCIM, func(Size) map[string]int { return nil }, ssoInstances), // no IAM action allows it
		one(ssoGroups, "ListGroups", readSSOGroups, func(s Size) map[string]int {
			return map[string]int{"identitystore:ListGroups": pages(s.SSOGroups, storePage)}
		}, ssoInstances),
		inLane(2, one(ssoMembers, "ListGroupMemberships", readSSOMembers, func(s Size) map[string]int {
			return map[string]int{"identitystore:ListGroupMemberships": s.SSOGroups}
		}, ssoGroups)),
		one(ssoSets, "DescribePermissionSet", readSets, func(s Size) map[string]int {
			return map[string]int{"sso:ListPermissionSets": pages(s.Sets, ssoPage), "sso:DescribePermissionSet": s.Sets}
		}, ssoInstances),
		inLane(3, one(ssoSetPolicies, "GetInlinePolicyForPermissionSet", readSetPolicies, func(s Size) map[string]int {
			return map[string]int{
				"sso:ListManagedPoliciesInPermissionSet": s.Sets, "sso:ListCustomerManagedPolicyReferencesInPermissionSet": s.Sets,
				"sso:GetInlinePolicyForPermissionSet": s.Sets, "sso:GetPermissionsBoundaryForPermissionSet": s.Sets,
			}
		}, ssoSets)),
		{name: "provisioned", lane: 1, ways: []reading{
			{name: "ListAccountsForProvisionedPermissionSet", facets: []snapshot.Facet{ssoProvisioned}, read: readProvisioned, after: []snapshot.Facet{ssoSets}, calls: func(s Size) map[string]int {
				return map[string]int{"sso:ListAccountsForProvisionedPermissionSet": s.Sets}
			}},
			{name: "ListPermissionSetsProvisionedToAccount", facets: []snapshot.Facet{ssoProvisioned}, read: readProvisionedByAccount, after: []snapshot.Facet{ssoSets, orgAccounts}, calls: func(s Size) map[string]int {
				return map[string]int{"sso:ListPermissionSetsProvisionedToAccount": s.Accounts}
			}},
		}},
		{name: "assignments", lane: 1, ways: []reading{
			{name: "ListAccountAssignments", facets: []snapshot.Facet{ssoAssignments}, read: readAssignments, after: []snapshot.Facet{ssoInstances}, calls: assignmentCalls},
		}},
		inLane(3, one(ssoApps, "ListApplications", readApplications, constant("sso:ListApplications", 1), ssoInstances)),
		inLane(3, one(ssoIssuers, "ListTrustedTokenIssuers", readIssuers, constant("sso:ListTrustedTokenIssuers", 1), ssoInstances)),
	}
}

func inLane(lane int, s source) source {
	s.lane = lane
	return s
}

// The largest pages of the APIs.
const (
	storePage = 100
	ssoPage   = 100
)

// instance is one of Identity Center's, as the readings after the first see it.
type instance struct {
	arn, store string
}

func (ctx readContext) instances() ([]instance, error) {
	var out []instance
	for _, p := range ctx.seen.of(ssoInstances).Parts {
		body, err := snapshot.Decode[snapshot.InstanceBody](snapshot.Entity{ID: p.ID, Body: p.Body})
		if err != nil {
			return nil, err
		}
		out = append(out, instance{p.Key, body.IdentityStore})
	}
	return out, nil
}

// readInstances follows
// https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListInstances.html
func readInstances(ctx readContext, y *yield) error {
	pages := ssoadmin.NewListInstancesPaginator(ctx.sso(), &ssoadmin.ListInstancesInput{})
	b := y.of(ssoInstances)
	for page, err := range eachPage(ctx, pages) {
		if err != nil {
			return err
		}
		for _, i := range page.Instances {
			b.Add(snapshot.ID{Kind: snapshot.Instance, Key: aws.ToString(i.InstanceArn)}, aws.ToString(i.OwnerAccountId), aws.ToString(i.Name), snapshot.InstanceBody{
				IdentityStore: aws.ToString(i.IdentityStoreId), Owner: aws.ToString(i.OwnerAccountId), Region: ctx.region, Status: string(i.Status),
			})
		}
	}
	return nil
}

func ssoUser(store, id string) snapshot.ID {
	return snapshot.ID{Kind: snapshot.SSOUser, Key: store + "/" + id}
}

func ssoGroup(store, id string) snapshot.ID {
	return snapshot.ID{Kind: snapshot.SSOGroup, Key: store + "/" + id}
}

// readSSOUsers follows
// https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_ListUsers.html
func readSSOUsers(ctx readContext, y *yield) error {
	b := y.of(ssoUsers)
	return ctx.eachInstance(func(i instance) error {
		pages := identitystore.NewListUsersPaginator(ctx.identities(), &identitystore.ListUsersInput{IdentityStoreId: &i.store, MaxResults: aws.Int32(storePage)})
		for page, err := range eachPage(ctx, pages) {
			if err != nil {
				return err
			}
			for _, u := range page.Users {
				body := userBody(u)
				if ctx.session.HasSCIM() {
					body.Status = "" // it is SCIM's to tell
				}
				b.Add(ssoUser(i.store, aws.ToString(u.UserId)), "", aws.ToString(u.UserName), body)
			}
		}
		return nil
	})
}

func userBody(u idtypes.User) snapshot.SSOUserBody {
	body := snapshot.SSOUserBody{
		UserName: aws.ToString(u.UserName), DisplayName: aws.ToString(u.DisplayName), Status: string(u.UserStatus), Title: aws.ToString(u.Title),
		ExternalIDs: externalIDs(u.ExternalIds),
	}
	for _, e := range u.Emails {
		body.Emails = append(body.Emails, aws.ToString(e.Value))
	}
	return body
}

func externalIDs(ids []idtypes.ExternalId) []string {
	var out []string
	for _, id := range ids {
		out = append(out, aws.ToString(id.Issuer)+"/"+aws.ToString(id.Id))
	}
	return out
}

// readSSOGroups follows
// https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_ListGroups.html
func readSSOGroups(ctx readContext, y *yield) error {
	b := y.of(ssoGroups)
	return ctx.eachInstance(func(i instance) error {
		pages := identitystore.NewListGroupsPaginator(ctx.identities(), &identitystore.ListGroupsInput{IdentityStoreId: &i.store, MaxResults: aws.Int32(storePage)})
		for page, err := range eachPage(ctx, pages) {
			if err != nil {
				return err
			}
			for _, g := range page.Groups {
				b.Add(ssoGroup(i.store, aws.ToString(g.GroupId)), "", aws.ToString(g.DisplayName), snapshot.SSOGroupBody{
					Description: aws.ToString(g.Description), ExternalIDs: externalIDs(g.ExternalIds),
				})
			}
		}
		return nil
	})
}

// readSSOMembers follows
// https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_ListGroupMemberships.html
func readSSOMembers(ctx readContext, y *yield) error {
	b := y.of(ssoMembers)
	return ctx.sideBySide(ctx.seen.of(ssoGroups).Parts, func(inner readContext, g snapshot.Part, add func(func(*snapshot.Batch))) error {
		store, id, _ := strings.Cut(g.Key, "/")
		pages := identitystore.NewListGroupMembershipsPaginator(inner.identities(), &identitystore.ListGroupMembershipsInput{
			IdentityStoreId: &store, GroupId: &id, MaxResults: aws.Int32(storePage),
		})
		for page, err := range eachPage(inner, pages) {
			if err != nil {
				return err
			}
			add(func(b *snapshot.Batch) {
				for _, m := range page.GroupMemberships {
					if member, ok := m.MemberId.(*idtypes.MemberIdMemberUserId); ok {
						b.Link(ssoUser(store, member.Value), snapshot.MemberOf, g.ID, nil)
					}
				}
			})
		}
		return nil
	}, b)
}

// readSets follows
// https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_DescribePermissionSet.html
func readSets(ctx readContext, y *yield) error {
	b := y.of(ssoSets)
	return ctx.eachInstance(func(i instance) error {
		pages := ssoadmin.NewListPermissionSetsPaginator(ctx.sso(), &ssoadmin.ListPermissionSetsInput{InstanceArn: &i.arn, MaxResults: aws.Int32(ssoPage)})
		for page, err := range eachPage(ctx, pages) {
			if err != nil {
				return err
			}
			for _, arn := range page.PermissionSets {
				out, err := ctx.sso().DescribePermissionSet(ctx, &ssoadmin.DescribePermissionSetInput{InstanceArn: &i.arn, PermissionSetArn: &arn})
				if isGone(err) {
					continue
				}
				if err != nil {
					return err
				}
				s := out.PermissionSet
				b.Add(snapshot.ID{Kind: snapshot.PermissionSet, Key: arn}, "", aws.ToString(s.Name), snapshot.PermissionSetBody{
					Description: aws.ToString(s.Description), SessionDuration: aws.ToString(s.SessionDuration),
					RelayState: aws.ToString(s.RelayState), Created: utc(s.CreatedDate),
				})
			}
		}
		return nil
	})
}

// instanceOf is the ARN of the instance that a permission set is of.
//
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsiamidentitycenter.html#awsiamidentitycenter-resources-for-iam-policies
func instanceOf(set string) string {
	parts := strings.SplitN(set, ":", 6) // arn:aws:sso:::permissionSet/ssoins-X/ps-Y
	if len(parts) != 6 {
		return ""
	}
	path := strings.Split(parts[5], "/")
	if len(path) != 3 {
		return ""
	}
	return "arn:" + parts[1] + ":sso:::instance/" + path[1]
}

// accountRole is a permission set on an account.
func accountRole(set, account string) snapshot.ID {
	return snapshot.ID{Kind: snapshot.AccountRole, Key: set + "@" + account}
}

// addAccountRole adds a permission set that is provisioned on an account.
func addAccountRole(b *snapshot.Batch, set snapshot.Part, account string) {
	id := accountRole(set.Key, account)
	b.Add(id, account, set.Name, nil)
	b.Link(id, snapshot.Grants, set.ID, nil)
	b.Link(id, snapshot.In, accountID(account), nil)
}

// readProvisioned follows
// https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListAccountsForProvisionedPermissionSet.html
func readProvisioned(ctx readContext, y *yield) error {
	return ctx.sideBySide(ctx.seen.of(ssoSets).Parts, func(inner readContext, set snapshot.Part, add func(func(*snapshot.Batch))) error {
		pages := ssoadmin.NewListAccountsForProvisionedPermissionSetPaginator(inner.sso(), &ssoadmin.ListAccountsForProvisionedPermissionSetInput{
			InstanceArn: aws.String(instanceOf(set.Key)), PermissionSetArn: aws.String(set.Key), MaxResults: aws.Int32(ssoPage),
		})
		for page, err := range eachPage(inner, pages) {
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
	}, y.of(ssoProvisioned))
}

// readProvisionedByAccount follows
// https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListPermissionSetsProvisionedToAccount.html
func readProvisionedByAccount(ctx readContext, y *yield) error {
	sets := map[string]snapshot.Part{}
	for _, p := range ctx.seen.of(ssoSets).Parts {
		sets[p.Key] = p
	}
	b := y.of(ssoProvisioned)
	return ctx.eachInstance(func(i instance) error {
		return ctx.sideBySide(ctx.seen.of(orgAccounts).Parts, func(inner readContext, a snapshot.Part, add func(func(*snapshot.Batch))) error {
			pages := ssoadmin.NewListPermissionSetsProvisionedToAccountPaginator(inner.sso(), &ssoadmin.ListPermissionSetsProvisionedToAccountInput{
				InstanceArn: &i.arn, AccountId: aws.String(a.Key), MaxResults: aws.Int32(ssoPage),
			})
			for page, err := range eachPage(inner, pages) {
				if err != nil {
					return err
				}
				add(func(b *snapshot.Batch) {
					for _, arn := range page.PermissionSets {
						set, ok := sets[arn]
						if !ok {
							set = snapshot.Part{ID: snapshot.ID{Kind: snapshot.PermissionSet, Key: arn}}
						}
						addAccountRole(b, set, a.Key)
					}
				})
			}
			return nil
		}, b)
	})
}

// assignee is the principal of an assignment.
func assignee(store string, kind types.PrincipalType, id string) snapshot.ID {
	if kind == types.PrincipalTypeGroup {
		return ssoGroup(store, id)
	}
	return ssoUser(store, id)
}
