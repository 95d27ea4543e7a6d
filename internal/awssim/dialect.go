package awssim

import (
	"net/http"

	"github.com/hawser/hawser/internal/awssim/wire"
)

// refusal is a reason for which AWS as a whole, and not one operation, refuses a
// call. Each family of services has its own code for it; see "Common errors" in
// the services' API references.
type refusal int

const (
	missingAuth refusal = iota
	malformedAuth
	unknownKey
	badToken
	expiredToken
	badSignature
	outsideTime
	accessDenied
	throttled
	internalError
	unavailable
)

// answer is a code with its status and, if the caller has none, its text.
type answer struct {
	code    string
	status  int
	message string
}

const (
	textToken     = "The security token included in the request is invalid."
	textExpired   = "The security token included in the request is expired"
	textInternal  = "We encountered an internal error. Please try again."
	textBusy      = "Service is unable to handle request."
	textEC2Auth   = "AWS was not able to validate the provided access credentials"
	textS3Expired = "The provided token has expired."
	textS3Key     = "The AWS Access Key Id you provided does not exist in our records."
	textNoToken   = "Missing Authentication Token"
)

func s3Answers(r refusal) answer {
	return [...]answer{
		missingAuth:   {"AccessDenied", 403, "Access Denied"},
		malformedAuth: {"AuthorizationHeaderMalformed", 400, "The authorization header is malformed."},
		unknownKey:    {"InvalidAccessKeyId", 403, textS3Key},
		badToken:      {"InvalidToken", 400, "The provided token is malformed or otherwise invalid."},
		expiredToken:  {"ExpiredToken", 400, textS3Expired},
		badSignature:  {"SignatureDoesNotMatch", 403, ""},
		outsideTime:   {"RequestTimeTooSkewed", 403, "The difference between the request time and the current time is too large."},
		accessDenied:  {"AccessDenied", 403, "Access Denied"},
		throttled:     {"SlowDown", 503, "Please reduce your request rate."},
		internalError: {"InternalError", 500, textInternal},
		unavailable:   {"ServiceUnavailable", 503, textBusy},
	}[r]
}

func ec2Answers(r refusal) answer {
	return [...]answer{
		missingAuth:   {"AuthFailure", 401, textEC2Auth},
		malformedAuth: {"AuthFailure", 401, textEC2Auth},
		unknownKey:    {"AuthFailure", 401, textEC2Auth},
		badToken:      {"AuthFailure", 401, textEC2Auth},
		expiredToken:  {"RequestExpired", 400, "Request has expired."},
		badSignature:  {"AuthFailure", 401, textEC2Auth},
		outsideTime:   {"RequestExpired", 400, "Request has expired."},
		accessDenied:  {"UnauthorizedOperation", 403, "You are not authorized to perform this operation."},
		throttled:     {"RequestLimitExceeded", 503, "Request limit exceeded."},
		internalError: {"InternalError", 500, "An internal error has occurred"},
		unavailable:   {"Unavailable", 503, textBusy},
	}[r]
}

func queryAnswers(r refusal) answer {
	return [...]answer{
		missingAuth:   {"MissingAuthenticationToken", 403, "Request is missing Authentication Token"},
		malformedAuth: {"IncompleteSignature", 400, ""},
		unknownKey:    {"InvalidClientTokenId", 403, textToken},
		badToken:      {"InvalidClientTokenId", 403, textToken},
		expiredToken:  {"ExpiredToken", 403, textExpired},
		badSignature:  {"SignatureDoesNotMatch", 403, ""},
		outsideTime:   {"SignatureDoesNotMatch", 403, ""},
		accessDenied:  {"AccessDenied", 403, ""},
		throttled:     {"Throttling", 400, "Rate exceeded"},
		internalError: {"InternalFailure", 500, "The request processing has failed because of an unknown error, exception or failure."},
		unavailable:   {"ServiceUnavailable", 503, textBusy},
	}[r]
}

func jsonAnswers(r refusal) answer {
	return [...]answer{
		missingAuth:   {"MissingAuthenticationTokenException", 400, textNoToken},
		malformedAuth: {"IncompleteSignatureException", 400, ""},
		unknownKey:    {"UnrecognizedClientException", 400, textToken},
		badToken:      {"UnrecognizedClientException", 400, textToken},
		expiredToken:  {"ExpiredTokenException", 400, textExpired},
		badSignature:  {"InvalidSignatureException", 400, ""},
		outsideTime:   {"InvalidSignatureException", 400, ""},
		accessDenied:  {"AccessDeniedException", 400, ""},
		throttled:     {"ThrottlingException", 400, "Rate exceeded"},
		internalError: {"InternalFailure", 500, ""},
		unavailable:   {"ServiceUnavailableException", 503, textBusy},
	}[r]
}

// refuse returns the service's answer for a refusal; message may be empty if the
// service has a fixed text.
func (s *Service) refuse(p wire.Protocol, r refusal, message string) *Error {
	var a answer
	switch p {
	case wire.RESTXML:
		a = s3Answers(r)
	case wire.EC2:
		a = ec2Answers(r)
	case wire.Query:
		a = queryAnswers(r)
	default:
		a = jsonAnswers(r)
	}
	if p == wire.RESTJSON && a.status == http.StatusBadRequest {
		a.status = http.StatusForbidden // the REST services answer as API Gateway does
	}
	if r == throttled && s.ThrottleCode != "" {
		a.code = s.ThrottleCode
	}
	if r == throttled && s.ThrottleStatus != 0 {
		a.status = s.ThrottleStatus
	} else if r == throttled && p == wire.RESTJSON {
		a.status = http.StatusTooManyRequests
	}
	if message == "" {
		message = a.message
	}
	return &Error{Code: a.code, Message: message, Status: a.status, Receiver: a.status >= 500}
}
