package snapshot

import (
	"strings"

	"github.com/hawser/hawser/internal/arn"
)

// Person is somebody with one or more identities.
const Person Kind = "person"

func derivedKinds() []KindInfo {
	return []KindInfo{{Person, "the organization's ID or the account, `/`, email or user name in lower case", []Facet{DerivedPeople}}}
}

// PersonID names a person of an organization, by its ID, or of an account that is in
// none. A person whom the configuration names is of all organizations: where is empty.
func PersonID(where, name string) ID {
	if where == "" {
		return Person.ID(name)
	}
	return Person.ID(where + "/" + name)
}

// PersonName gives the email or user name of a Person, and the organization or account
// that the person is of; where is empty for a person of all.
func (id ID) PersonName() (name, where string) {
	where, name, ok := strings.Cut(id.Key, "/")
	if !ok || !strings.HasPrefix(where, "o-") && !arn.IsAccount(where) {
		return id.Key, ""
	}
	return name, where
}

// PersonBody is of a Person.
type PersonBody struct {
	Email string `json:"email,omitempty"`
	By    string `json:"by"` // email, user-name or mapping
}
