package awsapi

import (
	"context"
	"errors"
	"net/http"

	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// notAWS is the error of an answer that the service cannot have given: a
// proxy's page, a plain text, an empty body, a document of something else.
// The SDK takes many of these for an answer that holds nothing.
type notAWS struct {
	came    string // what came instead, such as "a page of HTML"
	passing bool   // its status says that it may pass by itself
}

func (e *notAWS) Error() string { return "the answer is not AWS's: " + e.came }

// RetryableError is false for most: whoever answered answers the same again, and
// a write may have been carried out behind it. Load balancers, AWS's among them,
// send pages when a server behind them is in trouble.
func (e *notAWS) RetryableError() bool { return e.passing }

// answerCheck holds the answers of one operation against the table.
type answerCheck struct{ operation string }

// addAnswerChecks adds both checks of answers to an operation's stack.
func addAnswerChecks(s *middleware.Stack) error {
	c := answerCheck{s.ID()}
	return errors.Join(
		s.Deserialize.Add(middleware.DeserializeMiddlewareFunc("HawserMembers", c.members), middleware.Before),
		s.Deserialize.Add(middleware.DeserializeMiddlewareFunc("HawserWire", c.wire), middleware.After),
	)
}

// service is the service that the call is of. The SDK's clients of what a
// machine offers (instance metadata, container credentials) have none, and are
// called in the context of a call that has one.
func (c answerCheck) service(ctx context.Context) (service, bool) {
	r := callOf(ctx)
	if r == nil || r.operation != c.operation {
		return service{}, false
	}
	s, known := answers[r.service]
	return s, known
}

// wire holds an answer, before the SDK decodes it, against the protocol of its
// service.
func (c answerCheck) wire(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
	out, metadata, err := next.HandleDeserialize(ctx, in)
	response, ok := out.RawResponse.(*smithyhttp.Response)
	s, known := c.service(ctx)
	if err != nil || !ok || !known {
		return out, metadata, err
	}
	if err = s.check(c.operation, response.Response); callOf(ctx).broken.Load() {
		return out, metadata, nil // the SDK meets the broken connection itself
	}
	return out, metadata, err
}

// members holds an answer, after the SDK decoded it, against the members
// without which it is none.
func (c answerCheck) members(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
	out, metadata, err := next.HandleDeserialize(ctx, in)
	s, known := c.service(ctx)
	if err != nil || !known {
		return out, metadata, err
	}
	if missing := s.operations[c.operation].missing(out.Result); missing != "" {
		err = &notAWS{came: "it has no " + missing}
	}
	return out, metadata, err
}

// check is the check of the wire for one operation.
func (s service) check(operation string, response *http.Response) error {
	a := s.operations[operation]
	if response.StatusCode >= http.StatusMultipleChoices {
		return s.checkError(response)
	}
	if err := s.checkBody(operation, a, response); err != nil {
		return err
	}
	return a.needStatus(response)
}

// checkBody holds the answer of a success against the protocol.
func (s service) checkBody(operation string, a answer, response *http.Response) error {
	switch {
	case a.header, s.protocol == restXML && a.root == "":
		return needMark(response)
	case s.protocol == restXML:
		return needRoot(response, a.root, "Error") // the SDK makes a failure of an error in a success
	case s.protocol == query:
		return needRoot(response, operation+"Response")
	case s.protocol == cbor:
		return needCBOR(response)
	default:
		return needJSON(response, a.keys)
	}
}

// checkError holds the answer of a failure against the protocol: one that is
// not the service's own must not be taken for "it does not exist" or "it is not
// allowed".
func (s service) checkError(response *http.Response) error {
	err := s.needError(response)
	var foreign *notAWS
	if errors.As(err, &foreign) {
		_, foreign.passing = transientStatuses[response.StatusCode]
		foreign.passing = foreign.passing || response.StatusCode == http.StatusTooManyRequests
	}
	return err
}

// needError wants the answer of a failure in the form of the protocol.
func (s service) needError(response *http.Response) error {
	first := firstByte(response)
	switch {
	case first == 0 && (marked(response) || isXML(response)):
		return nil // such as S3's answer to HEAD
	case s.protocol == cbor && isCBOR(response):
		return nil
	case s.protocol == jsonish && first == '{' && marked(response):
		return nil
	case s.protocol == jsonish && isJSON(response):
		return needJSON(response, []string{"__type", "code"})
	case s.protocol == query || s.protocol == restXML:
		return needRoot(response, "Error", "ErrorResponse", "Response")
	}
	return otherThan(response, first)
}
