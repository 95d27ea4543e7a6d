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
}

// Error implements error.
func (e requestError) Error() string { return e.fault.Error() }

// Unwrap returns the fault.
func (e requestError) Unwrap() error { return e.fault }

// WithStatus returns an error for a fault of an HTTP request itself that has its
// own HTTP status.
func WithStatus(status int, f *fault.Error) error { return requestError{status, f} }

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
