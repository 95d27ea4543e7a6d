package tool

import (
	"context"
	"runtime"
	"runtime/debug"

	"github.com/hawser/hawser/internal/fault"
)

// caught is a panic of one goroutine on its way to another.
type caught struct {
	value any
	stack []byte
}

// panicked logs a panic with its stack, and gives the fault that the caller
// gets in its place. Neither holds the panic's value, which may be anything,
// unless it is the Go runtime's own.
func (c *invocation) panicked(ctx context.Context, v any) error {
	stack := debug.Stack()
	if elsewhere, ok := v.(*caught); ok {
		v, stack = elsewhere.value, elsewhere.stack
	}
	f := fault.New(fault.Internal, "the call failed by a fault of Hawser itself").
		WithCause("a panic of type %T", v).WithFix("report it with the log of this time")
	if own, ok := v.(runtime.Error); ok {
		f = f.WithCause("%v", own)
	}
	c.registry.logger.ErrorContext(ctx, "a call panicked", "tool", c.request.Tool, "call", c.id, "cause", f.Cause, "stack", string(stack))
	return c.leftOpen(f)
}
