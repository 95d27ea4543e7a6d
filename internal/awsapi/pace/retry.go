package pace

import (
	"errors"
	"io"
	"math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"

	"github.com/hawser/hawser/internal/awsapi/awserr"
)

// retryBudget is how many tokens a connection's retries share: each takes some, and
// a success gives one back, so that a service in trouble is not asked several times
// as often as a healthy one. The costs are set here since the SDK's own change from
// release to release.
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

// Retryer makes the connection's retryer: one for all its clients, so that the
// budget is one.
func Retryer(b Backoff) func() aws.Retryer {
	standard := retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = max(b.Attempts, b.Transient)
		o.Backoff = b
		o.RateLimiter = ratelimit.NewTokenRateLimit(retryBudget)
		o.RetryCost, o.RetryTimeoutCost = retryCost, retryTimeoutCost
		o.Retryables = []retry.IsErrorRetryable{
			retry.IsErrorRetryableFunc(judged),
			retry.NoRetryCanceledError{},
			retry.RetryableError{},
			retry.RetryableConnectionError{},
			retry.RetryableHTTPStatusCode{Codes: awserr.TransientStatuses()},
			retry.IsErrorRetryableFunc(throttleOrTransientCode),
		}
	})
	return func() aws.Retryer { return standard }
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
