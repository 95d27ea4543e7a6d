package awssim

import "sync"

// Handlers of IAM hold the World while they run. What they answer is encoded after it is let go of, so it may
// share nothing with the World that can change.

// reading makes a handler of f, which only looks.
func reading[I, O any](f func(*Call, *I) (*O, error)) Handler {
	return holding(Op(f), (*sync.RWMutex).RLock, (*sync.RWMutex).RUnlock)
}

// changing makes a handler of f, which writes.
func changing[I, O any](f func(*Call, *I) (*O, error)) Handler {
	return holding(Op(f), (*sync.RWMutex).Lock, (*sync.RWMutex).Unlock)
}

// doing makes a handler of f, which writes and has nothing to answer.
func doing[O, I any](f func(*Call, *I) error) Handler {
	return changing(func(c *Call, in *I) (*O, error) { return new(O), f(c, in) })
}

// doingAny is doing for what many inputs have in common; see Member.
func doingAny[O, I any](f func(c *Call, in any) error) Handler {
	return doing[O](func(c *Call, in *I) error { return f(c, in) })
}

// holding makes a handler hold the World while it runs. It is apart from the generic ones so that it is in the program once.
func holding(h Handler, hold, release func(*sync.RWMutex)) Handler {
	run := h.run
	h.run = func(c *Call, in any) (any, error) {
		hold(&c.World.mu)
		defer release(&c.World.mu)
		return run(c, in)
	}
	return h
}
