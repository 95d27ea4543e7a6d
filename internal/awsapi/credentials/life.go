package credentials

import (
	"context"
	"errors"
	"sync"
	"time"
)

// errNobodyWaits ends a renewal that nobody waits for any more.
var errNobodyWaits = errors.New("nobody waits for the credentials any more")

// endTime bounds how long the last caller waits for the end of a renewal, such as that
// of a program that is killed.
const endTime = 2 * programRest

type lifeKey struct{}

// withLife returns a context that knows itself. The SDK's caches take deadlines and
// ends away from contexts, and leave the values.
func withLife(ctx context.Context) context.Context { return context.WithValue(ctx, lifeKey{}, ctx) }

// endWithRenewal returns a context that ends with the renewal that it is for, also below the
// SDK's caches.
func endWithRenewal(ctx context.Context) (context.Context, func()) {
	life, ok := ctx.Value(lifeKey{}).(context.Context)
	if !ok {
		return ctx, func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(life, cancel)
	return ctx, func() { stop(); cancel() }
}

// Shared is work that several callers wait for, and that ends when none does any more:
// a program that it runs would outlive this process otherwise. The zero value is ready.
type Shared struct {
	mu      sync.Mutex
	waiting int
	work    *work // nil where none runs
}

type work struct {
	end   context.CancelCauseFunc
	ended chan struct{}
}

// Begin notes the work. The function that it gives must be called at the end.
func (s *Shared) Begin(ctx context.Context) (context.Context, func()) {
	ctx, end := context.WithCancelCause(ctx)
	w := &work{end: end, ended: make(chan struct{})}
	s.mu.Lock()
	s.work = w
	s.mu.Unlock()
	return withLife(ctx), func() {
		s.mu.Lock()
		if s.work == w {
			s.work = nil
		}
		s.mu.Unlock()
		end(nil)
		close(w.ended)
	}
}

// Wait notes that somebody waits, until the function that it gives is called. Where
// nobody waits then, the work is ended, and its end is waited for.
func (s *Shared) Wait() (leave func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting++
	return func() {
		s.mu.Lock()
		s.waiting--
		w, last := s.work, s.waiting == 0
		s.mu.Unlock()
		if !last || w == nil {
			return
		}
		w.end(errNobodyWaits)
		select {
		case <-w.ended:
		case <-time.After(endTime):
		}
	}
}

// Late reports that an error comes from work that ended because nobody waited for it,
// as a caller finds it who came too late and still waits.
func Late(ctx context.Context, err error) bool {
	return errors.Is(err, errNobodyWaits) && ctx.Err() == nil
}

// Why adds to the error of the work that nobody waited for it, where that is so.
func Why(ctx context.Context, err error) error {
	if err != nil && errors.Is(context.Cause(ctx), errNobodyWaits) {
		return errors.Join(errNobodyWaits, err)
	}
	return err
}
