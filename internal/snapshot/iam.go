package snapshot

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The kinds of IAM.
const (
	User            Kind = "iam.user"
	Group           Kind = "iam.group"
	Role            Kind = "iam.role"
	Policy          Kind = "iam.policy"
	InlinePolicy    Kind = "iam.inline-policy"
	InstanceProfile Kind = "iam.instance-profile"
	SAMLProvider    Kind = "iam.saml-provider"
	OIDCProvider    Kind = "iam.oidc-provider"
	AccessKey       Kind = "iam.access-key"
	MFADevice       Kind = "iam.mfa-device"
	SSHKey          Kind = "iam.ssh-public-key"
	Root            Kind = "iam.root"

	ServiceCredential Kind = "iam.service-specific-credential"

	Federated Kind = "federated.user"
	Service   Kind = "aws.service"
	External  Kind = "aws.principal"
)

// The facets of IAM.
const (
	// AccountFacets is how the facets begin that are read of every account.
	AccountFacets Facet = "iam."

	IAMUsers           Facet = "iam.users"
	IAMUserDetails     Facet = "iam.user-details" // tags, boundary
	IAMGroups          Facet = "iam.groups"
	IAMMemberships     Facet = "iam.memberships"
	IAMRoles           Facet = "iam.roles"        // with trust policies
	IAMRoleDetails     Facet = "iam.role-details" // tags, boundary, last use
	IAMPolicies        Facet = "iam.policies"     // managed
	IAMAttachments     Facet = "iam.attachments"  // and inline policies
	IAMProfiles        Facet = "iam.instance-profiles"
	IAMSAMLProviders   Facet = "iam.saml-providers"
	IAMOIDCProviders   Facet = "iam.oidc-providers"
	IAMAliases         Facet = "iam.account-aliases"
	IAMSummary         Facet = "iam.account-summary"
	IAMPasswordPolicy  Facet = "iam.password-policy"
	IAMCredentials     Facet = "iam.credentials" // passwords, MFA, root
	IAMAccessKeys      Facet = "iam.access-keys"
	IAMAccessKeyIDs    Facet = "iam.access-key-ids"
	IAMAccessKeyUse    Facet = "iam.access-key-last-used"
	IAMMFADevices      Facet = "iam.mfa-devices" // virtual ones
	IAMHardwareDevices Facet = "iam.mfa-hardware-devices"
	IAMSSHKeys         Facet = "iam.ssh-public-keys"

	IAMServiceCredentials Facet = "iam.service-specific-credentials"

	IAMPolicyDocuments     Facet = "iam.policy-documents"   // of the versions in force
	IAMBoundaryPolicies    Facet = "iam.boundary-policies"  // AWS's policies that only bound somebody
	IAMBoundaryDocuments   Facet = "iam.boundary-documents" // their documents
	IAMOIDCProviderDetails Facet = "iam.oidc-provider-details"
)

func iamKinds() []KindInfo {
	return []KindInfo{
		{User, "ARN", []Facet{IAMUsers}},
		{Group, "ARN", []Facet{IAMGroups}},
		{Role, "ARN", []Facet{IAMRoles}},
		{Policy, "ARN; managed policies", []Facet{IAMPolicies, IAMBoundaryPolicies, SSOSetPolicies}},
		{InlinePolicy, "its owner's ARN, `#`, its name", []Facet{IAMAttachments}},
		{InstanceProfile, "ARN", []Facet{IAMProfiles}},
		{SAMLProvider, "ARN", []Facet{IAMSAMLProviders}},
		{OIDCProvider, "ARN", []Facet{IAMOIDCProviders}},
		{AccessKey, "the key's ID; the user's ARN, `#`, slot where the ID was not read", []Facet{IAMAccessKeys, IAMCredentials}},
		{MFADevice, "serial number", []Facet{IAMMFADevices, IAMHardwareDevices}},
		{SSHKey, "its ID", []Facet{IAMSSHKeys}},
		{ServiceCredential, "its ID", []Facet{IAMServiceCredentials}},
		{Root, "ARN of the account's root user", []Facet{IAMCredentials}},
	}
}

// trustKinds are those whom trust policies let in and no other call tells of.
func trustKinds() []KindInfo {
	return []KindInfo{
		{Federated, "the provider, `#`, the claims that the trust policy wants", []Facet{IAMRoles}},
		{Service, "the service's principal, such as lambda.amazonaws.com", []Facet{IAMRoles}},
		{External, "an ARN, an account's root, or `*`", []Facet{IAMRoles}},
	}
}

// InlinePolicyID names a policy of a user, group or role.
func InlinePolicyID(owner, name string) ID { return InlinePolicy.ID(owner + "#" + name) }

// Inline gives the owner's ARN and the name of an InlinePolicy; ok is false for other IDs.
func (id ID) Inline() (owner, name string, ok bool) {
	at := strings.LastIndexByte(id.Key, '#') // which a path may have, and a name may not
	if id.Kind != InlinePolicy || at < 0 {
		return "", "", false
	}
	return id.Key[:at], id.Key[at+1:], true
}

// AccessKeySlot names an access key whose ID was not read, by its user and its
// slot in the credential report.
func AccessKeySlot(user string, slot int) ID { return AccessKey.ID(fmt.Sprintf("%s#%d", user, slot)) }

// Slot gives the user and the slot of an AccessKey whose ID was not read; ok is
// false for other IDs.
func (id ID) Slot() (user string, slot int, ok bool) {
	if id.Kind != AccessKey {
		return "", 0, false
	}
	user, number, found := strings.Cut(id.Key, "#")
	slot, err := strconv.Atoi(number)
	return user, slot, found && err == nil
}

// FederatedID is the ID of everybody with certain claims of a provider.
func FederatedID(provider, claims string) ID { return Federated.ID(provider + "#" + claims) }

// AccountIAMBody is what IAM says of an account.
type AccountIAMBody struct {
	Aliases        []string         `json:"aliases,omitempty"`
	Summary        map[string]int32 `json:"summary,omitempty"`
	PasswordPolicy any              `json:"password_policy,omitempty"`
}

// PrincipalBody is of a User, Group or Role.
type PrincipalBody struct {
	ID      string    `json:"id"`
	Path    string    `json:"path,omitempty"`
	Created time.Time `json:"created,omitzero"`
	// Trust is a role's trust policy, Linked the service of a service-linked
	// role.
	Trust  json.RawMessage `json:"trust,omitempty"`
	Linked string          `json:"service_linked,omitempty"`
}

// DetailBody is what only the fast call tells of a User or Role.
type DetailBody struct {
	Tags     Tags      `json:"tags,omitempty"`
	LastUsed *LastUsed `json:"last_used,omitempty"`
}

// PolicyBody is of a Policy or InlinePolicy: the version in force.
type PolicyBody struct {
	AWSManaged bool            `json:"aws_managed,omitempty"`
	Version    string          `json:"version,omitempty"`
	Path       string          `json:"path,omitempty"`
	Updated    time.Time       `json:"updated,omitzero"`
	Document   json.RawMessage `json:"document,omitempty"`
}

// PolicyDocument is the part of a Policy that is its document.
type PolicyDocument struct {
	Document json.RawMessage `json:"document,omitempty"`
}

// CredentialBody is what the credential report says of a User or Root. Of a user whom
// it does not know, other calls say it, but not when the password was changed.
type CredentialBody struct {
	Password        bool      `json:"password"`
	PasswordUsed    time.Time `json:"password_last_used,omitzero"`
	PasswordChanged time.Time `json:"password_last_changed,omitzero"`
	MFA             bool      `json:"mfa"`
	Certificates    int       `json:"certificates,omitempty"` // active signing certificates
}

// KeyBody is of an AccessKey. Its secret is never read.
type KeyBody struct {
	User    string    `json:"user"` // ARN
	Slot    int       `json:"slot,omitempty"`
	ID      string    `json:"id,omitempty"`
	Active  bool      `json:"active"`
	Created time.Time `json:"created,omitzero"`
	Used    *LastUsed `json:"last_used,omitempty"`
}

// MFABody is of an MFADevice.
type MFABody struct {
	User    string    `json:"user,omitempty"`
	Virtual bool      `json:"virtual"`
	Enabled time.Time `json:"enabled,omitzero"`
}

// SSHKeyBody is of an SSHKey.
type SSHKeyBody struct {
	User     string    `json:"user"` // ARN
	Active   bool      `json:"active"`
	Uploaded time.Time `json:"uploaded,omitzero"`
}

// ServiceCredentialBody is of a ServiceCredential. Its secret is never read.
type ServiceCredentialBody struct {
	User    string    `json:"user,omitempty"` // ARN
	Service string    `json:"service"`
	Alias   string    `json:"alias,omitempty"` // its user name, or an API key's public part
	Status  string    `json:"status"`          // Active, Inactive, Expired
	Created time.Time `json:"created,omitzero"`
	Expires time.Time `json:"expires,omitzero"`
}

// ProviderBody is of a SAMLProvider or OIDCProvider.
type ProviderBody struct {
	URL       string    `json:"url,omitempty"`
	Audiences []string  `json:"audiences,omitempty"`
	Created   time.Time `json:"created,omitzero"`
	Expires   time.Time `json:"expires,omitzero"`
}

// InstanceProfileBody is of an InstanceProfile.
type InstanceProfileBody struct {
	ID      string    `json:"id"`
	Path    string    `json:"path,omitempty"`
	Created time.Time `json:"created,omitzero"`
}

// FederatedBody is of a Federated user.
type FederatedBody struct {
	Provider string `json:"provider"`
	// Claims has the values that each condition key may have, as patterns of
	// StringLike: ${*} is an asterisk itself.
	Claims map[string][]string `json:"claims,omitempty"`
	// Also are claims that must hold as well and have no place in Claims.
	Also []Claim `json:"also,omitempty"`
}

// Claim is what a trust policy requires of one claim: one of the values.
type Claim struct {
	Key     string   `json:"key"`
	Values  []string `json:"values"`
	AnyCase bool     `json:"any_case,omitempty"`
}

// TrustBody is of a MayAssume edge: what a statement of the trust policy wants.
type TrustBody struct {
	Actions    []string         `json:"actions,omitempty"`
	Conditions []TrustCondition `json:"conditions,omitempty"`
	// AllBut are principals that a statement about everybody leaves out (NotPrincipal).
	AllBut []string `json:"all_but,omitempty"`
	// Or are further statements about the same principal: any of them counts.
	Or []TrustBody `json:"or,omitempty"`
	// Deny are statements that deny some of it, or all of it on conditions.
	Deny []TrustDenial `json:"deny,omitempty"`
}

// TrustDenial is a statement that denies what others of the trust policy allow.
type TrustDenial struct {
	Actions []string `json:"actions"`
	// Principals are those it denies, if it does not deny the edge's principal whole;
	// AllBut are those it exempts.
	Principals []string         `json:"principals,omitempty"`
	AllBut     []string         `json:"all_but,omitempty"`
	Conditions []TrustCondition `json:"conditions,omitempty"`
}

// TrustCondition is a condition of a trust.
type TrustCondition struct {
	Operator string   `json:"operator"`
	Key      string   `json:"key"`
	Values   []string `json:"values"`
}
