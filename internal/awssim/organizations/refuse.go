package organizations

import (
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/wire"
)

// invalid is the answer to an input that the model does not allow, with the
// reason that Organizations gives.
//
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html#API_CreateAccount_Errors
func invalid(_ *awssim.Call, in *awssim.Invalid) error {
	v := in.Violations[0]
	switch v.Constraint {
	case wire.Required:
		return invalidInput(types.InvalidInputExceptionReasonInputRequired, "You must include a value for the required parameter %s.", v.Name)
	case wire.TooShort:
		return invalidInput(types.InvalidInputExceptionReasonMinLengthExceeded, "You provided a value for %s that is shorter than the minimum length of %.0f.", v.Name, *v.Shape.Min)
	case wire.TooLong:
		return invalidInput(types.InvalidInputExceptionReasonMaxLengthExceeded, "You provided a value for %s that is longer than the maximum length of %.0f.", v.Name, *v.Shape.Max)
	case wire.TooSmall:
		return invalidInput(types.InvalidInputExceptionReasonMinValueExceeded, "You specified an invalid value for %s: the smallest is %.0f.", v.Name, *v.Shape.Min)
	case wire.TooLarge:
		return invalidInput(types.InvalidInputExceptionReasonMaxValueExceeded, "You specified an invalid value for %s: the largest is %.0f.", v.Name, *v.Shape.Max)
	case wire.OutsideEnum:
		return invalidInput(enumReason(v.Shape.Name), "You specified a value of %s that isn't valid.", v.Name)
	}
	if v.Shape.Name == "RoleName" {
		return invalidInput(types.InvalidInputExceptionReasonInvalidRoleName, "You provided a role name that isn't valid.")
	}
	return invalidInput(types.InvalidInputExceptionReasonInvalidPattern, "You provided a value for %s that does not match the required pattern.", v.Name)
}

// enumReason is the reason for a value outside an enumeration: types of policies
// have one of their own.
func enumReason(shape string) types.InvalidInputExceptionReason {
	if shape == "PolicyType" {
		return types.InvalidInputExceptionReasonInvalidEnumPolicyType
	}
	return types.InvalidInputExceptionReasonInvalidEnum
}

func invalidToken(*awssim.Call) error {
	return invalidInput(types.InvalidInputExceptionReasonInvalidPaginationToken, "You provided an invalid pagination token.")
}
