// Package policy is the only place in Hawser that reads IAM policy documents: their
// grammar and their types. What a document says about a request is decided by
// evaluators, such as access/reference, which share nothing but this package. It is
// pure: no I/O, no clock, no state; a parsed Document may be shared between goroutines.
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
	// named is set where the document itself names its version.
	named bool
}

// Raw gives the bytes that were parsed, unchanged. The caller must not write
// to them.
func (d *Document) Raw() []byte { return d.raw }

// HasVariables reports whether ${...} in the document stands for a value of the
// request. In older versions it is text.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
func (d *Document) HasVariables() bool { return d.Version == current }

const current = "2012-10-17"

// Effect is what a statement does when it matches.
type Effect string

// The two effects, spelled as in a document.
const (
	Allow Effect = "Allow"
	Deny  Effect = "Deny"
)

// Statement is one statement of a document. Of each pair Action/NotAction,
// Resource/NotResource and Principal/NotPrincipal at most one is not nil; an
// element that is there but empty is an empty, non-nil slice or value. All texts
// are as in the document.
type Statement struct {
	// Index is the statement's place in its document, from 0.
	Index int
	// Sid is the statement's own name, which may be empty or repeated.
	Sid    string
	Effect Effect

	Principal, NotPrincipal *Principals
	Action, NotAction       []string
	Resource, NotResource   []string
	// Conditions must all hold. They are in the order of the document.
	Conditions []Condition
}

// Principals is a Principal or NotPrincipal element.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
type Principals struct {
	// Everyone is set by "Principal": "*". It is the same as a "*" in AWS.
	Everyone bool
	// The lists are as in the document.
	AWS, Service, Federated, CanonicalUser []string
}
