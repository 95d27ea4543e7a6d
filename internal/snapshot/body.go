package snapshot

import (
	"encoding/json"
	"time"
)

// The bodies of entities, by kind and facet, follow AWS's own names. Times are
// UTC; what AWS did not say is left out.

// Tags are an entity's tags.
type Tags map[string]string

// TagsBody is the part of an entity that a facet of tags alone adds.
type TagsBody struct {
	Tags Tags `json:"tags,omitempty"`
}

// OrganizationBody is of an Organization.
type OrganizationBody struct {
	ID                string `json:"id"`
	ManagementAccount string `json:"management_account"`
	FeatureSet        string `json:"feature_set,omitempty"`
}

// AccountBody is of an Account.
type AccountBody struct {
	Email  string    `json:"email,omitempty"`
	State  string    `json:"state,omitempty"` // ACTIVE, SUSPENDED, PENDING_CLOSURE
	Joined time.Time `json:"joined,omitzero"`
	Method string    `json:"joined_method,omitempty"`
}

// AccountIAMBody is what IAM says of an account.
type AccountIAMBody struct {
	Aliases        []string         `json:"aliases,omitempty"`
	Summary        map[string]int32 `json:"summary,omitempty"`
	PasswordPolicy any              `json:"password_policy,omitempty"`
}

// OrgPolicyBody is of an OrgPolicy.
type OrgPolicyBody struct {
	Type        string          `json:"type"` // SERVICE_CONTROL_POLICY, RESOURCE_CONTROL_POLICY
	Description string          `json:"description,omitempty"`
	AWSManaged  bool            `json:"aws_managed,omitempty"`
	Document    json.RawMessage `json:"document,omitempty"`
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

// LastUsed is when and where something was used last.
type LastUsed struct {
	At      time.Time `json:"at,omitzero"`
	Region  string    `json:"region,omitempty"`
	Service string    `json:"service,omitempty"`
}

// PolicyBody is of a Policy or InlinePolicy: the version in force.
type PolicyBody struct {
	AWSManaged bool            `json:"aws_managed,omitempty"`
	Version    string          `json:"version,omitempty"`
	Path       string          `json:"path,omitempty"`
	Updated    time.Time       `json:"updated,omitzero"`
	Document   json.RawMessage `json:"document,omitempty"`
}

// CredentialBody is what the credential report says of a User or Root.
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

// InstanceBody is of an Instance of Identity Center.
type InstanceBody struct {
	IdentityStore string `json:"identity_store"`
	Owner         string `json:"owner_account,omitempty"`
	Region        string `json:"region"`
	Status        string `json:"status,omitempty"`
}

// SSOUserBody is of an SSOUser.
type SSOUserBody struct {
	UserName    string   `json:"user_name"`
	DisplayName string   `json:"display_name,omitempty"`
	Emails      []string `json:"emails,omitempty"`
	ExternalIDs []string `json:"external_ids,omitempty"`
	Status      string   `json:"status,omitempty"` // ENABLED or DISABLED
	Title       string   `json:"title,omitempty"`
}

// StatusBody is the part of an SSOUser that SCIM tells.
type StatusBody struct {
	Status string `json:"status"` // ENABLED or DISABLED
}

// SSOGroupBody is of an SSOGroup.
type SSOGroupBody struct {
	Description string   `json:"description,omitempty"`
	ExternalIDs []string `json:"external_ids,omitempty"`
}

// PermissionSetBody is of a PermissionSet.
type PermissionSetBody struct {
	Description     string    `json:"description,omitempty"`
	SessionDuration string    `json:"session_duration,omitempty"` // ISO 8601
	RelayState      string    `json:"relay_state,omitempty"`
	Created         time.Time `json:"created,omitzero"`
}

// PermissionSetPolicies are the policies of a PermissionSet.
type PermissionSetPolicies struct {
	AWSManaged      []string        `json:"aws_managed_policies,omitempty"`      // ARNs
	CustomerManaged []NamedPolicy   `json:"customer_managed_policies,omitempty"` // of each account
	Inline          json.RawMessage `json:"inline_policy,omitempty"`
	Boundary        *BoundaryOfASet `json:"permissions_boundary,omitempty"`
}

// NamedPolicy is a policy that each account is to have.
type NamedPolicy struct {
	Name string `json:"name"`
	Path string `json:"path,omitempty"`
}

// BoundaryOfASet is the boundary of a PermissionSet: one of the two.
type BoundaryOfASet struct {
	AWSManaged      string       `json:"aws_managed,omitempty"`
	CustomerManaged *NamedPolicy `json:"customer_managed,omitempty"`
}

// ApplicationBody is of an Application of Identity Center.
type ApplicationBody struct {
	Provider    string `json:"provider,omitempty"`
	Description string `json:"description,omitempty"`
	Status      string `json:"status,omitempty"`
	Account     string `json:"account,omitempty"`
}

// FederatedBody is of a Federated user.
type FederatedBody struct {
	Provider string              `json:"provider"`
	Claims   map[string][]string `json:"claims,omitempty"` // condition key to the values that it may have
}

// TrustBody is of a MayAssume edge: what a statement of the trust policy wants.
type TrustBody struct {
	Actions    []string         `json:"actions,omitempty"`
	Conditions []TrustCondition `json:"conditions,omitempty"`
	Except     bool             `json:"except,omitempty"` // NotPrincipal: everybody but this one
	// Or are further statements about the same principal: any of them counts.
	Or []TrustBody `json:"or,omitempty"`
}

// TrustCondition is a condition of a trust.
type TrustCondition struct {
	Operator string   `json:"operator"`
	Key      string   `json:"key"`
	Values   []string `json:"values"`
}

// PersonBody is of a Person.
type PersonBody struct {
	Email string `json:"email,omitempty"`
	By    string `json:"by"` // email, user-name or mapping
}

// ServicesBody is of an Administer edge.
type ServicesBody struct {
	Services []string `json:"services"`
}
