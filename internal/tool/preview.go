package tool

import (
	"context"
	"fmt"
	"reflect"
)

// Preview is what a call would do, as far as looking before it can tell.
type Preview struct {
	// Effect is what this call does; it counts where it is less than what the
	// input alone says. Empty leaves it as it is: what could not be looked at
	// counts as the most.
	Effect Effect
	// Does says what the call does to what is there now, as the beginning of a
	// question: "Stop 1 instance: web-1 (i-0abc, running)". Names in it must
	// have passed text.Name. Empty leaves it to the tool's summary and subject.
	Does string
	// State is the exact state of what would be lost, such as its entity tag. It
	// is not shown; a yes is to this state and to no other.
	State string
	// Expected is handed to the tool's function, so that it can refuse to meet
	// anything else.
	Expected any
	// Err is why the call can't be made; it ends the call, and nobody is asked.
	Err error
	// Region is where the thing turned out to be; empty is where the target says.
	Region string
}

// WithPreview gives t a look at what a call would meet. It is taken after the
// gates and before a person is asked, only where somebody would be asked. It
// must only read, and say less where it can't.
func WithPreview[I any](t *Tool, look func(context.Context, *Call, I) Preview) *Tool {
	if in := reflect.TypeFor[I](); in != t.InputType {
		panic(fmt.Sprintf("tool %q: the preview takes %s, the tool %s", t.Name, in, t.InputType))
	}
	t.preview = func(ctx context.Context, call *Call, in any) Preview { return look(ctx, call, in.(I)) }
	return t
}

// preview looks at what the call would meet, and lowers its effect to what it
// would do there.
func (c *invocation) preview(ctx context.Context) Preview {
	if c.tool.preview == nil {
		return Preview{}
	}
	ctx, cancel := c.registry.bounded(ctx, c.tool, c.request, c.in)
	defer cancel()
	p := c.tool.preview(ctx, c.registry.callOf(c.tool, Request{Files: c.request.Files}, c.in), c.in)
	if p.Effect.Valid() && c.effect.Exceeds(p.Effect) {
		c.effect = p.Effect
	}
	return p
}
