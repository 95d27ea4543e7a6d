package awssim

import (
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/policy"
)

// roleHandlers returns the operations on roles.
func roleHandlers() map[string]Handler {
	return map[string]Handler{
		"CreateRole":                         writeHandler(createRole),
		"CreateServiceLinkedRole":            writeHandler(createServiceLinkedRole),
		"DeleteRole":                         doing[iam.DeleteRoleOutput](deleteRole),
		"DeleteServiceLinkedRole":            writeHandler(deleteServiceLinkedRole),
		"GetRole":                            readHandler(getRole),
		"GetServiceLinkedRoleDeletionStatus": readHandler(getServiceLinkedRoleDeletionStatus),
		"ListRoleTags":                       readHandler(listRoleTags),
		"ListRoles":                          readHandler(listRoles),
		"TagRole":                            doingAny[iam.TagRoleOutput, iam.TagRoleInput](tag),
		"UntagRole":                          doingAny[iam.UntagRoleOutput, iam.UntagRoleInput](untag),
		"UpdateAssumeRolePolicy":             doing[iam.UpdateAssumeRolePolicyOutput](updateTrust),
		"UpdateRole":                         doing[iam.UpdateRoleOutput](updateRole),
		"UpdateRoleDescription":              writeHandler(updateRoleDescription),
	}
}

// newRole makes a role. The World is locked.
func (a *Account) newRole(path, name string, trust *policy.Document) *Role {
	r := &Role{
		Name: name, Path: path, ID: entityID("AROA"), ARN: a.ARN("iam", "", "role"+path+name),
		Created: a.world.Clock.Now(), MaxSession: time.Hour, account: a,
	}
	r.trust = a.world.resourcePolicy(trust)
	a.roles[name] = r
	return r
}

func roleKey(r *Role) string { return r.Name }

// role finds a role by name.
func (c *Call) role(name *string) (*Role, error) {
	if r := c.Account.roles[aws.ToString(name)]; r != nil {
		return r, nil
	}
	return nil, noSuchEntity("The role with name %s cannot be found.", aws.ToString(name))
}

// ownRole finds a role that the account may change: none of those that AWS's
// services keep there.
func (c *Call) ownRole(name *string) (*Role, error) {
	r, err := c.role(name)
	if err == nil && (r.linked() || strings.HasPrefix(r.Path, reservedPath)) {
		err = protectedRole(r.Name)
	}
	return r, err
}

// reserved answers a call that AWS refuses whatever policies say: a change of a role
// that a service keeps, or of a policy of AWS's own.
func (c *Call) reserved(need Need) error {
	if a, _ := arn.Parse(need.Resource); a.Type() == "role" {
		return protectedRole(a.Name())
	}
	return c.reservedPolicy(need.Resource)
}

func protectedRole(name string) error {
	return Errorf("UnmodifiableEntity", "Cannot perform the operation on the protected role '%s' - this role is only modifiable by AWS", name)
}

// brief returns the role as listings show it: without tags, boundary and last
// use.
func (r *Role) brief() types.Role {
	out := types.Role{
		Arn: aws.String(r.ARN), RoleName: aws.String(r.Name), RoleId: aws.String(r.ID), Path: aws.String(r.Path), CreateDate: iamTime(r.Created),
		AssumeRolePolicyDocument: encoded(r.trust.now()), MaxSessionDuration: aws.Int32(int32(r.MaxSession.Seconds())),
	}
	if r.Description != "" {
		out.Description = aws.String(r.Description)
	}
	return out
}

// whole returns the role with all there is.
func (r *Role) whole() *types.Role {
	out := r.brief()
	out.Tags, out.PermissionsBoundary, out.RoleLastUsed = iamTags(r.Tags), r.bound(), r.lastUse()
	return &out
}

func (r *Role) lastUse() *types.RoleLastUsed {
	if r.LastUsed.At.IsZero() {
		return &types.RoleLastUsed{}
	}
	return &types.RoleLastUsed{LastUsedDate: iamTime(r.LastUsed.At), Region: aws.String(r.LastUsed.Region)}
}

// createRole follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
func createRole(c *Call, in *iam.CreateRoleInput) (*iam.CreateRoleOutput, error) {
	trust, err := c.World.trustPolicy(*in.AssumeRolePolicyDocument)
	if err != nil {
		return nil, err
	}
	if err := vacant(c.Account.roles, *in.RoleName, "Role with name %s already exists."); err != nil {
		return nil, err
	}
	if err := within("RolesPerAccount", len(c.Account.roles)+1, maxRoles); err != nil {
		return nil, err
	}
	tags, err := newTags(in.Tags)
	if err != nil {
		return nil, err
	}
	boundary, err := c.boundaryOf(in.PermissionsBoundary)
	if err != nil {
		return nil, err
	}
	r := c.Account.newRole(either(in.Path, "/"), *in.RoleName, trust)
	r.Tags, r.boundary, r.Description, r.MaxSession = tags, boundary, aws.ToString(in.Description), sessionOf(in.MaxSessionDuration)
	r.known = c.World.knownFrom()
	made := r.whole()
	made.RoleLastUsed = nil
	return &iam.CreateRoleOutput{Role: made}, nil
}

// getRole follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html
func getRole(c *Call, in *iam.GetRoleInput) (*iam.GetRoleOutput, error) {
	r, err := c.role(in.RoleName)
	if err != nil {
		return nil, err
	}
	return &iam.GetRoleOutput{Role: r.whole()}, nil
}

// listRoles follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html
func listRoles(c *Call, in *iam.ListRolesInput) (*iam.ListRolesOutput, error) {
	all := under(InOrder(c.Account.roles), in.PathPrefix, func(r *Role) string { return r.Path })
	page, next := iamPage(all, in.Marker, in.MaxItems, roleKey)
	return &iam.ListRolesOutput{Roles: Each(page, (*Role).brief), IsTruncated: next != nil, Marker: next}, nil
}

// updateRole follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRole.html
// A length that is left out is set back. Of a service's role only the
// description may change.
func updateRole(c *Call, in *iam.UpdateRoleInput) error {
	r, err := c.role(in.RoleName)
	if err != nil {
		return err
	}
	if !r.linked() || in.MaxSessionDuration != nil {
		if _, err := c.ownRole(in.RoleName); err != nil {
			return err
		}
		r.MaxSession = sessionOf(in.MaxSessionDuration)
	}
	if in.Description != nil {
		r.Description = *in.Description
	}
	return nil
}

// sessionOf returns the longest session of a role, an hour where it is not said.
func sessionOf(seconds *int32) time.Duration {
	if seconds == nil {
		return time.Hour
	}
	return time.Duration(*seconds) * time.Second
}

// updateRoleDescription follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRoleDescription.html
func updateRoleDescription(c *Call, in *iam.UpdateRoleDescriptionInput) (*iam.UpdateRoleDescriptionOutput, error) {
	r, err := c.role(in.RoleName)
	if err != nil {
		return nil, err
	}
	r.Description = *in.Description
	brief := r.brief()
	return &iam.UpdateRoleDescriptionOutput{Role: &brief}, nil
}

// updateTrust follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html
func updateTrust(c *Call, in *iam.UpdateAssumeRolePolicyInput) error {
	r, err := c.ownRole(in.RoleName)
	if err != nil {
		return err
	}
	trust, err := c.World.trustPolicy(*in.PolicyDocument)
	if err != nil {
		return err
	}
	r.trust = c.World.resourcePolicy(trust)
	return nil
}

// deleteRole follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html
func deleteRole(c *Call, in *iam.DeleteRoleInput) error {
	r, err := c.ownRole(in.RoleName)
	if err != nil {
		return err
	}
	if len(c.Account.profilesOf(r)) > 0 {
		return inUse("must remove roles from instance profile first")
	}
	if err := r.free(); err != nil {
		return err
	}
	delete(c.Account.roles, r.Name)
	return nil
}
