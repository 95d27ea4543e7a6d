package tool

import (
	"context"
	"errors"

	"github.com/hawser/hawser/internal/fault"
)

// withdrawn returns the result of a call whose caller may have lost the permission, or
// disconnected, while the call ran. In that case the cause of ctx is a *fault.Error
// from the door. A tool that follows returns without an error when ctx ends, and then
// its result must not be returned. The result of a call that did more than read is
// kept, because its changes have been made.
func (c *invocation) withdrawn(ctx context.Context, result *Result, err error) (*Result, error) {
	cut := errors.Is(err, context.Canceled) || errors.Is(err, fault.Canceled) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, fault.Timeout) // a token's end is a deadline
	if result != nil {
		cut = !c.effect.Exceeds(Read)
	}
	if !cut || ctx.Err() == nil {
		return result, err
	}
	var why *fault.Error
	switch cause := context.Cause(ctx); {
	case errors.As(cause, &why):
		return nil, c.leftOpen(why)
	case result != nil && c.request.Emit == nil && errors.Is(cause, context.Canceled):
		return nil, cause // nobody waits for it
	}
	return result, err
}
