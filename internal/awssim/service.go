package awssim

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/hawser/hawser/internal/access/reference"
	"github.com/hawser/hawser/internal/awssim/model"
	"github.com/hawser/hawser/internal/awssim/sigv4"
	"github.com/hawser/hawser/internal/awssim/wire"
	"github.com/hawser/hawser/internal/policy"
)

// Error is an answer that AWS gives in place of a result.
type Error = wire.Error

// Errorf makes an Error with AWS's code; the model gives its status.
func Errorf(code, format string, args ...any) *Error { return wire.Errorf(code, format, args...) }

// Service is one AWS service: its model and its operations.
type Service struct {
	// Model is the service's botocore name, such as "rds-data".
	Model string
	// Prefix is the service's prefix in IAM actions, where it is not the name
	// it signs with.
	Prefix string
	// Homes are the regions of a service that has one endpoint in each partition, by
	// partition; nil for a service with an endpoint in each region.
	Homes map[string]string
	// Handlers are the operations it has, by name.
	Handlers map[string]Handler
	// Unions are the unions among the SDK's types.
	Unions []wire.Union
	// Needs gives the permissions a call needs; nil, or a nil result, is
	// "Prefix:Operation" on "*", an empty one asks for nothing. in is the
	// operation's input.
	Needs func(c *Call, in any) []Need
	// TagAction, where not nil, gives the name of the IAM action that an operation needs
	// besides its own if it makes something with tags; "" for none.
	TagAction func(operation string) string
	// Action, where not nil, gives the name of the IAM action of an operation, where it
	// may be another than the operation's.
	Action func(operation string) string
	// ReservedTag gives the answer to a tag whose key begins with aws: or one of
	// ReservedPrefixes, in any case. Services whose inputs have Tags or
	// TagSpecifications must have it.
	ReservedTag      func(key string) error
	ReservedPrefixes []string
	// Unsupported are the members of inputs that the simulator refuses, by operation. A
	// member of a member is written as MetadataOptions.HttpTokens.
	Unsupported map[string][]string
	// Anonymous, where not nil, names the operations that may come without a signature.
	// Their handlers ask PermitAnonymous.
	Anonymous func(operation string) bool
	// Invalid, where not nil, gives the answer to an input that the model does not
	// allow, where that is not its protocol's usual one; nil lets the handler see
	// the input.
	Invalid func(c *Call, in *Invalid) error
	// Document, where not nil, checks the body of an operation that takes a document,
	// before it is decoded.
	Document func(c *Call) error
	// InvalidToken, where not nil, gives the answer to a token of a page that no
	// page gave, where that is not its protocol's usual one.
	InvalidToken func(c *Call) error
	// Refine, where not nil, adds to every answer that is an error, those of the
	// core included. The call has no account where its signature was refused.
	Refine func(c *Call, e *Error)
	// ThrottleCode and ThrottleStatus are the answer to calls past a limit,
	// where they are not the protocol's usual ones.
	ThrottleCode   string
	ThrottleStatus int

	signing string
	once    sync.Once
	loadErr error
	codec   *wire.Codec
	paging  map[string]*paging // by operation; nil for what is not a listing
}

// Need is a permission: an IAM action on a resource.
type Need struct {
	Action   string // "s3:GetObject"
	Resource string // an ARN; empty where the action has no resource
	Context  reference.Context
	// Owner is the resource's account, where it may be another than the
	// caller's, and Policy the resource's own policy, where it has one.
	Owner  string
	Policy *policy.Document
	// Grantor is the account that must allow it, where that is not Owner: an object
	// of S3 may be another account's than the bucket that it is in.
	Grantor string
}

// load reads the model, once, when the service is first called. It fails if there is a
// handler for an operation that the model does not have.
func (s *Service) load() error {
	s.once.Do(func() {
		m, err := model.Load(s.Model)
		if err != nil {
			s.loadErr = fmt.Errorf("awssim: %w", err)
			return
		}
		if s.loadErr = cmp.Or(s.checkOperations(m), s.checkReservedTags(), s.checkUnsupported()); s.loadErr != nil {
			return
		}
		s.codec = wire.New(m, s.Unions...)
		s.paging = map[string]*paging{}
		for name := range s.Handlers {
			s.paging[name] = pagingOf(m, m.Operations[name])
		}
	})
	return s.loadErr
}

// checkOperations returns an error if there is a handler for an operation that the model
// does not have.
func (s *Service) checkOperations(m *model.Service) error {
	for name := range s.Handlers {
		if m.Operations[name] == nil {
			return fmt.Errorf("awssim: the model of %s has no operation %s", s.Model, name)
		}
	}
	return nil
}

// HasOperation reports whether AWS's service has an operation, implemented or not. It is
// for handlers, when the service is loaded.
func (s *Service) HasOperation(name string) bool { return s.codec.Model.Operations[name] != nil }

// Handler is one operation.
type Handler struct {
	input func() any
	run   func(c *Call, in any) (any, error)
}

// Op makes a Handler of a function over the SDK's types.
func Op[I, O any](f func(c *Call, in *I) (*O, error)) Handler {
	return Handler{
		input: func() any { return new(I) },
		run: func(c *Call, in any) (any, error) {
			out, err := f(c, in.(*I))
			if err != nil {
				return nil, err
			}
			return out, nil
		},
	}
}

// Then makes a handler that goes on to f once h has succeeded. The error of f is then
// the answer.
func (h Handler) Then(f func(in any) error) Handler {
	run := h.run
	h.run = func(c *Call, in any) (any, error) {
		out, err := run(c, in)
		if err != nil {
			return nil, err
		}
		return out, f(in)
	}
	return h
}

// Call is one request being answered.
type Call struct {
	World     *World
	Service   *Service
	Operation string
	// Account and Principal are the caller's; nil for calls that need no
	// signature.
	Account   *Account
	Principal *Principal
	// Temporary is set for credentials that end.
	Temporary bool
	// Credential is the one that signed; nil where none did.
	Credential *Credential
	// External is set by operations that learn otherwise who calls.
	External *External
	// Region is the one the request was signed for. See EndpointRegion.
	Region string
	// Request is the HTTP request; its body is the wire codec's.
	Request *http.Request
	ID      string
	// Status, where not 0, is sent in place of the model's status.
	Status int
	// Header is sent beside what the output says.
	Header http.Header

	protocol      wire.Protocol // that the request speaks
	body          *sigv4.Body
	input, output any // of the operation, once they are there
}

// Context is cancelled when the client goes away.
func (c *Call) Context() context.Context { return c.Request.Context() }

// Now is the World's time.
func (c *Call) Now() time.Time { return c.World.Clock.Now() }

// ARN makes an ARN of the service in the caller's account and the region.
func (c *Call) ARN(resource string) string {
	return c.Account.ARN(c.Service.Prefix, c.Region, resource)
}

// Partition is the caller's partition, or the region's for calls without one.
func (c *Call) Partition() string {
	if c.Account != nil {
		return c.Account.Partition
	}
	return PartitionOf(c.Region)
}

// Trailer gives the headers after an aws-chunked body, once that is read.
func (c *Call) Trailer() http.Header {
	if c.body == nil {
		return nil
	}
	return c.body.Trailer()
}
