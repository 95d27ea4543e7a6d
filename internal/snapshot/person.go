package snapshot

// Person is somebody with one or more identities.
const Person Kind = "person"

// The facets that follow from others, without a call.
const (
	DerivedRoles  Facet = "derived.permission-set-roles"
	DerivedPeople Facet = "derived.people"
)

func derivedKinds() []KindInfo {
	return []KindInfo{{Person, "email or user name, in lower case", []Facet{DerivedPeople}}}
}

// PersonBody is of a Person.
type PersonBody struct {
	Email string `json:"email,omitempty"`
	By    string `json:"by"` // email, user-name or mapping
}
