package rds

import (
	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/wire"
)

// invalid is the answer to an input that the model does not allow.
//
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/CommonErrors.html
func invalid(_ *awssim.Call, in *awssim.Invalid) error {
	v := in.Violations[0]
	if v.Constraint == wire.Required {
		return awssim.Errorf("MissingParameter", "The request must contain the parameter %s", v.Name)
	}
	return awssim.Errorf("InvalidParameterValue", "Invalid value for the parameter %s. %s", v.Name, v.Demand())
}
