// Package answer checks the answers of AWS's APIs: against the protocol before the
// SDK decodes them, and against a table of required members after.
package answer

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"sync/atomic"

	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/hawser/hawser/internal/awsapi/awserr"
)

// Call is a call whose answers are checked, as the SDK names it.
type Call struct {
	Service, Operation string
	Input              any // the SDK's, which has the token of a page

	broken atomic.Bool
}

// Broken reports that the present attempt's answer broke off.
func (c *Call) Broken() bool { return c.broken.Load() }

// Retry begins another attempt.
func (c *Call) Retry() { c.broken.Store(false) }

type callKey struct{}

// NewContext returns a context in which the answers of a call are checked.
func NewContext(ctx context.Context, c *Call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

func callOf(ctx context.Context) *Call {
	c, _ := ctx.Value(callKey{}).(*Call)
	return c
}

// check checks the answers of one operation.
type check struct{ operation string }

// AddChecks adds the checks of answers to an operation's stack.
func AddChecks(s *middleware.Stack) error {
	c := check{s.ID()}
	return errors.Join(
		s.Deserialize.Add(middleware.DeserializeMiddlewareFunc("HawserMembers", c.members), middleware.Before),
		s.Deserialize.Add(middleware.DeserializeMiddlewareFunc("HawserWire", c.wire), middleware.After),
		s.Deserialize.Add(middleware.DeserializeMiddlewareFunc("HawserBody", watchBody), middleware.After),
	)
}

// service returns the service that the call is of. The SDK's clients of what a
// machine offers (instance metadata, container credentials) have no name, and are
// called in the context of a call that has one.
func (c check) service(ctx context.Context) (service, bool) {
	r := callOf(ctx)
	if r == nil || r.Operation != c.operation {
		return service{}, false
	}
	s, known := answers[r.Service]
	return s, known
}

// wire checks an answer against the protocol of its service, before the SDK
// decodes it.
func (c check) wire(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
	out, metadata, err := next.HandleDeserialize(ctx, in)
	response, ok := out.RawResponse.(*smithyhttp.Response)
	s, known := c.service(ctx)
	if err != nil || !ok || !known {
		return out, metadata, err
	}
	if err = s.check(c.operation, response.Response); callOf(ctx).Broken() {
		return out, metadata, nil // the SDK meets the broken connection itself
	}
	return out, metadata, err
}

// members checks that an answer came to its end, and that it and its items have their
// required members, after the SDK decoded it. The SDK reads what follows the document, and
// ignores that it broke off: an answer that is shorter than its Content-Length.
func (c check) members(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
	out, metadata, err := next.HandleDeserialize(ctx, in)
	s, known := c.service(ctx)
	if err != nil || !known {
		return out, metadata, err
	}
	if callOf(ctx).Broken() {
		return out, metadata, &smithy.DeserializationError{Err: io.ErrUnexpectedEOF}
	}
	missing := cmp.Or(s.operations[c.operation].missing(out.Result), unidentified(out.Result, identities[callOf(ctx).Service][c.operation]))
	if missing != "" {
		return out, metadata, &awserr.ForeignError{Came: "it has no " + missing}
	}
	if wrong := s.pagingOf(c.operation).wrong(callOf(ctx).Input, out.Result); wrong != "" {
		err = &awserr.ForeignError{Came: wrong}
	}
	return out, metadata, err
}

// check returns the check of the wire for one operation.
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

// checkBody checks the answer of a success against the protocol.
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
		return needJSON(response, a.keys, anyValue)
	}
}

// checkError checks the answer of a failure against the protocol: one that is
// not the service's own must not be taken for "it does not exist" or "it is not
// allowed".
func (s service) checkError(response *http.Response) error {
	err := s.needError(response)
	var foreign *awserr.ForeignError
	if errors.As(err, &foreign) {
		_, foreign.Passing = awserr.TransientStatuses()[response.StatusCode]
		foreign.Passing = foreign.Passing || response.StatusCode == http.StatusTooManyRequests
	}
	return err
}

// needError requires the answer of a failure to have the form of the protocol.
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
		return needJSON(response, []string{"__type", "code"}, isText)
	case s.protocol == query || s.protocol == restXML:
		return needRoot(response, "Error", "ErrorResponse", "Response")
	}
	return otherThan(response, first)
}
