package snapshot

import (
	"encoding/json"
	"strings"
	"time"
)

// The kinds of Identity Center.
const (
	Instance      Kind = "sso.instance"
	SSOUser       Kind = "sso.user"
	SSOGroup      Kind = "sso.group"
	PermissionSet Kind = "sso.permission-set"
	AccountRole   Kind = "sso.account-role"
	Application   Kind = "sso.application"
	TokenIssuer   Kind = "sso.token-issuer"
)

// The facets of Identity Center.
const (
	SSOInstances    Facet = "sso.instances"
	SSOUsers        Facet = "sso.users"
	SSOUserStatus   Facet = "sso.user-status" // by SCIM
	SSOGroups       Facet = "sso.groups"
	SSOMemberships  Facet = "sso.memberships"
	SSOSets         Facet = "sso.permission-sets"
	SSOSetDetails   Facet = "sso.permission-set-details"
	SSOAccountRoles Facet = "sso.account-roles" // permission sets on accounts
	SSOAssignments  Facet = "sso.assignments"
	SSOTokenIssuers Facet = "sso.token-issuers"

	SSOApplications           Facet = "sso.applications"
	SSOApplicationAssignments Facet = "sso.application-assignments"

	// The policies of permission sets: AWS's own, the customers', inline ones.
	SSOSetPolicies         Facet = "sso.permission-set-policies"
	SSOSetCustomerPolicies Facet = "sso.permission-set-customer-policies"
	SSOSetInlinePolicies   Facet = "sso.permission-set-inline-policies"
	SSOSetBoundaries       Facet = "sso.permission-set-boundaries"
)

func ssoKinds() []KindInfo {
	return []KindInfo{
		{Instance, "ARN", []Facet{SSOInstances}},
		{SSOUser, "identity store's ID, `/`, user's ID", []Facet{SSOUsers}},
		{SSOGroup, "identity store's ID, `/`, group's ID", []Facet{SSOGroups}},
		{PermissionSet, "ARN", []Facet{SSOSets}},
		{AccountRole, "permission set's ARN, `@`, account", []Facet{SSOAccountRoles}},
		{Application, "ARN", []Facet{SSOApplications}},
		{TokenIssuer, "ARN", []Facet{SSOTokenIssuers}},
	}
}

// SSOUserID names a user of an identity store.
func SSOUserID(store, id string) ID { return SSOUser.ID(store + "/" + id) }

// SSOGroupID names a group of an identity store.
func SSOGroupID(store, id string) ID { return SSOGroup.ID(store + "/" + id) }

// InIdentityStore gives the identity store of an SSOUser or SSOGroup, and its
// ID there; ok is false for other IDs.
func (id ID) InIdentityStore() (store, inStore string, ok bool) {
	if id.Kind != SSOUser && id.Kind != SSOGroup {
		return "", "", false
	}
	return strings.Cut(id.Key, "/")
}

// AccountRoleID names a permission set on an account.
func AccountRoleID(set, account string) ID { return AccountRole.ID(set + "@" + account) }

// OnAccount gives the permission set's ARN and the account of an AccountRole;
// ok is false for other IDs.
func (id ID) OnAccount() (set, account string, ok bool) {
	if id.Kind != AccountRole {
		return "", "", false
	}
	return strings.Cut(id.Key, "@")
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
