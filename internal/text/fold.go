package text

import (
	"slices"
	"strings"
)

// DifferInCase returns the first two of some names that differ in case alone, in sorted
// order; ok is false if there are none.
func DifferInCase(names []string) (one, other string, ok bool) {
	seen := make(map[string]string, len(names))
	for _, name := range slices.Sorted(slices.Values(names)) {
		folded := strings.ToLower(name)
		if one, ok = seen[folded]; ok {
			return one, name, true
		}
		seen[folded] = name
	}
	return "", "", false
}
