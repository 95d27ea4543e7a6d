package awssim

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// detailEntry is one entry of the authorization details: a user, group, role or
// policy.
type detailEntry struct {
	key string // by which pages go on: its list's place, and its name
	put func(*iam.GetAccountAuthorizationDetailsOutput)
}

// getAccountAuthorizationDetails follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
// Managed policies of AWS are there where they are attached to something, those
// that serve as boundaries alone are not.
func getAccountAuthorizationDetails(c *Call, in *iam.GetAccountAuthorizationDetailsInput) (*iam.GetAccountAuthorizationDetailsOutput, error) {
	c.World.mu.RLock()
	defer c.World.mu.RUnlock()
	page, next, err := iamPage(c.Account.details(in.Filter), in.Marker, in.MaxItems, func(d detailEntry) string { return d.key })
	if err != nil {
		return nil, err
	}
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
		for _, u := range sortedByName(a.users) {
			all = append(all, detailEntry{"1" + u.Name, func(o answer) { o.UserDetailList = append(o.UserDetailList, u.detail()) }})
		}
	}
	if wants(types.EntityTypeGroup) {
		for _, g := range sortedByName(a.groups) {
			all = append(all, detailEntry{"2" + g.Name, func(o answer) { o.GroupDetailList = append(o.GroupDetailList, g.detail()) }})
		}
	}
	if wants(types.EntityTypeRole) {
		profiles := map[*Role][]types.InstanceProfile{}
		for _, p := range sortedByName(a.profiles) {
			profiles[p.Role] = append(profiles[p.Role], p.detail())
		}
		for _, r := range sortedByName(a.roles) {
			all = append(all, detailEntry{"3" + r.Name, func(o answer) { o.RoleDetailList = append(o.RoleDetailList, r.detail(profiles[r])) }})
		}
	}
	uses := a.uses()
	for _, m := range sortedByName(a.managed) {
		local := !strings.Contains(m.ARN, ":iam::aws:")
		if local && wants(types.EntityTypeLocalManagedPolicy) || !local && uses[m] > 0 && wants(types.EntityTypeAWSManagedPolicy) {
			all = append(all, detailEntry{"4" + m.ARN, func(o answer) { o.Policies = append(o.Policies, m.detail(uses[m])) }})
		}
	}
	return all
}

func (u *User) detail() types.UserDetail {
	out := types.UserDetail{
		Arn: aws.String(u.ARN), UserName: aws.String(u.Name), UserId: aws.String(u.ID), Path: aws.String(u.Path), CreateDate: aws.Time(u.Created),
		Tags: iamTags(u.Tags), AttachedManagedPolicies: u.list(), UserPolicyList: u.policies.list(), PermissionsBoundary: u.bound(), GroupList: []string{},
	}
	for _, g := range u.groups {
		out.GroupList = append(out.GroupList, g.Name)
	}
	return out
}

func (g *Group) detail() types.GroupDetail {
	return types.GroupDetail{
		Arn: aws.String(g.ARN), GroupName: aws.String(g.Name), GroupId: aws.String(g.ID), Path: aws.String(g.Path), CreateDate: aws.Time(g.Created),
		AttachedManagedPolicies: g.list(), GroupPolicyList: g.policies.list(),
	}
}

func (r *Role) detail(profiles []types.InstanceProfile) types.RoleDetail {
	out := types.RoleDetail{
		Arn: aws.String(r.ARN), RoleName: aws.String(r.Name), RoleId: aws.String(r.ID), Path: aws.String(r.Path), CreateDate: aws.Time(r.Created),
		AssumeRolePolicyDocument: encoded(r.trust), Tags: iamTags(r.Tags), AttachedManagedPolicies: r.list(), RolePolicyList: r.policies.list(),
		PermissionsBoundary: r.bound(), InstanceProfileList: profiles, RoleLastUsed: &types.RoleLastUsed{},
	}
	if !r.LastUsed.At.IsZero() {
		out.RoleLastUsed = &types.RoleLastUsed{LastUsedDate: aws.Time(r.LastUsed.At), Region: aws.String(r.LastUsed.Region)}
	}
	return out
}

func (m *ManagedPolicy) detail(uses int32) types.ManagedPolicyDetail {
	out := types.ManagedPolicyDetail{
		Arn: aws.String(m.ARN), PolicyName: aws.String(m.Name), PolicyId: aws.String(m.ID), Path: aws.String(m.Path), DefaultVersionId: m.version(),
		AttachmentCount: aws.Int32(uses), PermissionsBoundaryUsageCount: aws.Int32(0), IsAttachable: true,
		CreateDate: aws.Time(m.Created), UpdateDate: aws.Time(m.Created),
	}
	for i, d := range m.Versions {
		out.PolicyVersionList = append(out.PolicyVersionList, *m.versionDetail(i, d))
	}
	return out
}

func (a attachments) list() []types.AttachedPolicy {
	out := []types.AttachedPolicy{}
	for _, m := range a.attached {
		out = append(out, types.AttachedPolicy{PolicyArn: aws.String(m.ARN), PolicyName: aws.String(m.Name)})
	}
	return out
}

func (a attachments) bound() *types.AttachedPermissionsBoundary {
	if a.boundary == nil {
		return nil
	}
	return &types.AttachedPermissionsBoundary{
		PermissionsBoundaryArn: aws.String(a.boundary.ARN), PermissionsBoundaryType: types.PermissionsBoundaryAttachmentTypePolicy,
	}
}

func (p policySet) list() []types.PolicyDetail {
	out := []types.PolicyDetail{}
	names := make([]string, 0, len(p))
	for name := range p {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		out = append(out, types.PolicyDetail{PolicyName: aws.String(name), PolicyDocument: encoded(p[name])})
	}
	return out
}
