package s3

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/policy"
)

// public reports whether a bucket policy counts as public: it is unless every statement
// that allows grants to fixed values only.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
func public(doc *policy.Document) bool {
	return slices.ContainsFunc(doc.Statements, func(st *policy.Statement) bool {
		return st.Effect == policy.Allow && !namesSome(st.Principal) && !slices.ContainsFunc(st.Conditions, func(c policy.Condition) bool { return fixes(doc, c) })
	})
}

// namesSome reports whether a Principal element names some and not everybody.
func namesSome(p *policy.Principals) bool {
	return p != nil && !p.Everyone && !slices.Contains(slices.Concat(p.AWS, p.Service, p.Federated, p.CanonicalUser), "*")
}

// fixingKeys are the keys whose fixed values make a statement not public.
func fixingKeys() []string {
	return []string{
		"aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:sourcearn", "aws:sourcevpc", "aws:sourcevpce", "aws:sourceowner",
		"aws:sourceaccount", "aws:userid", "aws:sourceip", "s3:x-amz-server-side-encryption-aws-kms-key-id", "s3:dataaccesspointarn", "s3:dataaccesspointaccount",
	}
}

// fixes reports whether a condition wants one of the keys to have one of some fixed
// values. A condition that also holds without the key fixes nothing.
func fixes(doc *policy.Document, c policy.Condition) bool {
	key := strings.ToLower(c.Key)
	if !slices.Contains(fixingKeys(), key) || c.Negated() || c.IfExists || c.Over == policy.OverAll || c.Base == "Null" || len(c.Values) == 0 {
		return false
	}
	return !slices.ContainsFunc(c.Values, func(value string) bool { return !isFixed(doc, c, key, value) })
}

// isFixed reports whether a value stands for itself.
func isFixed(doc *policy.Document, c policy.Condition, key, value string) bool {
	switch {
	case doc.HasVariables() && strings.Contains(value, "${"):
		return false
	case key == "aws:sourceip":
		return isNarrow(value)
	case key == "s3:dataaccesspointarn": // the name of the access point may be any, in an account
		a, ok := arn.Parse(value)
		return ok && arn.IsAccount(a.Account)
	}
	wild := strings.HasSuffix(c.Base, "Like") || strings.HasPrefix(c.Base, "Arn")
	return !wild || !strings.ContainsAny(value, "*?")
}

// isNarrow reports whether a range of addresses is not too broad: at least 8 bits of an
// IPv4 address are fixed, 32 of an IPv6 address.
func isNarrow(value string) bool {
	if _, err := netip.ParseAddr(value); err == nil {
		return true
	}
	block, err := netip.ParsePrefix(value)
	if err != nil {
		return false
	}
	if block.Addr().Is4() {
		return block.Bits() >= 8
	}
	return block.Bits() >= 32
}
