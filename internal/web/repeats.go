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
	flights map[place]*flight
}

// flight is a call of this process that runs.
type flight struct {
	subject string
	ended   chan struct{} // closed when response is there
	response
}

func newRepeats(keys Keys) *repeats {
	return &repeats{keys: keys, answers: newAnswers(), flights: map[place]*flight{}}
}

// once makes a call, or gives what the one that had the key before came to; one
// that runs in this process is waited for. The error is Conflict where the key
// was another call's, or where the first call's answer is not here.
func (r *repeats) once(ctx context.Context, p place, subject, id string, run func() response) (response, error) {
	if r.keys == nil {
		return response{}, fault.New(fault.Unsupported, "this server remembers no keys").At(idempotency.Header).WithFix("leave %s away", idempotency.Header)
	}
	f, first := r.board(p, subject)
	if f.subject != subject {
		return response{}, errOtherCall()
	}
	if first {
		defer r.land(p, f)
		return r.fly(ctx, p, f, id, run)
	}
	select {
	case <-f.ended:
		if f.answer == nil && f.problem == nil { // it could not be remembered, or was not its turn
			return r.once(ctx, p, subject, id, run)
		}
		return f.response, nil
	case <-ctx.Done():
		return response{}, ctx.Err()
	}
}

// board finds the call that runs with a key, or begins one.
func (r *repeats) board(p place, subject string) (f *flight, first bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if f := r.flights[p]; f != nil {
		return f, false
	}
	f = &flight{subject: subject, ended: make(chan struct{})}
	r.flights[p] = f
	return f, true
}

func (r *repeats) land(p place, f *flight) {
	r.mu.Lock()
	delete(r.flights, p)
	r.mu.Unlock()
	close(f.ended)
}

// fly makes the call where its key is new, and remembers how it ended.
func (r *repeats) fly(ctx context.Context, p place, f *flight, id string, run func() response) (response, error) {
	c, known, err := r.keys.Claim(ctx, p.owner, p.key, idempotency.Record{Subject: f.subject, Call: id})
	if err != nil {
		return response{}, err
	}
	if known != nil {
		return r.again(p, f.subject, *known)
	}
	ended := idempotency.Unknown // where run panics
	defer func() {
		// What cannot be written down leaves the call as one that ran and of
		// which nobody knows how it ended.
		_ = c.Close(context.WithoutCancel(ctx), ended)
	}()
	answer := run()
	if ended = answer.stage(); ended == idempotency.Done {
		r.answers.keep(p, answer)
	}
	f.response = answer
	return answer, nil
}

// again is the answer to a call whose key is known.
func (r *repeats) again(p place, subject string, e idempotency.Record) (response, error) {
	if e.Subject != subject {
		return response{}, errOtherCall()
	}
	if e.Stage != idempotency.Running {
		if kept, ok := r.answers.find(p); ok {
			return kept, nil
		}
	}
	err := fault.New(fault.Conflict, "the call with this key was made before").At(idempotency.Header)
	switch e.Stage {
	case idempotency.Running:
		err = fault.New(fault.Conflict, "the call with this key is under way in another process").At(idempotency.Header).
			WithFix("wait and send it again with the same key")
	case idempotency.Done:
		err = err.WithCause("it was carried out, and its answer is not kept any more").
			WithFix("the audit log tells of the call %s; make a new key for a new call", e.Call)
	default:
		err = err.WithCause("how it ended is unknown: it may have been carried out").
			WithFix("look whether it was, in AWS and in the audit log (call %s); then make a new key to call again", e.Call)
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
	return fault.New(fault.Conflict, "the %s was that of another call", idempotency.Header).At(idempotency.Header).WithFix("make a new key for each call")
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
