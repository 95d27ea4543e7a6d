package snapshot

import "encoding/json"

// Relation is the type of an edge.
type Relation string

// The relations, written as "from relation to".
const (
	MemberOf   Relation = "member-of"   // user to group; grants
	Attached   Relation = "attached"    // user, group or role to policy, inline ones too; grants
	Boundary   Relation = "boundary"    // user or role to the policy that bounds it
	MayAssume  Relation = "may-assume"  // principal to the role whose trust policy names it; grants
	Assigned   Relation = "assigned"    // Identity Center's user or group to an account role or application; grants
	Grants     Relation = "grants"      // account role to its permission set
	Became     Relation = "became"      // account role to the IAM role it was provisioned as
	In         Relation = "in"          // account or unit to the unit above it; account role to its account
	Governs    Relation = "governs"     // organization policy to unit or account
	Owns       Relation = "owns"        // user to access key or MFA device
	Holds      Relation = "holds"       // instance profile to role
	Federates  Relation = "federates"   // provider to federated user
	Is         Relation = "is"          // person to an identity of theirs
	Administer Relation = "administers" // account to the organization, for the services in the body
)

// Granting tells whether an edge of the relation is a grant: its To, an
// entitlement, is held by its From.
func (r Relation) Granting() bool {
	switch r {
	case MemberOf, Attached, MayAssume, Assigned:
		return true
	}
	return false
}

// Edge is a relation between two entities. Body is a JSON object with what is
// known of the relation itself, such as the conditions of a trust; it may be
// nil.
type Edge struct {
	From     ID              `json:"from"`
	Relation Relation        `json:"relation"`
	To       ID              `json:"to"`
	Body     json.RawMessage `json:"body,omitempty"`
}
