package tool

import (
	"context"
	"runtime"
	"runtime/debug"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/parallel"
)

// panicked logs a panic with its stack, and returns the fault for the caller. Neither
// contains the panic's value unless it is an error of the Go runtime, because any other
// value may hold secrets.
func (c *invocation) panicked(ctx context.Context, v any) error {
	stack := debug.Stack()
	if elsewhere, ok := v.(*parallel.Panic); ok {
		v, stack = elsewhere.Value, elsewhere.Stack
	}
	f := fault.New(fault.Internal, "the call failed because of a bug in Hawser").
		WithCause("a panic of type %T", v).WithFix("report it with the log from this time")
	if own, ok := v.(runtime.Error); ok {
		f = f.WithCause("%v", own)
	}
	c.registry.logger.ErrorContext(ctx, "a call panicked", "tool", c.request.Tool, "call", c.id, "cause", f.Cause, "stack", string(stack))
	return c.leftOpen(f)
}
