package snapshot

import "encoding/json"

// Filter chooses entities. Empty fields choose all.
type Filter struct {
	// Connection is the one whose snapshot is asked.
	Connection string
	Kinds      []Kind
	Account    string
	// Name is a glob over name and key, without regard to case.
	Name string
	// At is the run whose snapshot is asked; 0 is the current one.
	At RunID
	// After is the last entity of the page before.
	After ID
	// Limit bounds the page; it must be positive.
	Limit int
}

// Life is when an entity or edge was in the snapshot.
type Life struct {
	// First is the run that saw it first, Last the last one that saw it.
	First RunID `json:"first_run"`
	Last  RunID `json:"last_run,omitempty"`
	// Gone is the run that no longer saw it; 0 while it is there.
	Gone RunID `json:"gone_run,omitempty"`
}

// Seen is an entity with its life.
type Seen struct {
	Entity
	Life
}

// Link is an edge with its life and with the names of its ends.
type Link struct {
	Edge
	FromName string `json:"from_name,omitempty"`
	ToName   string `json:"to_name,omitempty"`
	Life
}

// Grant is somebody holding an entitlement.
type Grant struct {
	Principal   ID       `json:"principal"`
	Relation    Relation `json:"relation"`
	Entitlement ID       `json:"entitlement"`
	// Via is the group that brings it; empty for what is held directly.
	Via *ID `json:"via,omitempty"`
	// Account is the entitlement's.
	Account         string          `json:"account,omitempty"`
	PrincipalName   string          `json:"principal_name,omitempty"`
	EntitlementName string          `json:"entitlement_name,omitempty"`
	ViaName         string          `json:"via_name,omitempty"`
	Body            json.RawMessage `json:"body,omitempty"`
}

// GrantFilter chooses grants. At least one of Principal, Entitlement and
// Account is to be set where there are many.
type GrantFilter struct {
	Principal   ID
	Entitlement ID
	Account     string
	// Direct and Inherited leave the others out.
	Direct, Inherited bool
	At                RunID
	Offset, Limit     int
}

// ChangeType is what happened.
type ChangeType string

// Count is how many entities of a kind an account has.
type Count struct {
	Kind    Kind
	Account string
	N       int
}

// The changes.
const (
	Appeared ChangeType = "appeared"
	Went     ChangeType = "went"
	Changed  ChangeType = "changed"
	// Renamed is a change of the name, or of the path in a user's or group's ARN.
	Renamed ChangeType = "renamed"
)

// Change is a difference between two runs' snapshots: of an entity, or of an
// edge, where Relation and To are set.
type Change struct {
	Type ChangeType `json:"change"`
	Run  RunID      `json:"run"`
	ID   ID         `json:"entity"`
	Name string     `json:"name,omitempty"`
	// NameBefore and KeyBefore are those that something had which was renamed.
	NameBefore string `json:"name_before,omitempty"`
	KeyBefore  string `json:"key_before,omitempty"`

	Account  string          `json:"account,omitempty"`
	Facet    Facet           `json:"facet,omitempty"`
	Relation Relation        `json:"relation,omitempty"`
	To       *ID             `json:"to,omitempty"`
	ToName   string          `json:"to_name,omitempty"`
	Before   json.RawMessage `json:"before,omitempty"`
	After    json.RawMessage `json:"after,omitempty"`
}

// ChangeFilter chooses changes after run From up to and with run To.
type ChangeFilter struct {
	From, To      RunID
	Kinds         []Kind
	Account       string
	Offset, Limit int
}
