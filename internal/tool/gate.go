package tool

import (
	"context"
	"slices"

	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/files"
)

// Attempt is a call that was looked up and decoded and has not been made yet.
type Attempt struct {
	Tool *Tool
	// Input is the tool's input struct, checked.
	Input any
	// Effect is the most that this call does.
	Effect Effect
	// Target is the target that the input names. Parts that it does not name are empty.
	Target Target
	Caller caller.Caller
	// Files says what this call does with local files. Granted are the files that the
	// door grants it; nil means none.
	Files   FileUse
	Granted *files.Access
}

// Gate decides whether a call may go on. A registry asks its gates in order, its guard
// first, before the call is recorded and before a person is asked. An error refuses the
// call, and is recorded.
type Gate interface {
	Admit(ctx context.Context, a Attempt) error
}

// Through returns the same tools with further gates, which are asked after the existing
// ones.
func (r *Registry) Through(gates ...Gate) *Registry {
	narrower := *r
	narrower.gates = slices.Concat(r.gates, gates)
	return &narrower
}

// Admit returns the most that a request would do, and the error with which the gates
// would refuse it. Nothing is recorded, and nobody is asked.
func (r *Registry) Admit(ctx context.Context, req Request) (Effect, error) {
	c := &invocation{registry: r, request: req, started: r.clock()}
	err := c.admit(ctx)
	return c.effect, err
}

// Refuse records a call that a door refused before it reached the registry, and returns
// the refusal as Call would. The request's tool need not exist. If the record cannot be
// written, the error says that too.
func (r *Registry) Refuse(ctx context.Context, req Request, why error) error {
	c := &invocation{registry: r, request: req, started: r.clock()}
	leave, err := r.enter()
	if err != nil {
		return c.faultOf(err)
	}
	defer leave()
	c.describe()
	err = c.open(ctx)
	if err == nil {
		err = why
	}
	return c.faultOf(c.close(ctx, err))
}

// describe sets what can be recorded of a refused call: the effect of its tool, and its
// input if that can be decoded.
func (c *invocation) describe() {
	t, ok := c.registry.tools[c.request.Tool]
	if !ok {
		return
	}
	c.tool, c.effect = t, t.Effect
	_ = c.decode() // an input that is wrong is not recorded
}

// Admit implements Gate.
func (g Guard) Admit(_ context.Context, a Attempt) error {
	if err := g.admits(a.Tool.Name); err != nil {
		return err
	}
	if err := g.permits(a.Tool, a.Effect, a.Caller); err != nil {
		return err
	}
	return g.permitsFiles(a)
}
