package lambda

import (
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/hawser/hawser/internal/awssim"
)

// networkNeeds are the permissions that the caller needs to put a function into a VPC.
//
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
func networkNeeds(v *types.VpcConfig) []awssim.Need {
	if v == nil || len(v.SubnetIds) == 0 {
		return nil
	}
	return []awssim.Need{{Action: "ec2:DescribeSecurityGroups"}, {Action: "ec2:DescribeSubnets"}, {Action: "ec2:DescribeVpcs"}}
}

// checkNetwork refuses a function in a VPC whose role does not let Lambda make network
// interfaces, and subnets without security groups or the reverse. The role is the one that
// the function will have.
//
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
func checkNetwork(c *awssim.Call, v *types.VpcConfig, role string) error {
	if v == nil || len(v.SubnetIds) == 0 && len(v.SecurityGroupIds) == 0 {
		return nil
	}
	if len(v.SubnetIds) == 0 || len(v.SecurityGroupIds) == 0 {
		return fail("InvalidParameterValueException", "SubnetIds and SecurityIds must coexist or be both empty list.")
	}
	for _, action := range []string{"CreateNetworkInterface", "DescribeNetworkInterfaces", "DeleteNetworkInterface"} {
		if !c.RoleMay(role, awssim.Need{Action: "ec2:" + action}) {
			return fail("InvalidParameterValueException", "The provided execution role does not have permissions to call %s on EC2", action)
		}
	}
	return nil
}
