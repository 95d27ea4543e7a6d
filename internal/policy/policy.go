// Package policy is the only place in Hawser that reads IAM policy documents
// and decides whether they speak about a request. It is pure: no I/O, no
// clock, no state; a parsed Document may be shared between goroutines.
//
// One document is judged by itself. How several of them (identity, resource,
// boundary, session, organization) add up to an answer is not decided here.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
package policy

// Document is a parsed policy.
type Document struct {
	// Version is "2012-10-17" or "2008-10-17"; a document that names none is
	// of 2008-10-17, as in AWS.
	Version string
	// ID is the document's Id element, if any.
	ID string
	// Statements are in the order of the document.
	Statements []*Statement

	raw []byte
}

// Raw gives the bytes that were parsed, unchanged. The caller must not write
// to them.
func (d *Document) Raw() []byte { return d.raw }

// Effect is what a statement does when it matches.
type Effect string

// The two effects, spelled as in a document.
const (
	Allow Effect = "Allow"
	Deny  Effect = "Deny"
)

// Statement is one statement of a document. Of each pair Action/NotAction,
// Resource/NotResource and Principal/NotPrincipal at most one is not nil; an
// element that is there but empty is an empty, non-nil slice or value.
type Statement struct {
	// Index is the statement's place in its document, from 0.
	Index int
	// Sid is the statement's own name, which may be empty or repeated.
	Sid    string
	Effect Effect

	Principal, NotPrincipal *Principals
	Action, NotAction       []Pattern
	Resource, NotResource   []Pattern
	// Conditions must all hold. They are in the order of the document.
	Conditions []Condition
}

// Request is what is asked of a document.
type Request struct {
	// Principal is who asks; it matters only where a statement names
	// principals.
	Principal Principal
	// Action is "service:Action", in any case.
	Action string
	// Resource is the ARN of what is acted upon. Empty means that the action
	// has no resource, which AWS writes as "*".
	Resource string
	// Context holds the request's condition keys.
	Context Context
}

// Outcome is what a document says about a request.
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
	Statement *Statement
	// By says how the statement's Principal element found the principal; it
	// is ByNothing for a statement without one.
	By By
}

// Decision is what a document says and the statements that made it say so:
// every matching Deny if it is Denied, every matching Allow if it is Allowed,
// and none otherwise.
type Decision struct {
	Outcome Outcome
	Matches []Match
}

// Evaluate decides one request by this document alone: a matching Deny wins
// over any Allow, and what no statement matches is not matched.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
func (d *Document) Evaluate(r Request) Decision {
	r.Action = foldAction(r.Action)
	var out Decision
	for _, s := range d.Statements {
		effect := Allowed
		if s.Effect == Deny {
			effect = Denied
		}
		if effect < out.Outcome {
			continue
		}
		by, ok := s.applies(r)
		if !ok {
			continue
		}
		if effect > out.Outcome {
			out.Outcome, out.Matches = effect, nil
		}
		out.Matches = append(out.Matches, Match{s, by})
	}
	return out
}

// applies reports whether every element of s matches r, whose action is
// folded. The cheapest and most telling elements come first.
func (s *Statement) applies(r Request) (By, bool) {
	if !s.matchesFolded(r.Action) || !s.MatchesResource(r.Resource, r.Context) {
		return ByNothing, false
	}
	by, ok := s.MatchesPrincipal(r.Principal)
	return by, ok && s.ConditionsHold(r.Context)
}

// MatchesAction reports whether the statement's Action or NotAction covers an
// action, written "service:Action" in any case.
func (s *Statement) MatchesAction(action string) bool {
	return s.matchesFolded(foldAction(action))
}

func (s *Statement) matchesFolded(action string) bool {
	if s.NotAction != nil {
		return !anyMatch(s.NotAction, action, nil)
	}
	return anyMatch(s.Action, action, nil)
}

// MatchesResource reports whether the statement's Resource or NotResource
// covers an ARN, or "*" if it is empty. A statement with neither, as in a
// role's trust policy, covers whatever it is attached to.
func (s *Statement) MatchesResource(arn string, ctx Context) bool {
	if arn == "" {
		arn = "*"
	}
	switch {
	case s.NotResource != nil:
		return !anyMatch(s.NotResource, arn, ctx)
	case s.Resource != nil:
		return anyMatch(s.Resource, arn, ctx)
	default:
		return true
	}
}

// MatchesPrincipal reports whether the statement's Principal or NotPrincipal
// covers p, and by what. A statement with neither, as in an identity policy,
// covers whoever it is attached to.
func (s *Statement) MatchesPrincipal(p Principal) (By, bool) {
	switch {
	case s.NotPrincipal != nil && s.Effect == Deny:
		return ByException, !s.NotPrincipal.exempts(p)
	case s.NotPrincipal != nil:
		by := s.NotPrincipal.match(p)
		return ByException, by == ByNothing
	case s.Principal != nil:
		by := s.Principal.match(p)
		return by, by != ByNothing
	default:
		return ByNothing, true
	}
}

// ConditionsHold reports whether every condition of the statement holds.
func (s *Statement) ConditionsHold(ctx Context) bool {
	for i := range s.Conditions {
		if !s.Conditions[i].Holds(ctx) {
			return false
		}
	}
	return true
}

func anyMatch(patterns []Pattern, s string, ctx Context) bool {
	for i := range patterns {
		if patterns[i].match(s, ctx) {
			return true
		}
	}
	return false
}
