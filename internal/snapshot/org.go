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
	OrgItself    Facet = "org.organization"
	OrgUnits     Facet = "org.units"
	OrgAccounts  Facet = "org.accounts"
	OrgTags      Facet = "org.account-tags"
	OrgPolicies  Facet = "org.policies"
	OrgDelegates Facet = "org.delegated-administrators"
)

func orgKinds() []KindInfo {
	return []KindInfo{
		{Organization, "ARN", []Facet{OrgItself}},
		{Unit, "ARN; a root is a unit", []Facet{OrgUnits}},
		{Account, "the twelve digits", []Facet{OrgAccounts}},
		{OrgPolicy, "ARN; service and resource control policies", []Facet{OrgPolicies}},
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
	State  string    `json:"state,omitempty"` // ACTIVE, SUSPENDED, PENDING_CLOSURE
	Joined time.Time `json:"joined,omitzero"`
	Method string    `json:"joined_method,omitempty"`
}

// OrgPolicyBody is of an OrgPolicy.
type OrgPolicyBody struct {
	Type        string          `json:"type"` // SERVICE_CONTROL_POLICY, RESOURCE_CONTROL_POLICY
	Description string          `json:"description,omitempty"`
	AWSManaged  bool            `json:"aws_managed,omitempty"`
	Document    json.RawMessage `json:"document,omitempty"`
}

// ServicesBody is of an Administer edge.
type ServicesBody struct {
	Services []string `json:"services"`
}
