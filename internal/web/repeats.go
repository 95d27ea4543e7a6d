package web

import (
	"context"
	"slices"
	"sync"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/idempotency"
	"github.com/hawser/hawser/internal/tool"
)

// longestKey limits a key, in bytes.
const longestKey = 255

// Keys remember calls by their Idempotency-Key, for as long as a client may send
// a call again. All processes that serve the same callers must share them.
type Keys interface {
	// Claim remembers a call by the key of its owner, durably, before the call is
	// made. If the key is known already, Claim returns the earlier call instead
	// of a claim. A call counts as running only while its process lives.
	Claim(ctx context.Context, owner, key string, r idempotency.Record) (idempotency.Claim, *idempotency.Record, error)
}

// repeats prevents that a repeated call changes something twice: a call that is
// sent again with its Idempotency-Key gets the answer of the first. The fact of
// the call is remembered on disk, the answer only in memory.
type repeats struct {
	keys    Keys
	answers *answers

	mu      sync.Mutex
	running map[callKey]*runningCall
}

// runningCall is a call that runs in this process.
type runningCall struct {
	digest string
	ended  chan struct{} // closed when response is set
	response
}

func newRepeats(keys Keys) *repeats {
	return &repeats{keys: keys, answers: newAnswers(), running: map[callKey]*runningCall{}}
}

// once makes a call, or returns the answer of an earlier call with the same key;
// it waits for one that runs in this process. The error is Conflict if the key
// belongs to another call, or if the first call's answer is not known here.
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
		if c.answer == nil && c.problem == nil { // it could not be remembered, or another process runs it
			return r.once(ctx, k, digest, id, run)
		}
		return c.response, nil
	case <-ctx.Done():
		return response{}, context.Cause(ctx)
	}
}

// begin finds the call that runs with a key, or adds one.
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

// first makes the call if its key is new, and remembers how it ended.
func (r *repeats) first(ctx context.Context, k callKey, c *runningCall, id string, run func() response) (response, error) {
	claim, known, err := r.keys.Claim(ctx, k.owner, k.key, idempotency.Record{Digest: c.digest, Call: id})
	if err != nil {
		return response{}, err
	}
	if known != nil {
		return r.again(k, c.digest, *known)
	}
	ended := idempotency.Unknown // if run panics
	defer func() {
		// If the outcome cannot be written, it stays unknown.
		_ = claim.Close(context.WithoutCancel(ctx), ended)
	}()
	answer := run()
	if ended = answer.stage; ended == idempotency.Done {
		r.answers.keep(k, answer)
	}
	c.response = answer
	return answer, nil
}

// again returns the answer to a call whose key is known.
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

// pastCall is the fault for a key that was used before.
type pastCall struct {
	fault  *fault.Error
	record idempotency.Record
}

// Error implements error.
func (p pastCall) Error() string { return p.fault.Error() }

// Unwrap returns the fault.
func (p pastCall) Unwrap() error { return p.fault }

func errOtherCall() error {
	return fault.New(fault.Conflict, "this %s was used for another call", idempotency.Header).At(idempotency.Header).WithFix("use a new key for each call")
}

// notMade are the kinds of errors of calls that certainly changed nothing: they
// were refused here or by AWS, or never sent.
var notMade = []fault.Kind{
	fault.Invalid, fault.NoCredentials, fault.BadCredentials, fault.ExpiredCredentials, fault.Denied, fault.Refused,
	fault.Unconfirmed, fault.NotFound, fault.Conflict, fault.Throttled, fault.Quota, fault.WrongRegion, fault.ClockSkew,
	fault.Unsupported,
}

// stageOf returns how a call without a result ended. A call that was certainly not
// carried out may be repeated, and is not remembered.
func stageOf(f *fault.Error) idempotency.Stage {
	if f.Made {
		return idempotency.Done
	}
	if (slices.Contains(notMade, f.Kind) || f.Unsent) && !f.OutcomeUnknown {
		return idempotency.NotMade
	}
	return idempotency.Unknown
}

// stageOfResult returns how a call with a result ended; f is the failure that its output
// reports. Such a failure says by itself whether its outcome is unknown.
func stageOfResult(r *tool.Result, f *fault.Error) idempotency.Stage {
	switch {
	case f == nil:
		return idempotency.Done
	case f.OutcomeUnknown:
		return idempotency.Unknown
	case r.Unchanged:
		return idempotency.NotMade
	default:
		return idempotency.Done
	}
}
