package awsapi

import (
	"context"
	"errors"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/awsapi/actions"
	"github.com/hawser/hawser/internal/awsapi/answer"
	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/awsapi/credentials"
	"github.com/hawser/hawser/internal/awsapi/pace"
	"github.com/hawser/hawser/internal/awsapi/regions"
)

// call is the state of one call of an AWS API while it runs, including retries.
// One goroutine runs a call, so nothing here is locked.
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
	renewed            bool        // the credentials were renewed once already
	input              any         // read late: the SDK fills client tokens into it
	readOnly           bool        // the caller says so
	owner              string      // whose the bucket must be
	resolved           bool        // the present attempt got an endpoint
	sent               bool        // the present attempt got as far as signing
	connected          atomic.Bool // the present attempt got a connection, on which it may have been written
	unanswered         bool        // an attempt was sent and had no answer of AWS's
	signer             credentials.Signer
	answer             answer.Call
}

type callKey struct{}

func callOf(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}

// middleware returns what Hawser adds to the SDK's own for calls into an account:
// a record of the call around it, and in each attempt the rate limit, the
// counters and the judgement whether a failure may be retried. An empty account
// stands for the connection before its account is known.
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
	limit := middleware.FinalizeMiddlewareFunc("HawserLimit", c.limit)
	resolve := middleware.FinalizeMiddlewareFunc("HawserEndpoint", resolveEndpoint)
	send := middleware.DeserializeMiddlewareFunc("HawserSend", sendPlainly)
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
		if err := answer.AddChecks(s); err != nil {
			return err
		}
		if err := s.Deserialize.Add(send, middleware.After); err != nil {
			return err
		}
		if err := s.Finalize.Insert(resolve, "ResolveEndpointV2", middleware.Before); err != nil {
			return err
		}
		return s.Finalize.Insert(limit, "ResolveEndpointV2", middleware.After)
	}}
}

// api returns what AWS counts the call as.
func (c *call) api() pace.API {
	return pace.API{Account: c.account, Region: c.region, Service: c.service, Operation: c.operation}
}

// addFirst adds a middleware around the whole call. Some of the SDK's clients set
// service and operation in a middleware of their own, which must run before it.
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
		input: in.Parameters, readOnly: pace.IsReadOnly(ctx, in.Parameters),
	}
	r.answer.Service, r.answer.Operation, r.answer.Input = r.service, r.operation, in.Parameters
	ctx, end := r.span(pace.NewContext(credentials.NewContext(answer.NewContext(context.WithValue(ctx, callKey{}, r), &r.answer), &r.signer), r.api()))
	out, metadata, err := next.HandleInitialize(ctx, in)
	pace.Count(ctx, actions.Prefix(r.service)+":"+r.operation, r.attempts)
	if err != nil {
		err = &awserr.CallError{
			Service: r.service, Operation: r.operation, Action: actions.OfCall(r.service, r.operation, r.input),
			Account: r.account, Region: r.region,
			Attempts: r.attempts, Throttled: r.throttled,
			Elapsed: time.Since(r.started), Waited: r.waited, Skew: r.skew, Broken: r.answer.Broken(),
			Owner: r.owner, OutcomeUnknown: r.outcomeUnknown(), AgentPolicy: c.pool.agent.Policy != "", Err: err,
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
	r.resolved, r.sent = false, false
	r.connected.Store(false)
	r.answer.Retry()
	out, metadata, err := next.HandleFinalize(ctx, in)
	if skew, ok := awsmiddleware.GetAttemptSkew(metadata); ok {
		r.skew, r.hasSkew = skew, true
		c.skew.Store(int64(skew))
	}
	if !r.sent {
		return out, metadata, err
	}
	if r.connected.Load() && r.changes() {
		audit.ReachOf(ctx).NoteWrite()
	}
	r.attempts++
	m := c.pool.meters.Of(r.api())
	m.Answered(err)
	if err == nil {
		return out, metadata, nil
	}
	r.unanswered = r.unanswered || r.ambiguous(err) && !awserr.IsThrottle(err)
	return out, metadata, c.judge(r, err)
}

// judge marks errors that must not be retried although they look transient,
// and those that may be although they don't.
func (c *connection) judge(r *call, err error) error {
	switch {
	case awserr.IsThrottle(err):
		r.throttled++
		return err
	case awserr.IsExpired(err) && !r.renewed:
		r.renewed = true
		if r.signer.Renew() {
			return &pace.Verdict{Err: err, Retry: true}
		}
		return err
	}
	r.transient++
	var garbled *smithy.DeserializationError
	whole := errors.As(err, &garbled) && !r.answer.Broken()
	if r.transient >= c.pool.backoff.Transient || whole || r.ambiguous(err) && !r.repeatable() {
		return &pace.Verdict{Err: err, Retry: false}
	}
	if pace.IsOverdue(err) {
		return &pace.Verdict{Err: err, Retry: true}
	}
	return err
}

// ambiguous reports whether the present attempt may have been carried out
// although it failed. If dialing, the TLS handshake or the tunnel through a proxy
// failed, it was not sent: there was no connection to write it on.
func (c *call) ambiguous(err error) bool {
	return (c.connected.Load() || awserr.StatusOf(err) != 0) && awserr.IsAmbiguous(err)
}

// repeatable reports whether the call may be sent again although the last
// request may have been carried out.
func (c *call) repeatable() bool {
	return c.readOnly || pace.Idempotent(c.service, c.operation, c.input)
}

// outcomeUnknown reports whether a failed call may have changed something: it is
// no read, and one of its attempts was not answered. AWS's answer to a later
// attempt does not change that.
func (c *call) outcomeUnknown() bool {
	return c.unanswered && c.changes()
}

// changes reports whether the call can change something. What STS gives are credentials,
// which change nothing.
func (c *call) changes() bool {
	return !c.readOnly && !pace.Reads(c.operation) && c.service != "STS"
}

// resolveEndpoint tells the errors of the SDK's endpoint rules, which have no type,
// from those of what comes after.
func resolveEndpoint(
	ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler,
) (middleware.FinalizeOutput, middleware.Metadata, error) {
	out, metadata, err := next.HandleFinalize(ctx, in)
	if r := callOf(ctx); err != nil && r != nil && !r.resolved {
		err = &awserr.EndpointError{Err: err}
	}
	return out, metadata, err
}

// limit waits for the rate limit of the API, just before the request is signed.
func (c *connection) limit(
	ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler,
) (middleware.FinalizeOutput, middleware.Metadata, error) {
	r := callOf(ctx)
	if r == nil {
		return next.HandleFinalize(ctx, in)
	}
	r.resolved = true
	if request, ok := in.Request.(*smithyhttp.Request); ok {
		r.host = request.URL.Host
	}
	if err := checkHeaders(in.Request); err != nil {
		return middleware.FinalizeOutput{}, middleware.Metadata{}, &pace.Verdict{Err: err, Retry: false}
	}
	waited, err := c.pool.meters.Of(r.api()).Wait(ctx, c.pool.tableAlways || regions.IsAWS(r.host))
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
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { r.connected.Store(true) }})
	return pace.Patiently(ctx, in, next)
}
