package awserr

import (
	"errors"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

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

// TransientStatuses returns the statuses of failures that pass by themselves.
func TransientStatuses() map[int]struct{} {
	return map[int]struct{}{
		http.StatusInternalServerError: {}, http.StatusBadGateway: {},
		http.StatusServiceUnavailable: {}, http.StatusGatewayTimeout: {},
	}
}

// IsTransient reports whether the code is one of failures that pass by themselves.
func IsTransient(err error) bool { return slices.Contains(transientCodes, codeOf(err)) }

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

// IsThrottle reports that AWS asked for fewer calls, so that it did not carry the
// call out. Its code says so; the status 429 may be that of a proxy.
func IsThrottle(err error) bool {
	return slices.Contains(throttleCodes, codeOf(err)) && !IsQuota(err)
}

// IsExpired reports that a service said that the credentials ended.
func IsExpired(err error) bool { return slices.Contains(expiredCodes, codeOf(err)) }

// StatusOf returns the HTTP status an error came with, or 0.
func StatusOf(err error) int {
	var response *smithyhttp.ResponseError
	if errors.As(err, &response) && response.Response != nil && response.Response.Response != nil {
		return response.HTTPStatusCode()
	}
	return 0
}

// IsAmbiguous reports whether the request may have been carried out although the
// call failed: it was sent, and no answer, half an answer, the answer of something
// that is not AWS, or a failure's answer came back.
func IsAmbiguous(err error) bool {
	var dial *net.OpError
	if errors.As(err, &dial) && dial.Op == "dial" {
		return false
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return false
	}
	var foreign *ForeignError
	if errors.As(err, &foreign) {
		return true
	}
	status := StatusOf(err)
	if status == http.StatusNotImplemented && codeOf(err) == "NotImplemented" { // by which S3 refuses what a header asks for
		return false
	}
	return status < 300 || status >= 500 || status == http.StatusRequestTimeout
}

// IsQuota tells Lambda's concurrency, which shares a code with throttling,
// from a rate.
func IsQuota(err error) bool {
	var busy *lambdatypes.TooManyRequestsException
	if !errors.As(err, &busy) {
		return false
	}
	return busy.Reason == lambdatypes.ThrottleReasonConcurrentInvocationLimitExceeded ||
		busy.Reason == lambdatypes.ThrottleReasonReservedFunctionConcurrentInvocationLimitExceeded
}

// IsTimeout reports that the time for an answer was over.
func IsTimeout(err error) bool {
	var timeout interface{ Timeout() bool }
	return errors.As(err, &timeout) && timeout.Timeout() || errors.Is(err, os.ErrDeadlineExceeded)
}

// IsNetwork reports that the other end could not be reached. It does not ask for
// net.Error, which every error number of the system is, that of a missing file
// too.
func IsNetwork(err error) bool {
	var network *net.OpError
	var connection interface{ ConnectionError() bool }
	return errors.As(err, &network) || errors.As(err, &connection) && connection.ConnectionError()
}

// Reason returns the innermost error's text, on one short line.
func Reason(err error) string {
	for next := errors.Unwrap(err); next != nil; next = errors.Unwrap(err) {
		err = next
	}
	return cut(err.Error())
}

// cut keeps a text's first line, and no more than a screen line of it.
func cut(text string) string {
	text, _, _ = strings.Cut(text, "\n")
	if len(text) > 120 {
		text = strings.ToValidUTF8(text[:120], "") + "..."
	}
	return text
}

// SkewText says how far this machine's clock is off. skew is AWS's minus ours.
func SkewText(skew time.Duration) string {
	switch skew = skew.Round(time.Second); {
	case skew == 0:
		return "this machine's clock differs too far from AWS's"
	case skew > 0:
		return "this machine's clock is " + skew.String() + " behind AWS's"
	default:
		return "this machine's clock is " + (-skew).String() + " ahead of AWS's"
	}
}
