package auth

import (
	"errors"
	"net/http"

	"github.com/hawser/hawser/internal/fault"
)

// requestError is a fault of an HTTP request itself that has its own HTTP status.
type requestError struct {
	status int
	fault  *fault.Error
	// reason says more than the client may know. It is recorded.
	reason error
}

// Error implements error.
func (e requestError) Error() string { return e.fault.Error() }

// Unwrap returns the fault.
func (e requestError) Unwrap() error { return e.fault }

// WithStatus returns an error for a fault of an HTTP request itself that has its
// own HTTP status.
func WithStatus(status int, f *fault.Error) error { return requestError{status: status, fault: f} }

// Unauthorized returns the refusal of an unknown caller.
func Unauthorized(f *fault.Error) error { return WithStatus(http.StatusUnauthorized, f) }

// StatusOf returns the HTTP status of an error: the one set by WithStatus, or
// that of the fault's kind.
func StatusOf(err error) int {
	var e requestError
	if errors.As(err, &e) {
		return e.status
	}
	return fault.From(err).Kind.HTTPStatus()
}

// recorded is what the record of a refusal says.
func recorded(why error) string {
	message := fault.From(why).Message
	var e requestError
	if errors.As(why, &e) && e.reason != nil {
		message += ": " + reasonOf(e.reason)
	}
	return message
}

// reasonOf is the text of a reason: without the cause if it is a fault, since the
// causes of faults quote what was sent.
func reasonOf(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Message
	}
	return err.Error()
}
