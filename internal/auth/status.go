package auth

import (
	"errors"
	"net/http"

	"github.com/hawser/hawser/internal/fault"
)

// requestError is a fault of an HTTP request itself, for which HTTP has a status
// of its own.
type requestError struct {
	status int
	fault  *fault.Error
}

// Error implements error.
func (e requestError) Error() string { return e.fault.Error() }

// Unwrap gives the fault.
func (e requestError) Unwrap() error { return e.fault }

// WithStatus gives an error for a fault of an HTTP request itself, for which HTTP
// has a status of its own.
func WithStatus(status int, f *fault.Error) error { return requestError{status, f} }

// Unauthorized is the refusal of a caller who is not known.
func Unauthorized(f *fault.Error) error { return WithStatus(http.StatusUnauthorized, f) }

// StatusOf is the HTTP status of an error: the one it was given by WithStatus, or
// that of the fault's kind.
func StatusOf(err error) int {
	var e requestError
	if errors.As(err, &e) {
		return e.status
	}
	return fault.From(err).Kind.HTTPStatus()
}
