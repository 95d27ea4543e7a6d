package awssim

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// policyUse is a user, group or role that has a managed policy.
type policyUse struct {
	key, path string // the key for paging, and the entity's path
	put       func(*iam.ListEntitiesForPolicyOutput)
}

// listEntitiesForPolicy follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListEntitiesForPolicy.html
func listEntitiesForPolicy(c *Call, in *iam.ListEntitiesForPolicyInput) (*iam.ListEntitiesForPolicyOutput, error) {
	m, err := c.policy(in.PolicyArn)
	if err != nil {
		return nil, err
	}
	all := under(c.Account.usesOf(m, in.EntityFilter, in.PolicyUsageFilter), in.PathPrefix, func(u policyUse) string { return u.path })
	page, next := iamPage(all, in.Marker, in.MaxItems, func(u policyUse) string { return u.key })
	out := &iam.ListEntitiesForPolicyOutput{
		PolicyGroups: []types.PolicyGroup{}, PolicyRoles: []types.PolicyRole{}, PolicyUsers: []types.PolicyUser{},
		IsTruncated: next != nil, Marker: next,
	}
	for _, u := range page {
		u.put(out)
	}
	return out, nil
}

// usesOf lists what has a policy, of one kind or all, attached, as a boundary
// or either.
func (a *Account) usesOf(m *ManagedPolicy, kind types.EntityType, how types.PolicyUsageType) []policyUse {
	has := func(h *holder, t types.EntityType) bool {
		attached := how != types.PolicyUsageTypePermissionsBoundary && slices.Contains(h.attached, m)
		bounds := how != types.PolicyUsageTypePermissionsPolicy && h.boundary == m
		return (kind == "" || kind == t) && (attached || bounds)
	}
	type answer = *iam.ListEntitiesForPolicyOutput
	var all []policyUse
	for _, g := range InOrder(a.groups) {
		if has(&g.holder, types.EntityTypeGroup) {
			all = append(all, policyUse{"1" + g.Name, g.Path, func(o answer) {
				o.PolicyGroups = append(o.PolicyGroups, types.PolicyGroup{GroupName: aws.String(g.Name), GroupId: aws.String(g.ID)})
			}})
		}
	}
	for _, r := range InOrder(a.roles) {
		if has(&r.holder, types.EntityTypeRole) {
			all = append(all, policyUse{"2" + r.Name, r.Path, func(o answer) {
				o.PolicyRoles = append(o.PolicyRoles, types.PolicyRole{RoleName: aws.String(r.Name), RoleId: aws.String(r.ID)})
			}})
		}
	}
	for _, u := range InOrder(a.users) {
		if has(&u.holder, types.EntityTypeUser) {
			all = append(all, policyUse{"3" + u.Name, u.Path, func(o answer) {
				o.PolicyUsers = append(o.PolicyUsers, types.PolicyUser{UserName: aws.String(u.Name), UserId: aws.String(u.ID)})
			}})
		}
	}
	return all
}
