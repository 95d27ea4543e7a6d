package cloudtrail

import (
	"strings"

	"github.com/hawser/hawser/internal/awssim"
)

// invalid is the answer to an input that the model does not allow; what LookupEvents
// has a code of its own for is left to it.
//
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html#API_LookupEvents_Errors
func invalid(_ *awssim.Call, in *awssim.Invalid) error {
	switch name, _, _ := strings.Cut(in.Violations[0].Name, "."); name {
	case "MaxResults", "EventCategory", "LookupAttributes":
		return nil
	}
	return awssim.Errorf("ValidationException", "%s", in.Error())
}
