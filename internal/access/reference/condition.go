package reference

import (
	"strings"

	"github.com/hawser/hawser/internal/policy"
)

// Holds reports whether a condition is met. Variables says whether ${...} in its
// values is live.
//
// An absent key fails an operator, but meets a negated one, any ...IfExists,
// and ForAllValues. Several values under an operator without a set prefix,
// which AWS leaves open, count as ForAnyValue does, and for a negated operator
// as none of them matching.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
func Holds(c policy.Condition, variables bool, ctx Context) bool {
	values := ctx.Values(c.Key)
	matches := func(value string) bool {
		if ctx.ambiguous(c.Key) {
			return false
		}
		for _, want := range c.Values {
			if compare(c.Base, want, value, variables, ctx) {
				return true
			}
		}
		return false
	}
	switch {
	case c.Base == "Null":
		return nullHolds(c.Values, len(values) == 0)
	case c.Over == policy.OverAll:
		return holdsForAll(values, c.Negated(), matches)
	case c.Over == policy.OverAny:
		return holdsForAny(values, c, matches)
	case len(values) == 0:
		return c.Negated() || c.IfExists
	}
	for _, v := range values {
		if matches(v) {
			return !c.Negated()
		}
	}
	return c.Negated()
}

// nullHolds compares with what the document says of the key's absence.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Null
func nullHolds(wanted []string, absent bool) bool {
	for _, want := range wanted {
		if strings.EqualFold(want, "true") && absent || strings.EqualFold(want, "false") && !absent {
			return true
		}
	}
	return false
}

// holdsForAll skips empty values: AWS takes a set of them as no set.
func holdsForAll(values []string, negated bool, matches func(string) bool) bool {
	for _, v := range values {
		if v != "" && matches(v) == negated {
			return false
		}
	}
	return true
}

// holdsForAny skips empty values as well: with no others the key is absent.
func holdsForAny(values []string, c policy.Condition, matches func(string) bool) bool {
	empty := true
	for _, v := range values {
		if v == "" {
			continue
		}
		empty = false
		if matches(v) != c.Negated() {
			return true
		}
	}
	return empty && c.IfExists
}
