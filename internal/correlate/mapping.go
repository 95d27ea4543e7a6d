package correlate

import (
	"maps"
	"slices"
	"strings"
)

// Mapping gives identities to people by hand: the person's email or name to the
// identities' keys or names.
type Mapping map[string][]string

// inverse gives the person of each identity.
func (m Mapping) inverse() map[string]string {
	out := map[string]string{}
	for person, identities := range m {
		for _, i := range identities {
			out[strings.ToLower(i)] = strings.ToLower(person)
		}
	}
	return out
}

// people gives the persons that it names.
func (m Mapping) people() map[string]bool {
	out := map[string]bool{}
	for person := range m {
		out[strings.ToLower(person)] = true
	}
	return out
}

// Shared returns an identity that the mapping gives to two people, with both; ok is
// false if there is none.
func (m Mapping) Shared() (identity, one, other string, ok bool) {
	of := map[string]string{}
	for _, person := range slices.Sorted(maps.Keys(m)) {
		for _, i := range m[person] {
			folded := strings.ToLower(i)
			if before, given := of[folded]; given && !strings.EqualFold(before, person) {
				return i, before, person, true
			}
			of[folded] = person
		}
	}
	return "", "", "", false
}
