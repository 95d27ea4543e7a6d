package ec2

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/awssim"
)

// profileOf finds the instance profile that a call names by name or ARN, the zero value
// if it names none. Whether the role in it trusts EC2 is not asked: an instance whose role
// does not has no credentials.
//
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html
func profileOf(c *awssim.Call, spec *types.IamInstanceProfileSpecification) (awssim.InstanceProfile, error) {
	if spec == nil || spec.Name == nil && spec.Arn == nil {
		return awssim.InstanceProfile{}, nil
	}
	if spec.Name != nil && spec.Arn != nil {
		return awssim.InstanceProfile{}, awssim.Errorf("InvalidParameterCombination",
			"The parameter 'iamInstanceProfile.name' may not be used in combination with 'iamInstanceProfile.arn'")
	}
	name := aws.ToString(spec.Name)
	if spec.Arn != nil {
		a, _ := arn.Parse(*spec.Arn)
		name = a.Name()
	}
	p := c.Account.InstanceProfile(name)
	switch {
	case spec.Arn != nil && p.ARN != *spec.Arn:
		return p, awssim.Errorf("InvalidParameterValue", "Value (%s) for parameter iamInstanceProfile.arn is invalid. Invalid IAM Instance Profile ARN", *spec.Arn)
	case p.Name == "":
		return p, awssim.Errorf("InvalidParameterValue", "Value (%s) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name", name)
	case p.Role == nil:
		return p, awssim.Errorf("InvalidParameterValue", "IAM Instance Profile %q has no associated IAM Roles", p.ARN)
	}
	return p, nil
}
