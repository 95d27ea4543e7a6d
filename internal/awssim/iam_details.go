package awssim

import (
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// detailEntry is one entry of the authorization details: a user, group, role or
// policy.
type detailEntry struct {
	key string // the key for paging: the position of its list, and its name
	put func(*iam.GetAccountAuthorizationDetailsOutput)
}

// getAccountAuthorizationDetails follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
// It contains AWS's managed policies that are attached to something, and not
// those that are only used as boundaries.
func getAccountAuthorizationDetails(c *Call, in *iam.GetAccountAuthorizationDetailsInput) (*iam.GetAccountAuthorizationDetailsOutput, error) {
	page, next := iamPage(c.Account.details(in.Filter), in.Marker, in.MaxItems, func(d detailEntry) string { return d.key })
	out := &iam.GetAccountAuthorizationDetailsOutput{
		UserDetailList: []types.UserDetail{}, GroupDetailList: []types.GroupDetail{}, RoleDetailList: []types.RoleDetail{},
		Policies: []types.ManagedPolicyDetail{}, IsTruncated: next != nil, Marker: next,
	}
	for _, d := range page {
		d.put(out)
	}
	return out, nil
}

// details lists what a filter lets through; each is made only when it is put.
func (a *Account) details(filter []types.EntityType) []detailEntry {
	wants := func(t types.EntityType) bool { return len(filter) == 0 || slices.Contains(filter, t) }
	type answer = *iam.GetAccountAuthorizationDetailsOutput
	var all []detailEntry
	if wants(types.EntityTypeUser) {
		for _, u := range InOrder(a.users) {
			all = append(all, detailEntry{"1" + u.Name, func(o answer) { o.UserDetailList = append(o.UserDetailList, u.detail()) }})
		}
	}
	if wants(types.EntityTypeGroup) {
		for _, g := range InOrder(a.groups) {
			all = append(all, detailEntry{"2" + g.Name, func(o answer) { o.GroupDetailList = append(o.GroupDetailList, g.detail()) }})
		}
	}
	if wants(types.EntityTypeRole) {
		profiles := map[*Role][]types.InstanceProfile{}
		for _, p := range InOrder(a.profiles) {
			profiles[p.Role] = append(profiles[p.Role], p.brief())
		}
		for _, r := range InOrder(a.roles) {
			all = append(all, detailEntry{"3" + r.Name, func(o answer) { o.RoleDetailList = append(o.RoleDetailList, r.detail(profiles[r])) }})
		}
	}
	uses := a.uses()
	for _, m := range InOrder(a.managed) {
		local := m.local()
		if local && wants(types.EntityTypeLocalManagedPolicy) || !local && uses[m].attached > 0 && wants(types.EntityTypeAWSManagedPolicy) {
			all = append(all, detailEntry{"4" + m.ARN, func(o answer) { o.Policies = append(o.Policies, m.detail(uses[m])) }})
		}
	}
	return all
}

func (u *User) detail() types.UserDetail {
	out := types.UserDetail{
		Arn: aws.String(u.ARN), UserName: aws.String(u.Name), UserId: aws.String(u.ID), Path: aws.String(u.Path), CreateDate: iamTime(u.Created),
		Tags: iamTags(u.Tags), AttachedManagedPolicies: u.list(), UserPolicyList: u.policies.list(), PermissionsBoundary: u.bound(), GroupList: []string{},
	}
	for _, g := range u.groups {
		out.GroupList = append(out.GroupList, g.Name)
	}
	return out
}

func (g *Group) detail() types.GroupDetail {
	return types.GroupDetail{
		Arn: aws.String(g.ARN), GroupName: aws.String(g.Name), GroupId: aws.String(g.ID), Path: aws.String(g.Path), CreateDate: iamTime(g.Created),
		AttachedManagedPolicies: g.list(), GroupPolicyList: g.policies.list(),
	}
}

func (r *Role) detail(profiles []types.InstanceProfile) types.RoleDetail {
	return types.RoleDetail{
		Arn: aws.String(r.ARN), RoleName: aws.String(r.Name), RoleId: aws.String(r.ID), Path: aws.String(r.Path), CreateDate: iamTime(r.Created),
		AssumeRolePolicyDocument: encoded(r.trust.now()), Tags: iamTags(r.Tags), AttachedManagedPolicies: r.list(), RolePolicyList: r.policies.list(),
		PermissionsBoundary: r.bound(), InstanceProfileList: profiles, RoleLastUsed: r.lastUse(),
	}
}

func (m *ManagedPolicy) detail(u usage) types.ManagedPolicyDetail {
	b := m.brief(u)
	return types.ManagedPolicyDetail{
		Arn: b.Arn, PolicyName: b.PolicyName, PolicyId: b.PolicyId, Path: b.Path, DefaultVersionId: b.DefaultVersionId, IsAttachable: true,
		AttachmentCount: b.AttachmentCount, PermissionsBoundaryUsageCount: b.PermissionsBoundaryUsageCount, CreateDate: b.CreateDate,
		UpdateDate: b.UpdateDate, Description: m.whole(u).Description, PolicyVersionList: Each(m.Versions, m.describeWhole),
	}
}

func (h *holder) list() []types.AttachedPolicy { return Each(h.attached, (*ManagedPolicy).reference) }

func (h *holder) bound() *types.AttachedPermissionsBoundary {
	if h.boundary == nil {
		return nil
	}
	return &types.AttachedPermissionsBoundary{
		PermissionsBoundaryArn: aws.String(h.boundary.ARN), PermissionsBoundaryType: types.PermissionsBoundaryAttachmentTypePolicy,
	}
}

func (p policySet) list() []types.PolicyDetail {
	return Each(slices.Sorted(maps.Keys(p)), func(name string) types.PolicyDetail {
		return types.PolicyDetail{PolicyName: aws.String(name), PolicyDocument: encoded(p[name])}
	})
}
