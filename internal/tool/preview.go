package tool

import (
	"context"
	"fmt"
	"reflect"
)

// Preview describes what a call would do, as far as reading AWS before the call can
// tell.
type Preview struct {
	// Effect is what this call would do. It counts only if it is less than the effect
	// that follows from the input. Empty means that the preview could not tell, so the
	// effect stays as it is.
	Effect Effect
	// Does says what the call would do to the resources that exist now, as the
	// beginning of a question: "Stop 1 instance: web-1 (i-0abc, running)". Names in it
	// must have passed text.Name. If it is empty, the tool's summary and subject are
	// used.
	Does string
	// State is the exact state of what would be lost, such as its entity tag. It is not
	// shown. A confirmation is valid for this state only.
	State string
	// Expected is passed to the tool's function, so that it can refuse if AWS has
	// another state by then.
	Expected any
	// Err says why the call can't be made. It ends the call, and nobody is asked.
	Err error
	// Region is the region of the resource if it is not the target's.
	Region string
}

// WithPreview sets the function that previews a call of t. It is called after the
// gates, and only if a person would be asked. It must only read; where it can't read it
// leaves fields of the Preview empty.
func WithPreview[I any](t *Tool, look func(context.Context, *Call, I) Preview) *Tool {
	if in := reflect.TypeFor[I](); in != t.InputType {
		panic(fmt.Sprintf("tool %q: the preview takes %s, the tool %s", t.Name, in, t.InputType))
	}
	t.preview = func(ctx context.Context, call *Call, in any) Preview { return look(ctx, call, in.(I)) }
	return t
}

// preview takes the tool's preview of the call and lowers the call's effect to that of
// the preview.
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
