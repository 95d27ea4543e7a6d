package awssim

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/hawser/hawser/internal/policy"
)

// noSuchEntity is IAM's answer to a name that is not there.
func noSuchEntity(format string, args ...any) *Error {
	return &Error{Code: "NoSuchEntity", Message: fmt.Sprintf(format, args...), Status: http.StatusNotFound}
}

// iamPage cuts a listing that is sorted by key: what stands behind the marker,
// at most maxItems of it, which is 100 where it is not said.
func iamPage[T any](sorted []T, marker *string, maxItems *int32, key func(T) string) (page []T, next *string, err error) {
	n := 100
	if maxItems != nil {
		if n = int(*maxItems); n < 1 || n > 1000 {
			return nil, nil, invalid("Value '%d' at 'maxItems' failed to satisfy constraint: Member must have value between 1 and 1000", n)
		}
	}
	if marker != nil {
		sorted = behind(sorted, *marker, key)
	}
	page, next = firstPage(sorted, n, key)
	return page, next, nil
}

// under keeps what has a path below a prefix.
func under[T any](all []T, prefix *string, path func(T) string) []T {
	if aws.ToString(prefix) == "" {
		return all
	}
	return slices.DeleteFunc(all, func(item T) bool { return !strings.HasPrefix(path(item), *prefix) })
}

// encoded is a policy document as IAM answers it.
func encoded(d *policy.Document) *string {
	return aws.String(strings.ReplaceAll(url.QueryEscape(string(d.Raw())), "+", "%20"))
}

func iamTags(tags map[string]string) []types.Tag {
	var out []types.Tag
	for _, pair := range sortedPairs(tags) {
		out = append(out, types.Tag{Key: aws.String(pair[0]), Value: aws.String(pair[1])})
	}
	return out
}

func sortedPairs(m map[string]string) [][2]string {
	out := make([][2]string, 0, len(m))
	for k, v := range m {
		out = append(out, [2]string{k, v})
	}
	slices.SortFunc(out, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	return out
}

// listUsers follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUsers.html
func listUsers(c *Call, in *iam.ListUsersInput) (*iam.ListUsersOutput, error) {
	c.World.mu.RLock()
	defer c.World.mu.RUnlock()
	all := under(sortedByName(c.Account.users), in.PathPrefix, func(u *User) string { return u.Path })
	page, next, err := iamPage(all, in.Marker, in.MaxItems, func(u *User) string { return u.Name })
	out := &iam.ListUsersOutput{Users: []types.User{}, IsTruncated: next != nil, Marker: next}
	for _, u := range page {
		out.Users = append(out.Users, u.brief())
	}
	return out, err
}

// brief is the user as listings show it: without tags and boundary.
func (u *User) brief() types.User {
	out := types.User{
		Arn: aws.String(u.ARN), UserName: aws.String(u.Name), UserId: aws.String(u.ID), Path: aws.String(u.Path), CreateDate: aws.Time(u.Created),
	}
	if u.login != nil && !u.login.Used.IsZero() {
		out.PasswordLastUsed = aws.Time(u.login.Used)
	}
	return out
}

// listGroups follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroups.html
func listGroups(c *Call, in *iam.ListGroupsInput) (*iam.ListGroupsOutput, error) {
	c.World.mu.RLock()
	defer c.World.mu.RUnlock()
	all := under(sortedByName(c.Account.groups), in.PathPrefix, func(g *Group) string { return g.Path })
	page, next, err := iamPage(all, in.Marker, in.MaxItems, func(g *Group) string { return g.Name })
	out := &iam.ListGroupsOutput{Groups: []types.Group{}, IsTruncated: next != nil, Marker: next}
	for _, g := range page {
		out.Groups = append(out.Groups, g.brief())
	}
	return out, err
}

func (g *Group) brief() types.Group {
	return types.Group{
		Arn: aws.String(g.ARN), GroupName: aws.String(g.Name), GroupId: aws.String(g.ID), Path: aws.String(g.Path), CreateDate: aws.Time(g.Created),
	}
}

// getGroup follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetGroup.html
func getGroup(c *Call, in *iam.GetGroupInput) (*iam.GetGroupOutput, error) {
	c.World.mu.RLock()
	defer c.World.mu.RUnlock()
	g := c.Account.groups[aws.ToString(in.GroupName)]
	if g == nil {
		return nil, noSuchEntity("The group with name %s cannot be found.", aws.ToString(in.GroupName))
	}
	members := slices.SortedFunc(slices.Values(g.members), func(a, b *User) int { return strings.Compare(a.Name, b.Name) })
	page, next, err := iamPage(members, in.Marker, in.MaxItems, func(u *User) string { return u.Name })
	brief := g.brief()
	out := &iam.GetGroupOutput{Group: &brief, Users: []types.User{}, IsTruncated: next != nil, Marker: next}
	for _, u := range page {
		out.Users = append(out.Users, u.brief())
	}
	return out, err
}

// listRoles follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html: with
// trust policies, without tags, boundaries and last use.
func listRoles(c *Call, in *iam.ListRolesInput) (*iam.ListRolesOutput, error) {
	c.World.mu.RLock()
	defer c.World.mu.RUnlock()
	all := under(sortedByName(c.Account.roles), in.PathPrefix, func(r *Role) string { return r.Path })
	page, next, err := iamPage(all, in.Marker, in.MaxItems, func(r *Role) string { return r.Name })
	out := &iam.ListRolesOutput{Roles: []types.Role{}, IsTruncated: next != nil, Marker: next}
	for _, r := range page {
		out.Roles = append(out.Roles, r.brief())
	}
	return out, err
}

func (r *Role) brief() types.Role {
	return types.Role{
		Arn: aws.String(r.ARN), RoleName: aws.String(r.Name), RoleId: aws.String(r.ID), Path: aws.String(r.Path), CreateDate: aws.Time(r.Created),
		AssumeRolePolicyDocument: encoded(r.trust), MaxSessionDuration: aws.Int32(int32(r.MaxSession.Seconds())),
	}
}

// listPolicies follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicies.html
func listPolicies(c *Call, in *iam.ListPoliciesInput) (*iam.ListPoliciesOutput, error) {
	c.World.mu.RLock()
	defer c.World.mu.RUnlock()
	uses, bounds := c.Account.uses(), c.Account.bounds()
	all := slices.DeleteFunc(sortedByName(c.Account.managed), func(m *ManagedPolicy) bool {
		local := !strings.Contains(m.ARN, ":iam::aws:")
		return in.Scope == types.PolicyScopeTypeLocal && !local || in.Scope == types.PolicyScopeTypeAws && local || in.OnlyAttached && uses[m] == 0 ||
			in.PolicyUsageFilter == types.PolicyUsageTypePermissionsBoundary && !bounds[m]
	})
	all = under(all, in.PathPrefix, func(m *ManagedPolicy) string { return m.Path })
	page, next, err := iamPage(all, in.Marker, in.MaxItems, func(m *ManagedPolicy) string { return m.ARN })
	out := &iam.ListPoliciesOutput{Policies: []types.Policy{}, IsTruncated: next != nil, Marker: next}
	for _, m := range page {
		out.Policies = append(out.Policies, m.brief(uses[m]))
	}
	return out, err
}

// uses counts what each managed policy is attached to. The World is locked.
func (a *Account) uses() map[*ManagedPolicy]int32 {
	uses := map[*ManagedPolicy]int32{}
	count := func(at attachments) {
		for _, m := range at.attached {
			uses[m]++
		}
	}
	for _, u := range a.users {
		count(u.attachments)
	}
	for _, g := range a.groups {
		count(g.attachments)
	}
	for _, r := range a.roles {
		count(r.attachments)
	}
	return uses
}

// bounds tells which managed policies are boundaries. The World is locked.
func (a *Account) bounds() map[*ManagedPolicy]bool {
	bounds := map[*ManagedPolicy]bool{}
	for _, u := range a.users {
		bounds[u.boundary] = true
	}
	for _, r := range a.roles {
		bounds[r.boundary] = true
	}
	return bounds
}

func (m *ManagedPolicy) version() *string { return versionOf(m.Default) }

func versionOf(i int) *string { return aws.String("v" + strconv.Itoa(i+1)) }

func (m *ManagedPolicy) brief(uses int32) types.Policy {
	return types.Policy{
		Arn: aws.String(m.ARN), PolicyName: aws.String(m.Name), PolicyId: aws.String(m.ID), Path: aws.String(m.Path),
		DefaultVersionId: m.version(), AttachmentCount: aws.Int32(uses), PermissionsBoundaryUsageCount: aws.Int32(0), IsAttachable: true,
		CreateDate: aws.Time(m.Created), UpdateDate: aws.Time(m.Created),
	}
}

// getPolicy follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicy.html
func getPolicy(c *Call, in *iam.GetPolicyInput) (*iam.GetPolicyOutput, error) {
	c.World.mu.RLock()
	defer c.World.mu.RUnlock()
	m := c.Account.managed[aws.ToString(in.PolicyArn)]
	if m == nil {
		return nil, noSuchEntity("Policy %s does not exist or is not attachable.", aws.ToString(in.PolicyArn))
	}
	brief := m.brief(c.Account.uses()[m])
	return &iam.GetPolicyOutput{Policy: &brief}, nil
}

// getPolicyVersion follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html
func getPolicyVersion(c *Call, in *iam.GetPolicyVersionInput) (*iam.GetPolicyVersionOutput, error) {
	c.World.mu.RLock()
	defer c.World.mu.RUnlock()
	m := c.Account.managed[aws.ToString(in.PolicyArn)]
	if m != nil {
		for i, d := range m.Versions {
			if *versionOf(i) == aws.ToString(in.VersionId) {
				return &iam.GetPolicyVersionOutput{PolicyVersion: m.versionDetail(i, d)}, nil
			}
		}
	}
	return nil, noSuchEntity("Policy %s version %s does not exist or is not attachable.", aws.ToString(in.PolicyArn), aws.ToString(in.VersionId))
}

func (m *ManagedPolicy) versionDetail(i int, d *policy.Document) *types.PolicyVersion {
	return &types.PolicyVersion{VersionId: versionOf(i), IsDefaultVersion: i == m.Default, CreateDate: aws.Time(m.Created), Document: encoded(d)}
}

// listInstanceProfiles follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfiles.html
func listInstanceProfiles(c *Call, in *iam.ListInstanceProfilesInput) (*iam.ListInstanceProfilesOutput, error) {
	c.World.mu.RLock()
	defer c.World.mu.RUnlock()
	all := under(sortedByName(c.Account.profiles), in.PathPrefix, func(p *InstanceProfile) string { return p.Path })
	page, next, err := iamPage(all, in.Marker, in.MaxItems, func(p *InstanceProfile) string { return p.Name })
	out := &iam.ListInstanceProfilesOutput{InstanceProfiles: []types.InstanceProfile{}, IsTruncated: next != nil, Marker: next}
	for _, p := range page {
		out.InstanceProfiles = append(out.InstanceProfiles, p.detail())
	}
	return out, err
}

func (p *InstanceProfile) detail() types.InstanceProfile {
	out := types.InstanceProfile{
		Arn: aws.String(p.ARN), InstanceProfileName: aws.String(p.Name), InstanceProfileId: aws.String(p.ID), Path: aws.String(p.Path),
		CreateDate: aws.Time(p.Created), Roles: []types.Role{},
	}
	if p.Role != nil {
		out.Roles = append(out.Roles, p.Role.brief())
	}
	return out
}
