package snapshot

import "slices"

// The facets that follow from others, without a call.
const (
	DerivedRoles  Facet = "derived.permission-set-roles"
	DerivedPeople Facet = "derived.people"
	// DerivedAccounts has the accounts that left the organization, and that Identity
	// Center still has permission sets on.
	DerivedAccounts Facet = "derived.departed-accounts"
)

// Derivation is a facet that follows from others. It has one cell for a connection.
type Derivation struct {
	Facet Facet
	// Base are the facets that it follows from. If a cell of one of them is a gap, so is
	// the cell of the derived facet.
	Base []Facet
}

// Derivations lists all derived facets, in the order in which they are derived.
func Derivations() []Derivation {
	return []Derivation{
		{DerivedRoles, []Facet{IAMRoles, SSOAccountRoles}},
		{DerivedAccounts, []Facet{OrgAccounts, SSOAccountRoles}},
		{DerivedPeople, []Facet{SSOUsers, IAMUsers, IAMUserDetails}},
	}
}

// Base returns the facets that a derived facet follows from; none for a facet that is
// read.
func (f Facet) Base() []Facet {
	for _, d := range Derivations() {
		if d.Facet == f {
			return d.Base
		}
	}
	return nil
}

// Derived reports whether a facet follows from others.
func (f Facet) Derived() bool {
	return slices.ContainsFunc(Derivations(), func(d Derivation) bool { return d.Facet == f })
}
