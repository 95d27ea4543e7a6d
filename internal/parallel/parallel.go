// Package parallel runs functions in goroutines, and passes their panics to the
// goroutine that waits for them. A panic that no goroutine recovers ends the program,
// with every call that runs in it.
package parallel

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Panic is a panic of one goroutine on its way to another. As an error it does not tell
// the value, which may hold secrets.
type Panic struct {
	Value any
	Stack []byte // of the goroutine that panicked
}

// Error implements error.
func (p *Panic) Error() string { return fmt.Sprintf("a panic of type %T", p.Value) }

// Safely calls f. If f panics, the error is a *Panic.
func Safely(f func() error) (err error) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		if p, ok := v.(*Panic); ok {
			err = p
			return
		}
		err = &Panic{Value: v, Stack: debug.Stack()}
	}()
	return f()
}

// Rethrow panics with the Panic in err, if there is one.
func Rethrow(err error) {
	var p *Panic
	if errors.As(err, &p) {
		panic(p)
	}
}

// Group is an errgroup.Group whose Wait panics if one of its functions did.
type Group struct {
	group errgroup.Group
	end   context.CancelCauseFunc // nil if the group has no context

	mu     sync.Mutex
	thrown *Panic // the first
}

// WithContext returns a group, and a context that ends with its first error or panic,
// and when Wait returns.
func WithContext(ctx context.Context) (*Group, context.Context) {
	ctx, end := context.WithCancelCause(ctx)
	return &Group{end: end}, ctx
}

// SetLimit limits how many functions run at the same time.
func (g *Group) SetLimit(n int) { g.group.SetLimit(n) }

// Go calls f in a goroutine, as soon as the limit allows.
func (g *Group) Go(f func() error) {
	g.group.Go(func() error {
		err := Safely(f)
		if err != nil {
			g.note(err)
		}
		return err
	})
}

// note remembers a panic, and ends the context.
func (g *Group) note(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	var p *Panic
	if errors.As(err, &p) && g.thrown == nil {
		g.thrown = p
	}
	if g.end != nil {
		g.end(err)
	}
}

// Wait waits for all functions, and returns their first error. It panics with a *Panic
// if one of them panicked.
func (g *Group) Wait() error {
	err := g.group.Wait()
	if g.end != nil {
		g.end(err)
	}
	if g.thrown != nil {
		panic(g.thrown)
	}
	return err
}
