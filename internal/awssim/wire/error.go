package wire

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/aws/smithy-go"

	"github.com/hawser/hawser/internal/awssim/model"
)

// Error is an answer that AWS gives in place of a result.
type Error struct {
	// Code is AWS's code: an exception's name, or the code it is known by in
	// the query protocol. Both find the modelled exception.
	Code    string
	Message string
	// Status is the HTTP status; 0 takes the modelled one, else 400.
	Status int
	// Receiver is set where the fault is the service's, not the caller's.
	Receiver bool
	// Extra holds further members of the error, in the exception's names, such
	// as S3's BucketName.
	Extra map[string]string
	// Header is sent with the answer.
	Header http.Header
}

// Errorf makes an Error with the modelled status of its code.
func Errorf(code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }

// With returns e with one more member, for chaining.
func (e *Error) With(name, value string) *Error {
	if e.Extra == nil {
		e.Extra = make(map[string]string)
	}
	e.Extra[name] = value
	return e
}

// AsError gives err as an answer: an *Error or one of the SDK's own exception
// types in its tree, and otherwise an internal failure.
func AsError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	var api smithy.APIError
	if errors.As(err, &api) {
		return &Error{Code: api.ErrorCode(), Message: api.ErrorMessage(), Receiver: api.ErrorFault() == smithy.FaultServer}
	}
	return &Error{
		Code: "InternalFailure", Status: http.StatusInternalServerError, Receiver: true,
		Message: "The request processing has failed because of an unknown error, exception or failure.",
	}
}

// IsAnswer reports whether an error is an answer that was meant for the caller.
func IsAnswer(err error) bool {
	var api smithy.APIError
	return errors.As(err, new(*Error)) || errors.As(err, &api)
}

// malformed is a request that can't be decoded, with the protocol's own code.
func malformed(p Protocol, text string) *Error {
	code := "SerializationException"
	switch p {
	case RESTXML:
		code = "MalformedXML"
	case Query:
		code = "MalformedInput"
	case EC2:
		code = "InvalidParameterValue"
	}
	return &Error{Code: code, Message: text, Status: http.StatusBadRequest}
}

// resolve finds what the model says of an error: its shape name, its query
// code and its status.
func (c *Codec) resolve(e *Error) (name, code string, status int, sh *model.Shape) {
	name, code, status = e.Code, e.Code, e.Status
	sh = c.Model.ErrorShape(e.Code)
	if sh == nil {
		if status == 0 {
			status = http.StatusBadRequest
		}
		return name, code, status, nil
	}
	name = sh.Name
	if sh.Error != nil && sh.Error.Code != "" {
		code = sh.Error.Code
	}
	switch {
	case status != 0:
	case sh.Error != nil && sh.Error.HTTPStatus != 0:
		status = sh.Error.HTTPStatus
	case sh.Fault:
		status = http.StatusInternalServerError
	default:
		status = http.StatusBadRequest
	}
	return name, code, status, sh
}
