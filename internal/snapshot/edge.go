package snapshot

import "encoding/json"

// Relation is the type of an edge.
type Relation string

// The relations, written as "from relation to".
const (
	MemberOf   Relation = "member-of"
	Attached   Relation = "attached"
	Boundary   Relation = "boundary"
	MayAssume  Relation = "may-assume"
	Assigned   Relation = "assigned"
	Grants     Relation = "grants"
	Became     Relation = "became"
	In         Relation = "in"
	Governs    Relation = "governs"
	Owns       Relation = "owns"
	Holds      Relation = "holds"
	Federates  Relation = "federates"
	Is         Relation = "is"
	Administer Relation = "administers"
)

// RelationInfo describes a relation.
type RelationInfo struct {
	Relation Relation
	// From and To say what it joins.
	From, To string
	// Granting tells that an edge is a grant: its From holds its To, an
	// entitlement.
	Granting bool
	// Holding is what the relation is called where everything that somebody
	// holds is shown; empty where it is not part of that.
	Holding string
}

// Relations describes all relations. Those that show what somebody holds come
// first, in the order in which they are shown.
func Relations() []RelationInfo {
	return []RelationInfo{
		{MemberOf, "user", "group", true, "member of"},
		{Attached, "user, group, role or permission set", "policy, inline ones too", true, "has"},
		{Assigned, "user or group of Identity Center", "account role or application", true, "assigned"},
		{Grants, "account role", "its permission set", false, "permission set"},
		{Became, "account role", "the IAM role that it was provisioned as", false, "as"},
		{MayAssume, "whoever the trust policy names", "role", true, "may assume"},
		{Boundary, "user or role", "the policy that bounds it", false, "bounded by"},
		{Owns, "user or root user", "access key, MFA device, SSH public key or service-specific credential", false, "owns"},
		{In, "account, unit or account role", "the unit above it; the account role's account", false, ""},
		{Governs, "organization policy", "unit or account", false, ""},
		{Holds, "instance profile", "role", false, ""},
		{Federates, "provider", "federated user", false, ""},
		{Is, "person", "an identity of theirs", false, ""},
		{Administer, "account", "the organization; the account's body has the services", false, ""},
	}
}

// Granting reports whether an edge of the relation is a grant.
func (r Relation) Granting() bool {
	for _, info := range Relations() {
		if info.Relation == r {
			return info.Granting
		}
	}
	return false
}

// Edge is a relation between two entities. Body is a JSON object with what is
// known of the relation itself, such as the conditions of a trust; it is nil
// where nothing is.
type Edge struct {
	From     ID              `json:"from"`
	Relation Relation        `json:"relation"`
	To       ID              `json:"to"`
	Body     json.RawMessage `json:"body,omitempty"`
}
