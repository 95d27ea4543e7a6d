package awserr

import (
	"context"
	"errors"
	"strings"
	"time"

	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/hawser/hawser/internal/awsapi/actions"
	"github.com/hawser/hawser/internal/fault"
)

// SkewThatMatters is how far clocks may differ before AWS refuses signatures
// (five minutes; some services fifteen).
const SkewThatMatters = 4 * time.Minute

// Fault turns an error of an AWS call into a fault: what happened, why, and
// what to do. Types and codes decide, never texts. It gives nil for nil, and a
// fault that is already in err's tree as it is.
func Fault(err error) *fault.Error {
	if err == nil {
		return nil
	}
	var known *fault.Error
	if errors.As(err, &known) {
		return known
	}
	e := classify(err)
	e.Err = err
	c := innermostCall(err)
	if c == nil {
		return e
	}
	if e.Op == "" {
		e.Op = actions.Of(c.Service, c.Operation)
	}
	if c.OutcomeUnknown {
		return e.WithOutcomeUnknown()
	}
	return e
}

// innermostCall returns the call that failed: for a call that never got its
// credentials, the one that should have fetched them.
func innermostCall(err error) *CallError {
	var found *CallError
	for {
		var next *CallError
		if !errors.As(err, &next) {
			return found
		}
		found, err = next, next.Err
	}
}

func classify(err error) *fault.Error {
	var api smithy.APIError
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded) && StatusOf(err) == 0:
		return fault.From(contextError(err))
	case errors.As(err, &api):
		return ofAPI(err, api)
	default:
		return ofTransport(err)
	}
}

// contextError returns the context's own error without what wraps it.
func contextError(err error) error {
	if errors.Is(err, context.Canceled) {
		return context.Canceled
	}
	return context.DeadlineExceeded
}

// ofAPI classifies an error that AWS answered with.
func ofAPI(err error, api smithy.APIError) *fault.Error {
	code, call := api.ErrorCode(), innermostCall(err)
	if call == nil {
		call = &CallError{}
	}
	m := meaningOf(code, StatusOf(err))
	m = m.complete(call)
	e := fault.New(m.kind, "%s", message(api)).WithCause("%s", m.cause).WithFix("%s", m.fix)
	e.Code, e.RequestID, e.EncodedMessage = code, requestID(err), encodedMessage(api)
	switch {
	case IsQuota(err):
		return ofQuota(e, err)
	case IsThrottle(err):
		return ofThrottle(e, call)
	case bucketRegion(err) != "" && bucketRegion(err) != call.Region && (m.kind == fault.WrongRegion || StatusOf(err) == 400):
		return ofWrongRegion(e, bucketRegion(err), call.Region)
	case skewed(code, call.Skew):
		return ofSkew(e, call.Skew)
	case code == "RequestExpired":
		e.Kind = fault.ExpiredCredentials
		return e.WithCause("this machine's clock is right, so the session token has expired").WithFix(fixExpired)
	case m.kind == fault.Denied:
		return ofDenial(e, api, call)
	case m.kind == fault.Quota:
		return ofQuota(e, err)
	case m.kind == fault.Unavailable:
		return ofUnavailable(e, call)
	case code == "ValidationError" && call.Operation == "AssumeRole":
		return e.WithFix("a session of a role that was assumed with another role's credentials lasts at most one hour: " +
			"set duration to 1h or less, or the role's MaxSessionDuration to more")
	}
	return e
}

// encodedMark precedes what AWS encoded about a denial.
//
// https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
const encodedMark = "Encoded authorization failure message:"

// message is AWS's text for an error, on one line and without what it encoded;
// the code where there is none.
func message(api smithy.APIError) string {
	text, _, _ := strings.Cut(strings.TrimSpace(api.ErrorMessage()), encodedMark)
	text, _, _ = strings.Cut(strings.TrimSpace(text), "\n")
	if text == "" {
		return "AWS answered " + api.ErrorCode()
	}
	return strings.TrimSpace(text)
}

// encodedMessage returns what AWS encoded about a denial, or "".
func encodedMessage(api smithy.APIError) string {
	_, after, _ := strings.Cut(api.ErrorMessage(), encodedMark)
	if words := strings.Fields(after); len(words) > 0 {
		return words[0]
	}
	return ""
}

func requestID(err error) string {
	var withID interface{ ServiceRequestID() string }
	if errors.As(err, &withID) {
		return withID.ServiceRequestID()
	}
	return ""
}

// bucketRegion returns the region that S3 says the bucket is in.
func bucketRegion(err error) string { return headerOf(err, "X-Amz-Bucket-Region") }

// headerOf returns a header of the answer that an error came with, or "".
func headerOf(err error, name string) string {
	var response *smithyhttp.ResponseError
	if !errors.As(err, &response) || response.Response == nil || response.Response.Response == nil {
		return ""
	}
	return response.Response.Header.Get(name)
}

func ofWrongRegion(e *fault.Error, right, asked string) *fault.Error {
	e.Kind, e.Region = fault.WrongRegion, right
	e.Message = "the bucket is in " + right
	return e.WithCause("the call went to %s", asked).WithFix("give --region %s", right)
}

// skewed reports whether clocks explain the code.
func skewed(code string, skew time.Duration) bool {
	far := skew.Abs() >= SkewThatMatters
	switch code {
	case "RequestTimeTooSkewed", "RequestInTheFuture":
		return true
	case "RequestExpired", "SignatureDoesNotMatch", "InvalidSignatureException", "AuthFailure":
		return far
	}
	return false
}

func ofSkew(e *fault.Error, skew time.Duration) *fault.Error {
	e.Kind = fault.ClockSkew
	e = e.WithCause("%s", SkewText(skew))
	return e.WithFix(FixClock)
}

// fixSlowDown is for S3, whose request rates are no quotas: they grow by themselves with
// the load of each prefix.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html
const fixSlowDown = "try again later with fewer calls at once; S3 serves 3,500 writes and 5,500 reads per second for each prefix, " +
	"so spread the keys over more prefixes"

func ofThrottle(e *fault.Error, c *CallError) *fault.Error {
	e.Kind = fault.Throttled
	e = e.WithCause("%s was asked %d times in %s and AWS asked to slow down %d times",
		actions.Of(c.Service, c.Operation), c.Attempts, c.Elapsed.Round(10*time.Millisecond), c.Throttled)
	if c.Service == "S3" {
		return e.WithFix("%s", fixSlowDown)
	}
	return e.WithFix("try again later, ask for less at once, or request a higher rate quota for the API in Service Quotas")
}

func ofQuota(e *fault.Error, err error) *fault.Error {
	e.Kind = fault.Quota
	var busy *lambdatypes.TooManyRequestsException
	switch {
	case !errors.As(err, &busy):
		return e.WithCause("a quota of the account is used up").
			WithFix("free some, or ask for more in Service Quotas")
	case busy.Reason == lambdatypes.ThrottleReasonReservedFunctionConcurrentInvocationLimitExceeded:
		return e.WithCause("the function's reserved concurrency is used up").
			WithFix("wait, or raise the function's reserved concurrency")
	default:
		return e.WithCause("the account's Lambda concurrency in this region is used up").
			WithFix("wait, or request a higher quota \"Concurrent executions\" in Service Quotas")
	}
}

func ofUnavailable(e *fault.Error, c *CallError) *fault.Error {
	if c.Attempts > 0 && e.Cause == causeUnavailable {
		e = e.WithCause("AWS failed %d times in %s", c.Attempts, c.Elapsed.Round(10*time.Millisecond))
	}
	return e
}

func ofDenial(e *fault.Error, api smithy.APIError, c *CallError) *fault.Error {
	d := ParseDenial(api.ErrorMessage())
	if d.Action == "" {
		d.Action = c.Action
	}
	e.Action, e.Resource, e.PolicyKind = d.Action, d.Resource, d.PolicyKind
	if !d.Explicit && d.Action != "" {
		e.Statement = Statement(d.Action, d.Resource)
	}
	if c.Owner != "" && d.PolicyKind == "" && e.Cause == "" {
		e = e.WithCause("no policy allows it, or the bucket does not belong to account %s, to which calls are limited here", c.Owner)
	}
	if e.Cause == "" {
		e = e.WithCause("%s", d.cause())
	}
	if d.Action == "sts:AssumeRole" {
		return e.WithFix("the role's trust policy must name this caller (and its external id, tags or source identity), " +
			"and the caller needs sts:AssumeRole on the role")
	}
	if d.PolicyKind == "session" && !d.Explicit && c.AgentPolicy {
		return e.WithFix("the agent's session policy leaves this out: add the statement to session_policy in the agent's profile")
	}
	if e.EncodedMessage != "" {
		return e.WithFix("%s; aws sts decode-authorization-message --encoded-message tells which policies decided", d.fix())
	}
	return e.WithFix("%s", d.fix())
}
