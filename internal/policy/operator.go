package policy

import (
	"encoding/base64"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// operator is what a condition operator's name means, without its prefix and
// IfExists.
type operator struct {
	syntax  syntax
	negated bool
	// null marks the operator that looks at a key's presence only.
	null bool
	// test prepares one value of the document.
	test func(Pattern) test
}

// test reports whether a value of the request matches one of the document.
// What can't be read as the operator's type matches nothing.
type test func(value string, ctx Context) bool

// operators are AWS's, by name in lower case.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
var operators = map[string]operator{
	"stringequals":              {syntax: textual, test: sameText},
	"stringnotequals":           {syntax: textual, test: sameText, negated: true},
	"stringequalsignorecase":    {syntax: textual, test: sameFolded},
	"stringnotequalsignorecase": {syntax: textual, test: sameFolded, negated: true},
	"stringlike":                {syntax: wild, test: like},
	"stringnotlike":             {syntax: wild, test: like, negated: true},

	"arnequals":    {syntax: wild, test: likeARN},
	"arnlike":      {syntax: wild, test: likeARN},
	"arnnotequals": {syntax: wild, test: likeARN, negated: true},
	"arnnotlike":   {syntax: wild, test: likeARN, negated: true},

	"numericequals":            {test: number(func(c int) bool { return c == 0 })},
	"numericnotequals":         {test: number(func(c int) bool { return c == 0 }), negated: true},
	"numericlessthan":          {test: number(func(c int) bool { return c < 0 })},
	"numericlessthanequals":    {test: number(func(c int) bool { return c <= 0 })},
	"numericgreaterthan":       {test: number(func(c int) bool { return c > 0 })},
	"numericgreaterthanequals": {test: number(func(c int) bool { return c >= 0 })},

	"dateequals":            {test: date(func(c int) bool { return c == 0 })},
	"datenotequals":         {test: date(func(c int) bool { return c == 0 }), negated: true},
	"datelessthan":          {test: date(func(c int) bool { return c < 0 })},
	"datelessthanequals":    {test: date(func(c int) bool { return c <= 0 })},
	"dategreaterthan":       {test: date(func(c int) bool { return c > 0 })},
	"dategreaterthanequals": {test: date(func(c int) bool { return c >= 0 })},

	"bool":         {test: sameBool},
	"binaryequals": {test: sameBytes},
	"ipaddress":    {test: inNetwork},
	"notipaddress": {test: inNetwork, negated: true},
	"null":         {null: true},
}

// AWS fills policy variables in for the String and Arn operators only.
var (
	textual = syntax{variables: true}
	wild    = syntax{variables: true, wildcards: true}
)

func sameText(p Pattern) test {
	return func(value string, ctx Context) bool {
		want, ok := p.literal(ctx)
		return ok && value == want
	}
}

func sameFolded(p Pattern) test {
	return func(value string, ctx Context) bool {
		want, ok := p.literal(ctx)
		return ok && strings.EqualFold(value, want)
	}
}

func like(p Pattern) test { return p.match }

// likeARN serves the four Arn operators: ArnEquals means the same as ArnLike.
func likeARN(p Pattern) test {
	return func(value string, ctx Context) bool {
		code, ok := p.resolve(ctx)
		return ok && globARN(code, value)
	}
}

// number compares the request's value to the document's; holds gets the sign
// of their difference.
func number(holds func(sign int) bool) func(Pattern) test {
	return func(p Pattern) test {
		want, ok := parseNumber(p.src)
		return func(value string, _ Context) bool {
			got, gotOK := parseNumber(value)
			return ok && gotOK && holds(compare(got, want))
		}
	}
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	default:
		return 0
	}
}

func parseNumber(s string) (float64, bool) {
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil && !math.IsInf(f, 0) && !math.IsNaN(f)
}

func date(holds func(sign int) bool) func(Pattern) test {
	return func(p Pattern) test {
		want, ok := parseDate(p.src)
		return func(value string, _ Context) bool {
			got, gotOK := parseDate(value)
			return ok && gotOK && holds(got.Compare(want))
		}
	}
}

// parseDate reads the W3C's profile of ISO 8601, or seconds since 1970.
func parseDate(s string) (time.Time, bool) {
	if sec, err := strconv.ParseInt(s, 10, 64); err == nil {
		return time.Unix(sec, 0), true
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", time.DateOnly, "2006-01"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

func sameBool(p Pattern) test {
	want, ok := parseBool(p.src)
	return func(value string, _ Context) bool {
		got, gotOK := parseBool(value)
		return ok && gotOK && got == want
	}
}

func parseBool(s string) (value, ok bool) {
	yes := strings.EqualFold(s, "true")
	return yes, yes || strings.EqualFold(s, "false")
}

func sameBytes(p Pattern) test {
	want, err := base64.StdEncoding.DecodeString(p.src)
	return func(value string, _ Context) bool {
		got, gotErr := base64.StdEncoding.DecodeString(value)
		return err == nil && gotErr == nil && string(got) == string(want)
	}
}

func inNetwork(p Pattern) test {
	network, ok := parseNetwork(p.src)
	return func(value string, _ Context) bool {
		addr, err := netip.ParseAddr(value)
		return ok && err == nil && network.Contains(addr.Unmap())
	}
}

// parseNetwork reads a range in CIDR form, or one address.
func parseNetwork(s string) (netip.Prefix, bool) {
	if network, err := netip.ParsePrefix(s); err == nil {
		return network, true
	}
	addr, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Prefix{}, false
	}
	addr = addr.Unmap()
	return netip.PrefixFrom(addr, addr.BitLen()), true
}
