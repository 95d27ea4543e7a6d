package signin

import (
	"errors"

	"github.com/hawser/hawser/internal/fault"
)

// errTooLate ends the context of a sign-in that nobody approved in time.
var errTooLate = errors.New("nobody approved the sign-in in time")

// notApproved is the fault of a sign-in that nobody approved in time.
func notApproved(err error) error {
	return fault.Wrap(err, fault.Timeout, "nobody approved the sign-in in time").
		WithCause("AWS's codes are good for 10 minutes").WithFix("run hawser login again")
}

// declined is the fault of a sign-in that the person declined.
func declined(code string) error {
	f := fault.New(fault.Unconfirmed, "the sign-in was declined in the browser").WithFix("run hawser login again, and approve it")
	f.Code = code
	return f
}
