package awsapi

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/hawser/hawser/internal/awsapi/actions"
	"github.com/hawser/hawser/internal/awsapi/regions"
)

// call is what is known of one call of an AWS API while it runs, retries
// included. One goroutine runs a call, so nothing here is locked.
type call struct {
	service, operation string // as the SDK names them
	account, region    string
	host               string
	started            time.Time
	attempts           int
	transient          int           // failed attempts that were not throttling
	throttled          int           // attempts that AWS answered with "slow down"
	waited             time.Duration // spent waiting for our own rate limit
	skew               time.Duration // AWS's clock minus ours
	hasSkew            bool
	renewed            bool   // the credentials were renewed once already
	input              any    // read late: the SDK fills client tokens into it
	readOnly           bool   // the caller says so
	owner              string // whose the bucket must be
	sent               bool   // the present attempt got as far as signing
	unanswered         bool   // an attempt was sent and had no answer of AWS's
	keeper             *keeper
	signer             aws.Credentials // what the present attempt signs with
	broken             atomic.Bool     // the present attempt's answer broke off
}

// CallError is a failed call with what was done to make it succeed. It wraps
// the SDK's error.
type CallError struct {
	// Service and Operation are the SDK's names ("S3", "GetObject").
	Service, Operation string
	// Action is the IAM action that allows the call.
	Action          string
	Account, Region string
	// Attempts counts every request sent, Throttled those that AWS asked to
	// slow down.
	Attempts, Throttled int
	// Elapsed is the whole time, Waited the part spent on our own rate limit.
	Elapsed, Waited time.Duration
	// Skew is AWS's clock minus ours, where an answer carried a date.
	Skew time.Duration
	// Owner is the account that S3 was told the bucket must belong to.
	Owner string
	// Broken tells that the connection broke amid the answer.
	Broken bool
	// OutcomeUnknown tells that the call is no mere read and may have been
	// carried out.
	OutcomeUnknown bool
	// AgentPolicy tells that the session policy is that of the agent.
	AgentPolicy bool

	err error
}

func (e *CallError) Error() string {
	return fmt.Sprintf("%s %s in %s: %v", e.Service, e.Operation, e.Region, e.err)
}

// Unwrap gives the SDK's error.
func (e *CallError) Unwrap() error { return e.err }

type callKey struct{}

func callOf(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}

type readOnlyKey struct{}

// ReadOnly marks every call made with the context as one that changes nothing,
// although its operation could (a query that is provably a SELECT), so that it
// is retried like a read.
func ReadOnly(ctx context.Context) context.Context {
	return context.WithValue(ctx, readOnlyKey{}, true)
}

// middleware is what Hawser adds to the SDK's own for calls into an account:
// a record of the call around it, and in each attempt the rate limit, the
// counters and the judgement whether a failure may be retried. An empty
// account stands for the connection before its account is known.
func (c *connection) middleware(account string) []func(*middleware.Stack) error {
	scope := account
	if scope == "" {
		scope = c.name
	}
	begin := middleware.InitializeMiddlewareFunc("HawserCall", func(
		ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler,
	) (middleware.InitializeOutput, middleware.Metadata, error) {
		return c.record(ctx, scope, in, next)
	})
	attempt := middleware.FinalizeMiddlewareFunc("HawserAttempt", c.attempt)
	watch := middleware.DeserializeMiddlewareFunc("HawserBody", watchBody)
	limit := middleware.FinalizeMiddlewareFunc("HawserLimit", c.limit)
	return []func(*middleware.Stack) error{func(s *middleware.Stack) error {
		if err := addFirst(s, begin); err != nil {
			return err
		}
		if _, ok := s.Finalize.Get("Retry"); !ok {
			return nil // a presigner sends nothing
		}
		if err := s.Finalize.Insert(attempt, "Retry", middleware.After); err != nil {
			return err
		}
		if err := addAnswerChecks(s); err != nil {
			return err
		}
		if err := s.Deserialize.Add(watch, middleware.After); err != nil {
			return err
		}
		return s.Finalize.Insert(limit, "ResolveEndpointV2", middleware.After)
	}}
}

// addFirst adds what is to be around the whole call. Some of the SDK's clients
// name their service and operation in a middleware of their own, which must
// have run.
func addFirst(s *middleware.Stack, m middleware.InitializeMiddleware) error {
	const names = "RegisterServiceMetadata"
	if _, ok := s.Initialize.Get(names); ok {
		return s.Initialize.Insert(m, names, middleware.After)
	}
	return s.Initialize.Add(m, middleware.Before)
}

// record wraps a whole call.
func (c *connection) record(
	ctx context.Context, account string, in middleware.InitializeInput, next middleware.InitializeHandler,
) (middleware.InitializeOutput, middleware.Metadata, error) {
	r := &call{
		service: awsmiddleware.GetServiceID(ctx), operation: awsmiddleware.GetOperationName(ctx),
		account: account, region: awsmiddleware.GetRegion(ctx), started: time.Now(),
		input: in.Parameters,
	}
	r.readOnly, _ = ctx.Value(readOnlyKey{}).(bool)
	r.readOnly = r.readOnly || asksOnly(in.Parameters)
	ctx, end := r.span(context.WithValue(ctx, callKey{}, r))
	out, metadata, err := next.HandleInitialize(ctx, in)
	countCall(ctx, r)
	if err != nil {
		err = &CallError{
			Service: r.service, Operation: r.operation, Action: actions.OfCall(r.service, r.operation, r.input),
			Account: r.account, Region: r.region,
			Attempts: r.attempts, Throttled: r.throttled,
			Elapsed: time.Since(r.started), Waited: r.waited, Skew: r.skew, Broken: r.broken.Load(),
			Owner: r.owner, OutcomeUnknown: r.outcomeUnknown(), AgentPolicy: c.pool.agent.Policy != "", err: err,
		}
	}
	end(err)
	return out, metadata, err
}

// attempt runs once for every try. What it returns decides, in the retryer,
// whether there is another.
func (c *connection) attempt(
	ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler,
) (middleware.FinalizeOutput, middleware.Metadata, error) {
	r := callOf(ctx)
	if r == nil {
		return next.HandleFinalize(ctx, in)
	}
	r.sent = false
	r.broken.Store(false)
	out, metadata, err := next.HandleFinalize(ctx, in)
	if skew, ok := awsmiddleware.GetAttemptSkew(metadata); ok {
		r.skew, r.hasSkew = skew, true
		c.skew.Store(int64(skew))
	}
	if !r.sent {
		return out, metadata, err
	}
	r.attempts++
	m := c.pool.meters.of(r)
	m.answered(err)
	if err == nil {
		return out, metadata, nil
	}
	r.unanswered = r.unanswered || ambiguous(err) && !isThrottle(err)
	return out, metadata, c.judge(r, err)
}

// judge marks errors that must not be retried although they look transient,
// and those that may be although they don't.
func (c *connection) judge(r *call, err error) error {
	switch {
	case isThrottle(err):
		r.throttled++
		return err
	case expiredCode(err) && !r.renewed:
		r.renewed = true
		if r.keeper != nil && r.keeper.renew(r.signer) {
			return &verdict{err, true}
		}
		return err
	}
	r.transient++
	var garbled *smithy.DeserializationError
	whole := errors.As(err, &garbled) && !r.broken.Load()
	if r.transient >= c.pool.backoff.Transient || whole || ambiguous(err) && !r.repeatable() {
		return &verdict{err, false}
	}
	var late *overdue
	if errors.As(err, &late) {
		return &verdict{err, true}
	}
	return err
}

// repeatable tells whether the call may be sent again although the last
// request may have been carried out.
func (c *call) repeatable() bool {
	return c.readOnly || idempotent(c.service, c.operation, c.input)
}

// limit waits for the rate limit of the API, just before the request is signed.
func (c *connection) limit(
	ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler,
) (middleware.FinalizeOutput, middleware.Metadata, error) {
	r := callOf(ctx)
	if r == nil {
		return next.HandleFinalize(ctx, in)
	}
	if request, ok := in.Request.(*smithyhttp.Request); ok {
		r.host = request.URL.Host
	}
	if err := checkHeaders(in.Request); err != nil {
		return middleware.FinalizeOutput{}, middleware.Metadata{}, &verdict{err, false}
	}
	waited, err := c.pool.meters.of(r).wait(ctx, c.pool.tableAlways || regions.IsAWS(r.host))
	r.waited += waited
	if err != nil {
		// The limiter's own error is untyped where the wait would outlast the
		// context.
		if ctx.Err() != nil {
			err = ctx.Err()
		} else {
			err = context.DeadlineExceeded
		}
		return middleware.FinalizeOutput{}, middleware.Metadata{}, &aws.RequestCanceledError{Err: err}
	}
	r.sent = true
	r.noteReach(ctx)
	return patiently(ctx, in, next)
}

// verdict overrides what the retryer would make of an error.
type verdict struct {
	err   error
	retry bool
}

func (v *verdict) Error() string        { return v.err.Error() }
func (v *verdict) Unwrap() error        { return v.err }
func (v *verdict) RetryableError() bool { return v.retry }

// verdictOf finds a verdict in an error's tree.
func verdictOf(err error) (retry, found bool) {
	var v *verdict
	if errors.As(err, &v) {
		return v.retry, true
	}
	var c *credentialsError
	return false, errors.As(err, &c)
}
