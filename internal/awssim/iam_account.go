package awssim

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/iam"
)

// accountHandlers returns the operations on the account itself.
func accountHandlers() map[string]Handler {
	return map[string]Handler{
		"CreateAccountAlias":             doing[iam.CreateAccountAliasOutput](createAccountAlias),
		"DeleteAccountAlias":             doing[iam.DeleteAccountAliasOutput](deleteAccountAlias),
		"DeleteAccountPasswordPolicy":    doing[iam.DeleteAccountPasswordPolicyOutput](deleteAccountPasswordPolicy),
		"GenerateCredentialReport":       writeHandler(generateCredentialReport),
		"GetAccountAuthorizationDetails": readHandler(getAccountAuthorizationDetails),
		"GetAccountPasswordPolicy":       readHandler(getAccountPasswordPolicy),
		"GetAccountSummary":              readHandler(getAccountSummary),
		"GetCredentialReport":            readHandler(getCredentialReport),
		"ListAccountAliases":             readHandler(listAccountAliases),
		"UpdateAccountPasswordPolicy":    doing[iam.UpdateAccountPasswordPolicyOutput](updateAccountPasswordPolicy),
	}
}

// SetAlias returns the account its alias.
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

// createAccountAlias follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccountAlias.html
// An account has one alias, which no other account has.
func createAccountAlias(c *Call, in *iam.CreateAccountAliasInput) error {
	for _, a := range c.World.accounts {
		if slices.Contains(a.aliases, *in.AccountAlias) {
			return Errorf("EntityAlreadyExists", "The account alias %s already exists.", *in.AccountAlias)
		}
	}
	c.Account.aliases = []string{*in.AccountAlias}
	return nil
}

// deleteAccountAlias follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteAccountAlias.html
func deleteAccountAlias(c *Call, in *iam.DeleteAccountAliasInput) error {
	if !slices.Contains(c.Account.aliases, *in.AccountAlias) {
		return noSuchEntity("The account alias with name %s cannot be found.", *in.AccountAlias)
	}
	c.Account.aliases = nil
	return nil
}

// listAccountAliases follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccountAliases.html
func listAccountAliases(c *Call, _ *iam.ListAccountAliasesInput) (*iam.ListAccountAliasesOutput, error) {
	return &iam.ListAccountAliasesOutput{AccountAliases: append([]string{}, c.Account.aliases...)}, nil
}

// getAccountSummary follows
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html
func getAccountSummary(c *Call, _ *iam.GetAccountSummaryInput) (*iam.GetAccountSummaryOutput, error) {
	a := c.Account
	var local int32
	for _, m := range a.managed {
		if m.local() {
			local++
		}
	}
	used := a.devicesInUse()
	rootMFA := map[bool]int32{true: 1}[a.rootMFA]
	return &iam.GetAccountSummaryOutput{SummaryMap: map[string]int32{
		"Users": int32(len(a.users)), "Groups": int32(len(a.groups)), "Roles": int32(len(a.roles)), "Policies": local,
		"InstanceProfiles": int32(len(a.profiles)), "MFADevices": used + int32(len(a.spare)), "MFADevicesInUse": used, "AccountMFAEnabled": rootMFA,
		"AccountAccessKeysPresent": int32(min(1, len(a.rootKeys))), "Providers": int32(len(a.oidc) + len(a.saml)),
		"UsersQuota": maxUsers, "GroupsQuota": maxGroups, "RolesQuota": maxRoles, "PoliciesQuota": maxPolicies, "InstanceProfilesQuota": maxProfiles,
		"AccessKeysPerUserQuota": maxKeys, "GroupsPerUserQuota": maxGroupsOf, "AttachedPoliciesPerUserQuota": maxAttached,
		"AttachedPoliciesPerGroupQuota": maxAttached, "AttachedPoliciesPerRoleQuota": maxAttached, "VersionsPerPolicyQuota": maxVersions,
		"UserPolicySizeQuota": maxInlineUser, "GroupPolicySizeQuota": maxInlineGroup, "RolePolicySizeQuota": maxInlineRole,
		"PolicySizeQuota": maxManaged, "AssumeRolePolicySizeQuota": maxTrust,
	}}, nil
}
