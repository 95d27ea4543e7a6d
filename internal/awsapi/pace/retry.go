package pace

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"

	"github.com/hawser/hawser/internal/awsapi/awserr"
)

// retryBudget is how many tokens the retries of one API share: each takes some, and
// a success gives one back, so that an API in trouble is not asked several times as
// often as a healthy one. Another API has its own budget. The costs are set here since
// the SDK's own change from release to release.
const (
	retryBudget      = 500
	retryCost        = 5
	retryTimeoutCost = 10
)

// Backoff is how retries are spaced: attempt n waits a random time of up to
// Base * 2^n, never more than Cap.
type Backoff struct {
	Attempts  int // for throttling, the first one included
	Transient int // for broken connections and 5xx, the first one included
	Base, Cap time.Duration
}

// Retryer makes the connection's retryer: one for all its clients, so that calls of
// an API share its budget.
func Retryer(b Backoff) func() aws.Retryer {
	standard := retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = max(b.Attempts, b.Transient)
		o.Backoff = b
		o.Retryables = []retry.IsErrorRetryable{
			retry.IsErrorRetryableFunc(judged),
			retry.NoRetryCanceledError{},
			retry.RetryableError{},
			retry.RetryableConnectionError{},
			retry.RetryableHTTPStatusCode{Codes: awserr.TransientStatuses()},
			retry.IsErrorRetryableFunc(throttleOrTransientCode),
		}
	})
	r := &retryer{Standard: standard}
	return func() aws.Retryer { return r }
}

// retryer is the SDK's with a budget for each API.
type retryer struct {
	*retry.Standard
	budgets sync.Map // API -> *ratelimit.TokenRateLimit
}

// budget returns the budget of the API that is called.
func (r *retryer) budget(ctx context.Context) *ratelimit.TokenRateLimit {
	api, _ := ctx.Value(apiKey{}).(API)
	if found, ok := r.budgets.Load(api); ok {
		return found.(*ratelimit.TokenRateLimit)
	}
	made, _ := r.budgets.LoadOrStore(api, ratelimit.NewTokenRateLimit(retryBudget))
	return made.(*ratelimit.TokenRateLimit)
}

// GetAttemptToken implements aws.RetryerV2. A success gives a token back.
func (r *retryer) GetAttemptToken(ctx context.Context) (func(error) error, error) {
	return released(func() error { return r.budget(ctx).AddTokens(1) }), nil
}

// GetRetryToken implements aws.Retryer. A retry that succeeds gives its tokens back.
func (r *retryer) GetRetryToken(ctx context.Context, err error) (func(error) error, error) {
	cost := uint(retryCost)
	if retry.IsErrorTimeouts(retry.DefaultTimeouts).IsErrorTimeout(err).Bool() {
		cost = retryTimeoutCost
	}
	release, err := r.budget(ctx).GetToken(ctx, cost)
	if err != nil {
		return nil, fmt.Errorf("the budget for retries is used up: %w", err)
	}
	return released(release), nil
}

// released returns a function that releases after a success.
func released(release func() error) func(error) error {
	return func(err error) error {
		if err == nil {
			return release()
		}
		return nil
	}
}

type apiKey struct{}

// NewContext returns a context in which an API is called.
func NewContext(ctx context.Context, api API) context.Context {
	return context.WithValue(ctx, apiKey{}, api)
}

// judged obeys a verdict of the attempt.
func judged(err error) aws.Ternary {
	if again, found := verdictOf(err); found {
		return aws.BoolTernary(again)
	}
	return aws.UnknownTernary
}

func throttleOrTransientCode(err error) aws.Ternary {
	if awserr.IsThrottle(err) || awserr.IsQuota(err) || awserr.IsTransient(err) || errors.Is(err, io.ErrUnexpectedEOF) {
		return aws.TrueTernary
	}
	return aws.UnknownTernary
}

// BackoffDelay is exponential with full jitter.
//
// https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
func (b Backoff) BackoffDelay(attempt int, _ error) (time.Duration, error) {
	ceiling := b.Cap
	if shift := min(attempt, 30); b.Base<<shift < b.Cap {
		ceiling = b.Base << shift
	}
	return rand.N(ceiling + 1), nil
}

// Verdict overrides what the retryer would make of an error.
type Verdict struct {
	Err   error
	Retry bool
}

func (v *Verdict) Error() string        { return v.Err.Error() }
func (v *Verdict) Unwrap() error        { return v.Err }
func (v *Verdict) RetryableError() bool { return v.Retry }

// verdictOf finds a verdict in an error's tree.
func verdictOf(err error) (retry, found bool) {
	var v *Verdict
	if errors.As(err, &v) {
		return v.Retry, true
	}
	var c *awserr.CredentialsError
	return false, errors.As(err, &c)
}
