package awssim

import (
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
)

// IAM is Identity and Access Management.
//
// https://docs.aws.amazon.com/IAM/latest/APIReference/welcome.html
func IAM(*World) *Service {
	return &Service{Model: "iam", Handlers: map[string]Handler{
		"CreateUser":   changing(createUser),
		"DeleteUser":   doing[iam.DeleteUserOutput](deleteUser),
		"GetUser":      reading(getUser),
		"ListUserTags": reading(listUserTags),
		"ListUsers":    reading(listUsers),
		"TagUser":      doingAny[iam.TagUserOutput, iam.TagUserInput](tag),
		"UntagUser":    doingAny[iam.UntagUserOutput, iam.UntagUserInput](untag),
		"UpdateUser":   doing[iam.UpdateUserOutput](updateUser),

		"AddUserToGroup":      doing[iam.AddUserToGroupOutput](addUserToGroup),
		"CreateGroup":         changing(createGroup),
		"DeleteGroup":         doing[iam.DeleteGroupOutput](deleteGroup),
		"GetGroup":            reading(getGroup),
		"ListGroups":          reading(listGroups),
		"ListGroupsForUser":   reading(listGroupsForUser),
		"RemoveUserFromGroup": doing[iam.RemoveUserFromGroupOutput](removeUserFromGroup),
		"UpdateGroup":         doing[iam.UpdateGroupOutput](updateGroup),

		"CreateRole":                         changing(createRole),
		"CreateServiceLinkedRole":            changing(createServiceLinkedRole),
		"DeleteRole":                         doing[iam.DeleteRoleOutput](deleteRole),
		"DeleteServiceLinkedRole":            changing(deleteServiceLinkedRole),
		"GetRole":                            reading(getRole),
		"GetServiceLinkedRoleDeletionStatus": reading(getServiceLinkedRoleDeletionStatus),
		"ListRoleTags":                       reading(listRoleTags),
		"ListRoles":                          reading(listRoles),
		"TagRole":                            doingAny[iam.TagRoleOutput, iam.TagRoleInput](tag),
		"UntagRole":                          doingAny[iam.UntagRoleOutput, iam.UntagRoleInput](untag),
		"UpdateAssumeRolePolicy":             doing[iam.UpdateAssumeRolePolicyOutput](updateTrust),
		"UpdateRole":                         doing[iam.UpdateRoleOutput](updateRole),
		"UpdateRoleDescription":              changing(updateRoleDescription),

		"CreatePolicy":            changing(createPolicy),
		"CreatePolicyVersion":     changing(createPolicyVersion),
		"DeletePolicy":            doing[iam.DeletePolicyOutput](deletePolicy),
		"DeletePolicyVersion":     doing[iam.DeletePolicyVersionOutput](deletePolicyVersion),
		"GetPolicy":               changing(getPolicy), // AWS's own come into being, as in the others here
		"GetPolicyVersion":        changing(getPolicyVersion),
		"ListPolicyVersions":      changing(listPolicyVersions),
		"ListEntitiesForPolicy":   changing(listEntitiesForPolicy),
		"ListPolicies":            reading(listPolicies),
		"ListPolicyTags":          reading(listPolicyTags),
		"SetDefaultPolicyVersion": doing[iam.SetDefaultPolicyVersionOutput](setDefaultPolicyVersion),
		"TagPolicy":               doingAny[iam.TagPolicyOutput, iam.TagPolicyInput](tag),
		"UntagPolicy":             doingAny[iam.UntagPolicyOutput, iam.UntagPolicyInput](untag),

		"AttachGroupPolicy":             doingAny[iam.AttachGroupPolicyOutput, iam.AttachGroupPolicyInput](attachPolicy),
		"AttachRolePolicy":              doingAny[iam.AttachRolePolicyOutput, iam.AttachRolePolicyInput](attachPolicy),
		"AttachUserPolicy":              doingAny[iam.AttachUserPolicyOutput, iam.AttachUserPolicyInput](attachPolicy),
		"DeleteRolePermissionsBoundary": doingAny[iam.DeleteRolePermissionsBoundaryOutput, iam.DeleteRolePermissionsBoundaryInput](deleteBoundary),
		"DeleteUserPermissionsBoundary": doingAny[iam.DeleteUserPermissionsBoundaryOutput, iam.DeleteUserPermissionsBoundaryInput](deleteBoundary),
		"DetachGroupPolicy":             doingAny[iam.DetachGroupPolicyOutput, iam.DetachGroupPolicyInput](detachPolicy),
		"DetachRolePolicy":              doingAny[iam.DetachRolePolicyOutput, iam.DetachRolePolicyInput](detachPolicy),
		"DetachUserPolicy":              doingAny[iam.DetachUserPolicyOutput, iam.DetachUserPolicyInput](detachPolicy),
		"ListAttachedGroupPolicies":     reading(listAttachedGroupPolicies),
		"ListAttachedRolePolicies":      reading(listAttachedRolePolicies),
		"ListAttachedUserPolicies":      reading(listAttachedUserPolicies),
		"PutRolePermissionsBoundary":    doingAny[iam.PutRolePermissionsBoundaryOutput, iam.PutRolePermissionsBoundaryInput](putBoundary),
		"PutUserPermissionsBoundary":    doingAny[iam.PutUserPermissionsBoundaryOutput, iam.PutUserPermissionsBoundaryInput](putBoundary),

		"DeleteGroupPolicy": doingAny[iam.DeleteGroupPolicyOutput, iam.DeleteGroupPolicyInput](deleteInline),
		"DeleteRolePolicy":  doingAny[iam.DeleteRolePolicyOutput, iam.DeleteRolePolicyInput](deleteInline),
		"DeleteUserPolicy":  doingAny[iam.DeleteUserPolicyOutput, iam.DeleteUserPolicyInput](deleteInline),
		"GetGroupPolicy":    reading(getGroupPolicy),
		"GetRolePolicy":     reading(getRolePolicy),
		"GetUserPolicy":     reading(getUserPolicy),
		"ListGroupPolicies": reading(listGroupPolicies),
		"ListRolePolicies":  reading(listRolePolicies),
		"ListUserPolicies":  reading(listUserPolicies),
		"PutGroupPolicy":    doingAny[iam.PutGroupPolicyOutput, iam.PutGroupPolicyInput](putPolicy),
		"PutRolePolicy":     doingAny[iam.PutRolePolicyOutput, iam.PutRolePolicyInput](putPolicy),
		"PutUserPolicy":     doingAny[iam.PutUserPolicyOutput, iam.PutUserPolicyInput](putPolicy),

		"AddRoleToInstanceProfile":      doing[iam.AddRoleToInstanceProfileOutput](addRoleToProfile),
		"CreateInstanceProfile":         changing(createInstanceProfile),
		"DeleteInstanceProfile":         doing[iam.DeleteInstanceProfileOutput](deleteInstanceProfile),
		"GetInstanceProfile":            reading(getInstanceProfile),
		"ListInstanceProfileTags":       reading(listInstanceProfileTags),
		"ListInstanceProfiles":          reading(listInstanceProfiles),
		"ListInstanceProfilesForRole":   reading(listInstanceProfilesForRole),
		"RemoveRoleFromInstanceProfile": doing[iam.RemoveRoleFromInstanceProfileOutput](removeRoleFromProfile),
		"TagInstanceProfile":            doingAny[iam.TagInstanceProfileOutput, iam.TagInstanceProfileInput](tag),
		"UntagInstanceProfile":          doingAny[iam.UntagInstanceProfileOutput, iam.UntagInstanceProfileInput](untag),

		"GenerateCredentialReport":       changing(generateCredentialReport),
		"GetAccessKeyLastUsed":           reading(getAccessKeyLastUsed),
		"GetAccountAuthorizationDetails": reading(getAccountAuthorizationDetails),
		"GetAccountPasswordPolicy":       reading(getAccountPasswordPolicy),
		"GetAccountSummary":              reading(getAccountSummary),
		"GetCredentialReport":            reading(getCredentialReport),
		"GetOpenIDConnectProvider":       reading(getOpenIDConnectProvider),
		"ListAccessKeys":                 reading(listAccessKeys),
		"ListAccountAliases":             reading(listAccountAliases),
		"ListOpenIDConnectProviders":     reading(listOpenIDConnectProviders),
		"ListSAMLProviders":              reading(listSAMLProviders),
		"ListMFADevices":                 reading(listMFADevices),
		"ListSSHPublicKeys":              reading(listSSHPublicKeys),
		"ListServiceSpecificCredentials": reading(listServiceSpecificCredentials),
		"ListVirtualMFADevices":          reading(listVirtualMFADevices),
	}}
}

// LoginProfile is a user's password for the console.
type LoginProfile struct {
	Created, Used time.Time // Used is zero for never
}

// SAMLProvider is an identity provider that an account trusts.
type SAMLProvider struct {
	ARN              string
	Created, Expires time.Time
}

// Attach gives the user a managed policy, once.
func (u *User) Attach(m *ManagedPolicy) { u.attach(u.account.world, m) }

// Attach gives the role a managed policy, once.
func (r *Role) Attach(m *ManagedPolicy) { r.attach(r.account.world, m) }

// Bound sets the permissions boundary of the user.
func (u *User) Bound(m *ManagedPolicy) {
	u.account.world.mu.Lock()
	defer u.account.world.mu.Unlock()
	u.boundary = m
}

// Bound sets the permissions boundary of the role.
func (r *Role) Bound(m *ManagedPolicy) {
	r.account.world.mu.Lock()
	defer r.account.world.mu.Unlock()
	r.boundary = m
}

// SetLogin gives the user a password, which was used last at a time; zero is
// never.
func (u *User) SetLogin(created, used time.Time) {
	u.account.world.mu.Lock()
	defer u.account.world.mu.Unlock()
	u.login = &LoginProfile{created, used}
}

// Remove deletes the user, with keys and memberships.
func (u *User) Remove() {
	w := u.account.world
	for _, g := range slices.Clone(u.groups) {
		g.RemoveMember(u)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(u.account.users, u.Name)
	for _, k := range u.keys {
		delete(w.keys, k.AccessKeyID)
	}
}

// Age says when a key was made and last used, for keys that are older than the
// World.
func (c *Credential) Age(created time.Time, used KeyUse) {
	w := c.Principal.Account.world
	w.mu.Lock()
	defer w.mu.Unlock()
	c.Created, c.Used = created, used
}

// Deactivate makes a key useless, and leaves it there.
func (c *Credential) Deactivate() {
	w := c.Principal.Account.world
	w.mu.Lock()
	defer w.mu.Unlock()
	c.Inactive = true
}

// roleUseEvery is how often AWS notes anew that a role is used; keys it notes
// each time.
const roleUseEvery = 4 * time.Hour

// used notes the use of a key, and of the role whose session it is. See
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html
func (w *World) used(cred *Credential, c *Call) {
	use := KeyUse{At: w.Clock.Now(), Region: c.Region, Service: c.Service.Prefix}
	w.mu.Lock()
	defer w.mu.Unlock()
	if k := w.keys[cred.AccessKeyID]; k != nil {
		k.Used = use
	}
	if r := cred.Principal.Role; r != nil && use.At.Sub(r.LastUsed.At) >= w.Clock.Scaled(roleUseEvery) {
		r.LastUsed = use
	}
}

// AddSAMLProvider makes the account trust a SAML provider.
func (a *Account) AddSAMLProvider(name string) *SAMLProvider {
	a.world.mu.Lock()
	defer a.world.mu.Unlock()
	now := a.world.Clock.Now()
	p := &SAMLProvider{ARN: a.ARN("iam", "", "saml-provider/"+name), Created: now, Expires: now.AddDate(10, 0, 0)}
	a.saml = append(a.saml, p)
	return p
}

// SetAlias gives the account its alias.
func (a *Account) SetAlias(alias string) {
	a.world.mu.Lock()
	defer a.world.mu.Unlock()
	a.aliases = []string{alias}
}

// SetRootMFA says whether the root user has a second factor.
func (a *Account) SetRootMFA(on bool) {
	a.world.mu.Lock()
	defer a.world.mu.Unlock()
	a.rootMFA = on
}
