package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/hawser/hawser/internal/awssim/model"
)

// wrongKind is the error of a conversion that a value does not allow.
type wrongKind struct{}

func (wrongKind) Error() string { return "the value is of another kind" }

// unfit is a value of another kind than its member takes.
type unfit struct {
	value          any // []any or map[string]any for lists and structures
	shape          *model.Shape
	name, location string // of the member, as the request has them
}

// Error is the text of the services that have the kinds of JSON.
func (u *unfit) Error() string {
	switch u.value.(type) {
	case []any:
		return "Start of list found where not expected"
	case map[string]any:
		return "Start of structure or map found where not expected."
	}
	return u.kind() + " can not be converted to " + u.want()
}

func (u *unfit) kind() string {
	switch v := u.value.(type) {
	case string:
		return "STRING_VALUE"
	case bool:
		if v {
			return "TRUE_VALUE"
		}
		return "FALSE_VALUE"
	case json.Number, int64, uint64, float64:
		return "NUMBER_VALUE"
	}
	return "VALUE"
}

func (u *unfit) want() string {
	switch u.shape.Type {
	case "integer":
		return "an Integer"
	case "long":
		return "a Long"
	case "float":
		return "a Float"
	case "double":
		return "a Double"
	case "boolean":
		return "a Boolean"
	case "blob":
		return "a Blob"
	case "list":
		return "a List"
	case "map":
		return "a Map"
	case "timestamp":
		return "milliseconds since epoch"
	}
	return "a String"
}

// answer is the protocol's answer. EC2 and S3 name the member.
//
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
func (u *unfit) answer(p Protocol) *Error {
	switch {
	case p == EC2:
		return malformed(p, fmt.Sprintf("Value (%v) for parameter %s is invalid.", u.shown(), lowerFirst(u.name)))
	case p == RESTXML && u.location != "":
		return u.argument()
	case p == RESTXML:
		return malformed(p, textMalformedXML)
	case p == Query && u.shape.Type == "timestamp":
		return malformed(p, "timestamp must follow ISO8601")
	}
	return malformed(p, u.Error())
}

// argument is S3's answer to a part of the path, the query string or the headers.
func (u *unfit) argument() *Error {
	text := "Invalid value for " + u.name
	if u.shape.Type == "integer" {
		text = "Provided " + u.name + " not an integer or within integer range"
	}
	e := &Error{Code: "InvalidArgument", Message: text, Status: http.StatusBadRequest}
	return e.With("ArgumentName", u.name).With("ArgumentValue", fmt.Sprint(u.shown()))
}

// shown is the value in a message; secrets are not shown.
func (u *unfit) shown() any {
	if u.shape.Sensitive {
		return ""
	}
	return u.value
}

// badBody is a body that is not of its format, or that can't be read.
type badBody struct{}

func (badBody) Error() string { return "the body can't be parsed" }

const textMalformedXML = "The XML you provided was not well-formed or did not validate against our published schema"

// undecodable is the answer to a request that can't be decoded. It never has the words of
// the packages that this one uses.
func undecodable(p Protocol, err error) *Error {
	var own *Error
	var value *unfit
	switch {
	case errors.As(err, &own):
		return own
	case errors.As(err, &value):
		return value.answer(p)
	case p == RESTXML:
		return malformed(p, textMalformedXML)
	case errors.As(err, new(badBody)) && p == RESTJSON:
		return malformed(p, "Could not parse request body into json")
	case errors.As(err, new(badBody)):
		return malformed(p, "") // AWS says no more
	}
	return malformed(p, err.Error())
}
