package awssim

import (
	"errors"
	"strings"

	"github.com/hawser/hawser/internal/awssim/wire"
)

// Invalid is an input that the service's model does not allow.
type Invalid = wire.Invalid

// refuseInput gives the service's answer to an input that cannot be decoded, or
// that the model does not allow; nil where the handler is to decide. Every input
// is checked by it before authorization and handler.
func (c *Call) refuseInput(err error) error {
	var in *Invalid
	switch {
	case !errors.As(err, &in):
		return err
	case c.Service.Invalid != nil:
		return c.Service.Invalid(c, in)
	case c.protocol == wire.EC2:
		return invalidEC2(in.Violations[0])
	case c.protocol == wire.Query:
		return Errorf("ValidationError", "%s", in.Error())
	}
	return Errorf("ValidationException", "%s", in.Error())
}

// InvalidAs makes a Service.Invalid for a service that has the usual text under a
// code of its own.
func InvalidAs(code string) func(*Call, *Invalid) error {
	return func(_ *Call, in *Invalid) error { return Errorf(code, "%s", in.Error()) }
}

// invalidEC2 tells of the first violation, as EC2 does.
//
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
func invalidEC2(v wire.Violation) error {
	name := lowerFirst(v.Name)
	switch v.Constraint {
	case wire.Required:
		return Errorf("MissingParameter", "The request must contain the parameter %s", v.Name)
	case wire.OutsideEnum:
		return Errorf("InvalidParameterValue", "Invalid value '%s' for %s.", v.Value, v.Name)
	case wire.TooSmall, wire.TooLarge:
		if v.Shape.Min != nil && v.Shape.Max != nil {
			return Errorf("InvalidParameterValue", "Value ( %s ) for parameter %s is invalid. Expecting a value between %.0f and %.0f.", v.Value, name, *v.Shape.Min, *v.Shape.Max)
		}
	}
	return Errorf("InvalidParameterValue", "Value (%s) for parameter %s is invalid. %s.", v.Value, name, v.Demand())
}

// invalidIAM gives IAM's answer, which tells the forms of names and paths in
// words.
//
// https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
func invalidIAM(_ *Call, in *Invalid) error {
	v := in.Violations[0]
	if words := iamForm(v.Shape.Pattern); v.Constraint == wire.OutsidePattern && words != "" && len(in.Violations) == 1 {
		return Errorf("ValidationError", "The specified value for %s is invalid. %s", v.Path, words)
	}
	return Errorf("ValidationError", "%s", in.Error())
}

// iamForm tells a pattern in words, where IAM does.
func iamForm(pattern string) string {
	switch pattern {
	case `[\w+=,.@-]+`:
		return "It must contain only alphanumeric characters and/or the following: +=,.@_-"
	case `(\u002F)|(\u002F[\u0021-\u007E]+\u002F)`:
		return "It must begin and end with / and contain only alphanumeric characters and/or / characters."
	}
	return ""
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }
