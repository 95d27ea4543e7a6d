package awssim

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"
)

// STS is the Security Token Service.
func STS(*World) *Service {
	return &Service{
		Model: "sts",
		Handlers: map[string]Handler{
			"GetCallerIdentity": Op(getCallerIdentity),
			"AssumeRole":        Op(assumeRole),
		},
		Needs: stsNeeds,
	}
}

func getCallerIdentity(c *Call, _ *sts.GetCallerIdentityInput) (*sts.GetCallerIdentityOutput, error) {
	return &sts.GetCallerIdentityOutput{
		Account: aws.String(c.Account.ID), Arn: aws.String(c.Principal.ARN), UserId: aws.String(c.Principal.ID),
	}, nil
}

func stsNeeds(_ *Call, in any) []Need {
	if in, ok := in.(*sts.AssumeRoleInput); ok {
		return []Need{{Action: "sts:AssumeRole", Resource: aws.ToString(in.RoleArn)}}
	}
	return nil
}

// stsCredentials gives a credential as STS answers it.
func stsCredentials(c *Credential) *types.Credentials {
	return &types.Credentials{
		AccessKeyId: aws.String(c.AccessKeyID), SecretAccessKey: aws.String(c.SecretAccessKey),
		SessionToken: aws.String(c.SessionToken), Expiration: aws.Time(c.Expires),
	}
}
