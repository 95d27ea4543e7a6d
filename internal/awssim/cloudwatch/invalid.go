package cloudwatch

import (
	"slices"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/wire"
)

// invalid is the answer to an input that the model does not allow. Operations
// that declare errors for parameters answer with those, the others as all of
// AWS's services do.
//
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CommonErrors.html
func invalid(_ *awssim.Call, in *awssim.Invalid) error {
	v := in.Violations[0]
	declares := func(name string) bool { return slices.Contains(in.Operation.Errors, name) }
	switch {
	case v.Constraint == wire.Required && declares("MissingRequiredParameterException"):
		return awssim.Errorf("MissingParameter", "The parameter %s is required.", v.Name)
	case v.Constraint != wire.Required && declares("InvalidParameterValueException"):
		return awssim.Errorf("InvalidParameterValue", "The value %s for parameter %s is invalid. %s", v.Value, v.Name, v.Demand())
	}
	return awssim.Errorf("ValidationError", "%s", in.Error())
}

// invalidToken is the answer to a token that no page gave: ListMetrics declares no
// error of its own for it.
func invalidToken(c *awssim.Call) error {
	if c.Operation == "ListMetrics" {
		return awssim.Errorf("InvalidParameterValue", "The parameter NextToken is not valid.")
	}
	return awssim.Errorf("InvalidNextToken", "The token is not valid.")
}
