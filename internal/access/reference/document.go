package reference

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hawser/hawser/internal/policy"
)

// Request is what is asked.
type Request struct {
	// Principal is who asks.
	Principal Principal
	// Action is "service:Action", in any case.
	Action string
	// Resource is the ARN of what is acted upon. Empty means that the action
	// has no resource, which AWS writes as "*".
	Resource string
	// ResourceAccount is the account of the resource. Empty: the ARN's, and the
	// principal's where the ARN has none.
	ResourceAccount string
	// Context holds the request's condition keys.
	Context Context
}

// Outcome is what one document says about a request.
type Outcome int

// The outcomes. NotMatched is what AWS calls an implicit deny.
const (
	NotMatched Outcome = iota
	Allowed
	Denied
)

// String gives "not matched", "allowed" or "denied".
func (o Outcome) String() string {
	return [...]string{"not matched", "allowed", "denied"}[o]
}

// Match is a statement that applies to a request.
type Match struct {
	Statement *policy.Statement
	// By says how the statement's Principal element found the principal; it
	// is ByNothing for a statement without one.
	By By
}

// Answer is what a document says and the statements that made it say so: every
// matching Deny if it is Denied, every matching Allow if it is Allowed, and none
// otherwise.
type Answer struct {
	Outcome Outcome
	Matches []Match
}

// Evaluate decides one request by one document alone: a matching Deny wins over any
// Allow, and what no statement matches is not matched.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
func Evaluate(d *policy.Document, r Request) Answer {
	var allows, denies []Match
	for _, s := range d.Statements {
		by, ok := applies(s, d.HasVariables(), r)
		switch {
		case !ok:
		case s.Effect == policy.Deny:
			denies = append(denies, Match{s, by})
		default:
			allows = append(allows, Match{s, by})
		}
	}
	switch {
	case len(denies) > 0:
		return Answer{Denied, denies}
	case len(allows) > 0:
		return Answer{Allowed, allows}
	default:
		return Answer{}
	}
}

// applies reports whether every element of a statement matches a request.
func applies(s *policy.Statement, variables bool, r Request) (By, bool) {
	if !MatchesAction(s, r.Action) || !matchesResource(s, r, variables) {
		return ByNothing, false
	}
	by, ok := matchesPrincipal(s, r.Principal)
	if !ok {
		return ByNothing, false
	}
	for _, c := range s.Conditions {
		if !Holds(c, variables, r.Context) {
			return ByNothing, false
		}
	}
	return by, true
}

// MatchesAction reports whether a statement's Action or NotAction covers an
// action, written "service:Action" in any case.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
func MatchesAction(s *policy.Statement, action string) bool {
	list := s.Action
	if s.NotAction != nil {
		list = s.NotAction
	}
	action = strings.ToLower(action)
	found := slices.ContainsFunc(list, func(pattern string) bool {
		if beginsOtherwise(pattern, action) {
			return false
		}
		code, _ := compile(strings.ToLower(pattern), syntax{wildcards: true}, nil)
		return glob(code, action)
	})
	return found == (s.NotAction == nil)
}

// beginsOtherwise reports whether what stands before the first wildcard of a pattern
// differs from the beginning of an action in lower case, so that the two can't match.
// Policies of AWS have more than a thousand patterns, most of them of other services.
func beginsOtherwise(pattern, action string) bool {
	for i := range len(pattern) {
		c := pattern[i]
		switch {
		case c == '*' || c == '?' || c >= utf8.RuneSelf:
			return false
		case i == len(action):
			return true
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		}
		if action[i] >= utf8.RuneSelf {
			return false
		}
		if c != action[i] {
			return true
		}
	}
	return false
}

// matchesResource reports whether a statement's Resource or NotResource covers the
// resource. A statement with neither, as in a role's trust policy, covers whatever
// it is attached to.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
func matchesResource(s *policy.Statement, r Request, variables bool) bool {
	list := s.Resource
	if s.NotResource != nil {
		list = s.NotResource
	}
	if list == nil {
		return true
	}
	found := false
	for _, pattern := range list {
		code, ok := compile(pattern, syntax{variables: variables, wildcards: true, resource: true}, r.Context)
		found = found || ok && glob(code, r.resource())
	}
	return found == (s.NotResource == nil)
}

// resource is what Resource elements are compared with.
func (r Request) resource() string {
	switch {
	case r.Resource != "" && r.Resource != "*":
		return r.Resource
	case strings.EqualFold(r.Action, "s3:ListAllMyBuckets"):
		// The action has no resource, but AWS's own examples grant it on all buckets:
		// https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-policies-s3.html
		return "arn:" + r.Principal.partition() + ":s3:::*"
	default:
		return "*"
	}
}

// matchesPrincipal reports whether a statement's Principal or NotPrincipal covers a
// principal, and by what. A statement with neither, as in an identity policy, covers
// whoever it is attached to.
func matchesPrincipal(s *policy.Statement, p Principal) (By, bool) {
	switch {
	case s.NotPrincipal != nil && s.Effect == policy.Deny:
		return ByException, !exempts(s.NotPrincipal, p)
	case s.NotPrincipal != nil:
		return ByException, matchPrincipals(s.NotPrincipal, p) == ByNothing
	case s.Principal != nil:
		by := matchPrincipals(s.Principal, p)
		return by, by != ByNothing
	default:
		return ByNothing, true
	}
}
