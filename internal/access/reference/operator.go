package reference

import (
	"encoding/base64"
	"math/big"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// compare reports whether a value of the request matches one of the document under
// an operator, before negation. What can't be read as the operator's type matches
// nothing.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
func compare(base, want, value string, variables bool, ctx Context) bool {
	switch base {
	case "StringEquals", "StringNotEquals":
		text, ok := compile(want, syntax{variables: variables}, ctx)
		return ok && value == string(text)
	case "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase":
		text, ok := compile(want, syntax{variables: variables}, ctx)
		return ok && strings.EqualFold(value, string(text))
	case "StringLike", "StringNotLike":
		code, ok := compile(want, syntax{variables: variables, wildcards: true}, ctx)
		return ok && glob(code, value)
	case "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike": // ArnEquals means the same as ArnLike
		code, ok := compile(want, syntax{variables: variables, wildcards: true}, ctx)
		return ok && globARN(code, value)
	case "Bool":
		a, aOK := parseBool(want)
		b, bOK := parseBool(value)
		return aOK && bOK && a == b
	case "BinaryEquals":
		a, aErr := base64.StdEncoding.DecodeString(want)
		b, bErr := base64.StdEncoding.DecodeString(value)
		return aErr == nil && bErr == nil && string(a) == string(b)
	case "IpAddress", "NotIpAddress":
		network, ok := parseNetwork(want)
		addr, err := netip.ParseAddr(value)
		return ok && err == nil && network.Contains(addr.Unmap())
	}
	if of, ok := strings.CutPrefix(base, "Numeric"); ok {
		a, aOK := parseNumber(value)
		b, bOK := parseNumber(want)
		return aOK && bOK && holds(of, a.Cmp(b))
	}
	if of, ok := strings.CutPrefix(base, "Date"); ok {
		a, aOK := parseDate(value)
		b, bOK := parseDate(want)
		return aOK && bOK && holds(of, a.Compare(b))
	}
	return false
}

// holds reports whether an ordering of two values is what an operator asks for.
func holds(operator string, sign int) bool {
	switch operator {
	case "LessThan":
		return sign < 0
	case "LessThanEquals":
		return sign <= 0
	case "GreaterThan":
		return sign > 0
	case "GreaterThanEquals":
		return sign >= 0
	default: // Equals and NotEquals
		return sign == 0
	}
}

var decimal = regexp.MustCompile(`^[+-]?[0-9]{1,60}(\.[0-9]{1,60})?$`)

// parseNumber reads an integer or a decimal number, exactly.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Numeric
func parseNumber(s string) (*big.Rat, bool) {
	if !decimal.MatchString(s) {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}

// parseDate reads the W3C's profile of ISO 8601, or seconds since 1970.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date
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

func parseBool(s string) (value, ok bool) {
	yes := strings.EqualFold(s, "true")
	return yes, yes || strings.EqualFold(s, "false")
}

// parseNetwork reads a range in CIDR form, or one address.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IPAddress
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
