// Package fault is the one error that crosses Hawser's rooms and doors: a
// closed list of kinds, what was being done, what happened, why, and how to
// fix it. Every text in it is safe to show to whoever asked; the wrapped
// error may hold more and is for logs inside the process only.
package fault

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Error is a failure that somebody can act on.
type Error struct {
	// Kind decides exit code and HTTP status; nothing else may.
	Kind Kind `json:"kind"`
	// Op is what was being done: a tool ("s3.get") or an AWS action
	// ("s3:GetObject").
	Op string `json:"op,omitempty"`
	// Message says what happened, in one sentence.
	Message string `json:"message"`
	// Cause says why, where that is known.
	Cause string `json:"cause,omitempty"`
	// Fix says what to do about it.
	Fix string `json:"fix,omitempty"`

	// Code is AWS's own error code, such as "NoSuchBucket".
	Code string `json:"code,omitempty"`
	// RequestID is AWS's id of the failed request, for its support.
	RequestID string `json:"request_id,omitempty"`
	// Action is the IAM action that was denied or failed ("s3:GetObject").
	Action string `json:"action,omitempty"`
	// Resource is the ARN or name the failure is about.
	Resource string `json:"resource,omitempty"`
	// Region is the region that would have been right, for WrongRegion.
	Region string `json:"region,omitempty"`
	// PolicyKind is the kind of policy that denied, for Denied: one of
	// "identity-based", "resource-based", "permissions boundary", "session",
	// "service control", "resource control", "VPC endpoint", or empty when AWS
	// did not say.
	PolicyKind string `json:"policy_kind,omitempty"`
	// Statement is the IAM policy statement, as JSON, that would allow Action.
	Statement string `json:"statement,omitempty"`
	// EncodedMessage is what AWS encoded about a denial, whole, as
	// sts:DecodeAuthorizationMessage takes it.
	EncodedMessage string `json:"encoded_message,omitempty"`
	// Field and Line place bad input: a field's path and a line of a file.
	Field string `json:"field,omitempty"`
	File  string `json:"file,omitempty"`
	Line  int    `json:"line,omitempty"`

	// OutcomeUnknown tells that the call failed and may have been carried out
	// nevertheless: a write was sent, and no answer of AWS's came back.
	OutcomeUnknown bool `json:"outcome_unknown,omitempty"`
	// Made tells that the call was carried out, and only its answer could not be given.
	Made bool `json:"made,omitempty"`
	// OutcomeKnown tells that the message says what was done of a call that was
	// cut off, so that it is not taken for one whose outcome is unknown.
	OutcomeKnown bool `json:"-"`
	// Unsent tells that the call failed before anything that could change something
	// was sent to AWS.
	Unsent bool `json:"-"`

	// Err is what was wrapped; it is never printed at a door.
	Err error `json:"-"`
}

// New makes a fault of a kind with a message in fmt.Sprintf's form.
func New(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// Wrap makes a fault around err. The message must not repeat err's text where
// that could hold a secret.
func Wrap(err error, kind Kind, format string, args ...any) *Error {
	e := New(kind, format, args...)
	e.Err = err
	return e
}

// WithDenial returns a copy of e with what another fault says of a denied action, so that
// the statement that allows it is not lost.
func (e *Error) WithDenial(of *Error) *Error {
	c := *e
	c.Action, c.Resource, c.Statement = of.Action, of.Resource, of.Statement
	return &c
}

// WithCause returns a copy of e with the cause. As e stays as it is, a fault may
// be shared.
func (e *Error) WithCause(format string, args ...any) *Error {
	c := *e
	c.Cause = fmt.Sprintf(format, args...)
	return &c
}

// WithFix returns a copy of e with the fix.
func (e *Error) WithFix(format string, args ...any) *Error {
	c := *e
	c.Fix = fmt.Sprintf(format, args...)
	return &c
}

// WithOutcomeUnknown returns a copy of e which says that the call may have been carried
// out: it was ended while it ran, or its answer was lost.
func (e *Error) WithOutcomeUnknown() *Error {
	const cause, fix = "the call had begun, and may have been carried out", "check whether it was carried out before you repeat it"
	c := *e
	c.OutcomeUnknown = true
	c.Cause = strings.TrimPrefix(e.Cause+"; "+cause, "; ")
	c.Fix = strings.TrimSuffix(fix+"; "+e.Fix, "; ")
	return &c
}

// WithMade returns a copy of e which says that the call was carried out, and is in the
// audit log by the id.
func (e *Error) WithMade(id string) *Error {
	c := *e
	c.Made = true
	c.Cause = strings.TrimPrefix(e.Cause+"; the call was carried out, and is call "+id+" in the audit log", "; ")
	c.Fix = strings.TrimSuffix("do not repeat the call to see its answer; for the next call: "+e.Fix, "; for the next call: ")
	return &c
}

// At returns a copy of e that names the field that it is about.
func (e *Error) At(field string) *Error {
	c := *e
	c.Field = field
	return &c
}

// Error gives one line: where, what and why. The fix is left to the door.
func (e *Error) Error() string {
	var b strings.Builder
	if e.File != "" {
		b.WriteString(e.File)
		if e.Line > 0 {
			fmt.Fprintf(&b, ":%d", e.Line)
		}
		b.WriteString(": ")
	}
	if e.Op != "" {
		b.WriteString(e.Op + ": ")
	}
	b.WriteString(e.Message)
	if e.Cause != "" {
		b.WriteString(": " + e.Cause)
	}
	return b.String()
}

// Unwrap gives the wrapped error.
func (e *Error) Unwrap() error { return e.Err }

// Is makes errors.Is(err, fault.NotFound) true for a fault of that kind.
func (e *Error) Is(target error) bool {
	k, ok := target.(Kind)
	return ok && k == e.Kind
}

// From gives err as a fault: the first *Error in its tree, a Canceled or
// Timeout for the context's own errors, and Internal for anything else. It
// gives nil for nil.
func From(err error) *Error {
	var e *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &e):
		return e
	case errors.Is(err, context.Canceled):
		return Wrap(err, Canceled, "the call was cancelled")
	case errors.Is(err, context.DeadlineExceeded):
		return Wrap(err, Timeout, "the call took longer than it was allowed").
			WithFix("narrow the request, or raise the time limit (--timeout)")
	default:
		return Wrap(err, Internal, "%v", err)
	}
}
