package awsapi

import (
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// retryBudget is how many tokens a connection's retries share: a retry takes
// five (ten after a timeout), a success gives one back, so that a service in
// trouble is not asked several times as often as a healthy one.
const retryBudget = 500

// retryer makes the connection's retryer: one for all its clients, so that the
// budget is one.
func (c *connection) retryer() func() aws.Retryer {
	b := c.pool.backoff
	standard := retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = max(b.Attempts, b.Transient)
		o.Backoff = b
		o.RateLimiter = ratelimit.NewTokenRateLimit(retryBudget)
		o.Retryables = []retry.IsErrorRetryable{
			retry.IsErrorRetryableFunc(judged),
			retry.NoRetryCanceledError{},
			retry.RetryableError{},
			retry.RetryableConnectionError{},
			retry.RetryableHTTPStatusCode{Codes: transientStatuses},
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
	if isThrottle(err) || isQuota(err) || slices.Contains(transientCodes, codeOf(err)) || errors.Is(err, io.ErrUnexpectedEOF) {
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

// throttleCodes are the codes with which AWS services ask for fewer calls.
// LimitExceededException is not among them: most services mean a quota by it.
var throttleCodes = []string{
	"Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException", "RequestThrottled",
	"TooManyRequestsException", "RequestLimitExceeded", "BandwidthLimitExceeded", "SlowDown", "EC2ThrottledException",
	"ProvisionedThroughputExceededException", "PriorRequestNotComplete", "TransactionInProgressException",
}

// transientCodes are the codes of failures that pass by themselves.
var transientCodes = []string{
	"RequestTimeout", "RequestTimeoutException", "InternalError", "InternalFailure", "InternalServerError",
	"InternalServerErrorException", "ServiceUnavailable", "ServiceUnavailableException", "Unavailable", "ServiceException",
}

var transientStatuses = map[int]struct{}{
	http.StatusInternalServerError: {}, http.StatusBadGateway: {},
	http.StatusServiceUnavailable: {}, http.StatusGatewayTimeout: {},
}

// expiredCodes are the codes with which services say that credentials ended.
var expiredCodes = []string{"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"}

// codeOf is AWS's code for an error, or "".
func codeOf(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

// isThrottle tells that AWS asked for fewer calls.
func isThrottle(err error) bool {
	code := codeOf(err)
	return slices.Contains(throttleCodes, code) && !isQuota(err) ||
		code == "" && statusOf(err) == http.StatusTooManyRequests
}

func expiredCode(err error) bool { return slices.Contains(expiredCodes, codeOf(err)) }

// statusOf is the HTTP status an error came with, or 0.
func statusOf(err error) int {
	var response *smithyhttp.ResponseError
	if errors.As(err, &response) && response.Response != nil && response.Response.Response != nil {
		return response.HTTPStatusCode()
	}
	return 0
}

// ambiguous tells whether the request may have been carried out although the
// call failed: it was sent, and no answer, half an answer, or a failure's answer
// came back.
func ambiguous(err error) bool {
	var dial *net.OpError
	if errors.As(err, &dial) && dial.Op == "dial" {
		return false
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return false
	}
	status := statusOf(err)
	return status < 300 || status >= 500 || status == http.StatusRequestTimeout
}
