package awssim

import "sync"

// IAM's handlers lock the World while they run. Their answers are encoded after it is
// unlocked, so an answer must not share anything with the World that can change.

// readHandler makes a handler of f, which only looks.
func readHandler[I, O any](f func(*Call, *I) (*O, error)) Handler {
	return holding(Op(f), (*sync.RWMutex).RLock, (*sync.RWMutex).RUnlock)
}

// writeHandler makes a handler of f, which writes.
func writeHandler[I, O any](f func(*Call, *I) (*O, error)) Handler {
	return holding(refuseServicePaths(Op(f)), (*sync.RWMutex).Lock, (*sync.RWMutex).Unlock)
}

// doing makes a handler of f, which writes and has nothing to answer.
func doing[O, I any](f func(*Call, *I) error) Handler {
	return writeHandler(func(c *Call, in *I) (*O, error) { return new(O), f(c, in) })
}

// doingAny is doing for what many inputs have in common; see Member.
func doingAny[O, I any](f func(c *Call, in any) error) Handler {
	return doing[O](func(c *Call, in *I) error { return f(c, in) })
}

// holding makes a handler lock the World while it runs. It is not generic, so that the
// program contains it only once.
func holding(h Handler, hold, release func(*sync.RWMutex)) Handler {
	run := h.run
	h.run = func(c *Call, in any) (any, error) {
		hold(&c.World.mu)
		defer release(&c.World.mu)
		return run(c, in)
	}
	return h
}
