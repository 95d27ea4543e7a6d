package awssim

import "github.com/hawser/hawser/internal/awssim/wire"

// Outcome is a call that has its answer.
type Outcome struct {
	*Call
	// Input and Output are the SDK's structs: Input is nil for a call that was
	// refused before it was read, Output for one that failed.
	Input, Output any
	// Err is nil for a call that succeeded.
	Err *Error
}

// External is a caller who is known by other means than a signature: by an
// assertion of an identity provider, or by the access portal's token.
type External struct {
	Type string // as CloudTrail names it: "SAMLUser", "WebIdentityUser", "IdentityCenterUser"
	// Account is the one whose call it is: that of the role, or of the
	// instance of Identity Center.
	Account string
	// ID, Name and Provider are the first two types'.
	ID, Name, Provider string
	// UserID, StoreARN and CredentialID are Identity Center's.
	UserID, StoreARN, CredentialID string
}

// Observe lets f see every call that has its answer, before that is sent, if
// its caller and its operation are known. It is for a service's constructor: a
// World that serves already can't be changed. f must be fast, and keep nothing
// of the input and the output.
func (w *World) Observe(f func(Outcome)) { w.observers = append(w.observers, f) }

// tell calls the observers with the call's outcome.
func (c *Call) tell(err error) {
	if c.Operation == "" || c.Account == nil && c.External == nil {
		return
	}
	if _, known := c.Service.Handlers[c.Operation]; !known {
		return
	}
	out := Outcome{Call: c, Input: c.input, Output: c.output}
	if err != nil {
		out.Err, out.Output = wire.AsError(c.internal(c.protocol, err)), nil
	}
	for _, f := range c.World.observers {
		f(out)
	}
}

// ErrorName returns the name of the exception that a code of the service stands
// for, or the code itself.
func (s *Service) ErrorName(code string) string {
	if sh := s.codec.Model.ErrorShape(code); sh != nil {
		return sh.Name
	}
	return code
}
