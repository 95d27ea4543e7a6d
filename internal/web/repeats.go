package web

import (
	"context"
	"sync"
	"time"

	"github.com/hawser/hawser/internal/fault"
)

const (
	// repeatTime is how long an answer is kept for its Idempotency-Key.
	repeatTime = 24 * time.Hour
	// mostRepeats bounds how many are kept; the oldest go first.
	mostRepeats = 10_000
	// longestKey bounds a key, in bytes.
	longestKey = 255
)

// repeats keeps the answers of calls that changed something, so that the same
// call sent again is not made again. They live as long as the process.
//
// https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
type repeats struct {
	clock func() time.Time

	mu    sync.Mutex
	kept  map[string]*kept
	order []string
}

type kept struct {
	subject string
	at      time.Time
	ready   chan struct{} // closed when response is there
	response
}

func newRepeats(clock func() time.Time) *repeats {
	return &repeats{clock: clock, kept: map[string]*kept{}}
}

// once makes a call, or gives the answer of the one that had the key before;
// one that is under way is waited for. The error is Conflict where the key was
// another call's.
func (r *repeats) once(ctx context.Context, key, subject string, run func(context.Context) response) (response, error) {
	for {
		k, first := r.claim(key, subject)
		if k.subject != subject {
			return response{}, fault.New(fault.Conflict, "the %s was that of another call", repeatHeader).At(repeatHeader).WithFix("make a new key for each call")
		}
		if first {
			k.response = run(ctx)
			if !k.done() {
				r.forget(key)
			}
			close(k.ready)
			return k.response, nil
		}
		select {
		case <-k.ready:
			if k.done() {
				return k.response, nil
			}
		case <-ctx.Done():
			return response{}, ctx.Err()
		}
	}
}

// claim finds what is kept of a key, or begins it.
func (r *repeats) claim(key, subject string) (k *kept, first bool) {
	now := r.clock()
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.order) > 0 && (len(r.order) >= mostRepeats || r.kept[r.order[0]] == nil || now.Sub(r.kept[r.order[0]].at) > repeatTime) {
		delete(r.kept, r.order[0])
		r.order = r.order[1:]
	}
	if k := r.kept[key]; k != nil {
		return k, false
	}
	k = &kept{subject: subject, at: now, ready: make(chan struct{})}
	r.kept[key] = k
	r.order = append(r.order, key)
	return k, true
}

func (r *repeats) forget(key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.kept, key)
}
