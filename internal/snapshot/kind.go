package snapshot

import "slices"

// Kind is the type of an entity, such as "iam.user".
type Kind string

// KindInfo describes a kind.
type KindInfo struct {
	Kind Kind
	// Key says what the keys of its entities are.
	Key string
	// Facets are those that tell that an entity of the kind is there. Where one
	// was not read, an entity that is not in the snapshot may exist.
	Facets []Facet
}

// ID names an entity of the kind.
func (k Kind) ID(key string) ID { return ID{k, key} }

// KindTable describes all kinds.
func KindTable() []KindInfo {
	return slices.Concat(orgKinds(), iamKinds(), ssoKinds(), trustKinds(), derivedKinds())
}

// Kinds lists all kinds.
func Kinds() []Kind {
	var kinds []Kind
	for _, info := range KindTable() {
		kinds = append(kinds, info.Kind)
	}
	return kinds
}
