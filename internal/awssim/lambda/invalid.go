package lambda

import (
	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/wire"
)

// invalidInput is Lambda's answer to what its model does not allow. A runtime
// that it does not know is an invalid value.
func invalidInput(_ *awssim.Call, in *awssim.Invalid) error {
	if v := in.Violations[0]; v.Path == "runtime" && v.Constraint == wire.OutsideEnum {
		return fail("InvalidParameterValueException", "Value %s at 'runtime' failed to satisfy constraint: %s or be a valid ARN", v.Value, v.Demand())
	}
	return fail("ValidationException", "%s", in.Error())
}

func invalidToken(*awssim.Call) error {
	return fail("InvalidParameterValueException", "Marker is invalid.")
}
