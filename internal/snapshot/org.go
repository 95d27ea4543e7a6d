package snapshot

import (
	"encoding/json"
	"time"
)

// The kinds of Organizations.
const (
	Organization Kind = "org.organization"
	Unit         Kind = "org.unit"
	Account      Kind = "org.account"
	OrgPolicy    Kind = "org.policy"
)

// The facets of Organizations.
const (
	OrgItself       Facet = "org.organization"
	OrgRoots        Facet = "org.roots"
	OrgUnits        Facet = "org.units"
	OrgAccounts     Facet = "org.accounts"
	OrgAccountUnits Facet = "org.account-units" // in which unit each account is
	OrgTags         Facet = "org.account-tags"
	OrgDelegates    Facet = "org.delegated-administrators"
	OrgDelegated    Facet = "org.delegated-services"

	OrgPolicies        Facet = "org.policies" // service control policies
	OrgPolicyDocuments Facet = "org.policy-documents"
	OrgPolicyTargets   Facet = "org.policy-targets"

	OrgResourcePolicies        Facet = "org.resource-control-policies"
	OrgResourcePolicyDocuments Facet = "org.resource-control-policy-documents"
	OrgResourcePolicyTargets   Facet = "org.resource-control-policy-targets"
)

func orgKinds() []KindInfo {
	return []KindInfo{
		{Organization, "ARN", []Facet{OrgItself}},
		{Unit, "ARN; a root is a unit", []Facet{OrgRoots, OrgUnits}},
		{Account, "the twelve digits", []Facet{OrgAccounts, DerivedAccounts}},
		{OrgPolicy, "ARN; service and resource control policies", []Facet{OrgPolicies, OrgResourcePolicies}},
	}
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
	State  string    `json:"state,omitempty"` // ACTIVE, SUSPENDED, PENDING_CLOSURE, or Departed
	Joined time.Time `json:"joined,omitzero"`
	Method string    `json:"joined_method,omitempty"`
}

// OrgPolicyBody is of an OrgPolicy.
type OrgPolicyBody struct {
	Type        string `json:"type"` // SERVICE_CONTROL_POLICY, RESOURCE_CONTROL_POLICY
	Description string `json:"description,omitempty"`
	AWSManaged  bool   `json:"aws_managed,omitempty"`
}

// OrgPolicyDocument is the part of an OrgPolicy that is its document.
type OrgPolicyDocument struct {
	Document json.RawMessage `json:"document,omitempty"`
}

// DelegatedBody is the part of an Account that administers services for its
// organization.
type DelegatedBody struct {
	Services []string `json:"delegated_services"` // such as sso.amazonaws.com
}
