package tool

import (
	"context"
	"errors"

	"github.com/hawser/hawser/internal/fault"
)

// withdrawn is what a call came to whose caller may have lost the right to it,
// or gone, while it ran. A door tells by the cause of ctx, which is a
// *fault.Error then. A tool that follows ends without an error when ctx does, and
// that is no answer any more. What a call has changed stays changed, so the
// result of one that did more than read is kept.
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
