package iam

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/hawser/hawser/internal/access/reference"
	"github.com/hawser/hawser/internal/policy"
	"github.com/hawser/hawser/internal/snapshot"
)

// claims are what the conditions of a trust policy require of the claims of a
// provider's users. All of them must hold.
type claims []snapshot.Claim

// claimsOf returns the claims that a user must have: the keys of the provider that
// are compared as strings. A condition that holds without its key requires none, and
// other operators say nothing of a claim's text; the edge has them as conditions.
func claimsOf(conditions []policy.Condition) claims {
	byKey := map[string][]policy.Condition{}
	for _, c := range conditions {
		key := strings.ToLower(c.Key)
		if strings.HasPrefix(key, "aws:") || strings.HasPrefix(key, "sts:") {
			continue
		}
		byKey[key] = append(byKey[key], c)
	}
	var all claims
	for key, about := range byKey {
		all = append(all, claimsAbout(key, about)...)
	}
	slices.SortFunc(all, func(a, b snapshot.Claim) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), slices.Compare(a.Values, b.Values), cmp.Compare(textOf(a), textOf(b)))
	})
	return slices.CompactFunc(all, func(a, b snapshot.Claim) bool { return textOf(a) == textOf(b) })
}

// claimsAbout returns the claims about one key.
func claimsAbout(key string, about []policy.Condition) claims {
	var all claims
	for _, c := range about {
		if !requires(c) {
			continue
		}
		values := slices.Clone(c.Values)
		if !hasPattern(c) && !hasVariable(about) && allOfOne(about) {
			values = slices.DeleteFunc(values, func(v string) bool { return !allows(about, v) })
			if len(values) > 0 {
				return claims{claimOf(key, c, values)} // what the others require is met
			}
			values = slices.Clone(c.Values) // nobody has them; the claims show why
		}
		all = append(all, claimOf(key, c, values))
	}
	return all
}

// requires reports whether a condition can't hold without its key, and compares its
// text.
func requires(c policy.Condition) bool {
	switch c.Base {
	case "StringEquals", "StringEqualsIgnoreCase", "StringLike":
		return !c.IfExists && c.Over != policy.OverAll
	default:
		return false
	}
}

// hasPattern reports whether a condition's values stand for more than themselves.
func hasPattern(c policy.Condition) bool {
	switch c.Base {
	case "StringEquals":
		return false
	case "StringLike":
		return slices.ContainsFunc(c.Values, func(v string) bool { return strings.ContainsAny(v, "*?") })
	default:
		return true
	}
}

// hasVariable reports whether a value depends on the request.
func hasVariable(about []policy.Condition) bool {
	return slices.ContainsFunc(about, func(c policy.Condition) bool {
		return slices.ContainsFunc(c.Values, func(v string) bool { return strings.Contains(v, "${") })
	})
}

// allOfOne reports whether all conditions are about a key with a single value.
func allOfOne(about []policy.Condition) bool {
	return !slices.ContainsFunc(about, func(c policy.Condition) bool { return c.Over != policy.OverOne })
}

// allows reports whether a claim with this value meets all conditions about it.
func allows(about []policy.Condition, value string) bool {
	return !slices.ContainsFunc(about, func(c policy.Condition) bool {
		return !reference.Holds(c, false, reference.Context{c.Key: {value}})
	})
}

// claimOf returns a claim whose values are patterns as StringLike has them.
func claimOf(key string, c policy.Condition, values []string) snapshot.Claim {
	if c.Base != "StringLike" {
		literal := strings.NewReplacer("*", "${*}", "?", "${?}")
		for i, v := range values {
			values[i] = literal.Replace(v)
		}
	}
	slices.Sort(values)
	return snapshot.Claim{Key: key, Values: slices.Compact(values), AnyCase: c.Base == "StringEqualsIgnoreCase"}
}

// body returns the body of the users who have the claims. Of several claims about
// one key the first is in the map.
func (cs claims) body(provider string) snapshot.FederatedBody {
	body := snapshot.FederatedBody{Provider: provider}
	for _, c := range cs {
		if _, there := body.Claims[c.Key]; there || c.AnyCase {
			body.Also = append(body.Also, c)
			continue
		}
		if body.Claims == nil {
			body.Claims = map[string][]string{}
		}
		body.Claims[c.Key] = c.Values
	}
	return body
}

// String writes claims in one line.
func (cs claims) String() string {
	var parts []string
	for _, c := range cs {
		parts = append(parts, textOf(c))
	}
	return strings.Join(parts, " ")
}

// textOf writes one claim. Values that could be taken for several are quoted.
func textOf(c snapshot.Claim) string {
	values := make([]string, len(c.Values))
	for i, v := range c.Values {
		if values[i] = v; strings.ContainsAny(v, ` |"`) {
			values[i] = strconv.Quote(v)
		}
	}
	text := c.Key + "=" + strings.Join(values, "|")
	if c.AnyCase {
		text += " (any case)"
	}
	return text
}
