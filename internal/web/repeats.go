package web

import (
	"context"
	"slices"
	"sync"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/idempotency"
)

// longestKey bounds a key, in bytes.
const longestKey = 255

// Keys remember calls by their Idempotency-Key, for as long as a client may send
// a call again. All processes that serve the same callers use the same.
type Keys interface {
	// Claim remembers a call by the key of its owner, durably, before it is made.
	// Where the key is known already it gives what is known in place of a claim.
	// A running call is one of a process that lives.
	Claim(ctx context.Context, owner, key string, r idempotency.Record) (idempotency.Claim, *idempotency.Record, error)
}

// repeats keeps calls that changed something from happening twice: a call sent
// again with its Idempotency-Key gets what the first came to. That it was made
// is remembered on disk, what it answered in memory.
//
// https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
type repeats struct {
	keys    Keys
	answers *answers

	mu      sync.Mutex
	running map[callKey]*runningCall
}

// runningCall is a call of this process that runs.
type runningCall struct {
	digest string
	ended  chan struct{} // closed when response is there
	response
}

func newRepeats(keys Keys) *repeats {
	return &repeats{keys: keys, answers: newAnswers(), running: map[callKey]*runningCall{}}
}

// once makes a call, or gives what the one that had the key before came to; one
// that runs in this process is waited for. The error is Conflict where the key
// was another call's, or where the first call's answer is not here.
func (r *repeats) once(ctx context.Context, k callKey, digest, id string, run func() response) (response, error) {
	if r.keys == nil {
		return response{}, fault.New(fault.Unsupported, "this server does not support idempotency keys").At(idempotency.Header).WithFix("omit %s", idempotency.Header)
	}
	c, first := r.begin(k, digest)
	if c.digest != digest {
		return response{}, errOtherCall()
	}
	if first {
		defer r.end(k, c)
		return r.first(ctx, k, c, id, run)
	}
	select {
	case <-c.ended:
		if c.answer == nil && c.problem == nil { // it could not be remembered, or was not its turn
			return r.once(ctx, k, digest, id, run)
		}
		return c.response, nil
	case <-ctx.Done():
		return response{}, context.Cause(ctx)
	}
}

// begin finds the call that runs with a key, or enters one.
func (r *repeats) begin(k callKey, digest string) (c *runningCall, first bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c := r.running[k]; c != nil {
		return c, false
	}
	c = &runningCall{digest: digest, ended: make(chan struct{})}
	r.running[k] = c
	return c, true
}

func (r *repeats) end(k callKey, c *runningCall) {
	r.mu.Lock()
	delete(r.running, k)
	r.mu.Unlock()
	close(c.ended)
}

// first makes the call where its key is new, and remembers how it ended.
func (r *repeats) first(ctx context.Context, k callKey, c *runningCall, id string, run func() response) (response, error) {
	claim, known, err := r.keys.Claim(ctx, k.owner, k.key, idempotency.Record{Digest: c.digest, Call: id})
	if err != nil {
		return response{}, err
	}
	if known != nil {
		return r.again(k, c.digest, *known)
	}
	ended := idempotency.Unknown // where run panics
	defer func() {
		// What cannot be written down leaves the call as one that ran and of
		// which nobody knows how it ended.
		_ = claim.Close(context.WithoutCancel(ctx), ended)
	}()
	answer := run()
	if ended = answer.stage(); ended == idempotency.Done {
		r.answers.keep(k, answer)
	}
	c.response = answer
	return answer, nil
}

// again is the answer to a call whose key is known.
func (r *repeats) again(k callKey, digest string, e idempotency.Record) (response, error) {
	if e.Digest != digest {
		return response{}, errOtherCall()
	}
	if e.Stage != idempotency.Running {
		if kept, ok := r.answers.find(k); ok {
			return kept, nil
		}
	}
	err := fault.New(fault.Conflict, "a call with this key was made before").At(idempotency.Header)
	switch e.Stage {
	case idempotency.Running:
		err = fault.New(fault.Conflict, "a call with this key is running in another process").At(idempotency.Header).
			WithFix("wait and send it again with the same key")
	case idempotency.Done:
		err = err.WithCause("it was carried out, and its answer is no longer kept").
			WithFix("see call %s in the audit log; use a new key for a new call", e.Call)
	default:
		err = err.WithCause("its outcome is unknown: it may have been carried out").
			WithFix("check in AWS and in the audit log (call %s) whether it was; use a new key to call again", e.Call)
	}
	return response{}, pastCall{err, e}
}

// pastCall is the fault of a key that a call had before.
type pastCall struct {
	fault  *fault.Error
	record idempotency.Record
}

// Error implements error.
func (p pastCall) Error() string { return p.fault.Error() }

// Unwrap gives the fault.
func (p pastCall) Unwrap() error { return p.fault }

func errOtherCall() error {
	return fault.New(fault.Conflict, "this %s was used for another call", idempotency.Header).At(idempotency.Header).WithFix("use a new key for each call")
}

// notMade are the kinds of failures of calls that certainly changed nothing:
// they were refused here or by AWS, or were never sent.
var notMade = []fault.Kind{
	fault.Invalid, fault.NoCredentials, fault.BadCredentials, fault.ExpiredCredentials, fault.Denied, fault.Refused,
	fault.Unconfirmed, fault.NotFound, fault.Conflict, fault.Throttled, fault.Quota, fault.WrongRegion, fault.ClockSkew,
	fault.Unsupported,
}

// stage is how a call ended. One that certainly was not carried out may be tried
// anew and is not remembered.
func (r response) stage() idempotency.Stage {
	switch {
	case r.answer != nil:
		return idempotency.Done
	case slices.Contains(notMade, r.problem.Kind) && !r.problem.OutcomeUnknown:
		return idempotency.NotMade
	default:
		return idempotency.Unknown
	}
}
