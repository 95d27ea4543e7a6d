package credentials

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/awsapi/regions"
	"github.com/hawser/hawser/internal/fault"
)

// Identity is who AWS says the credentials are.
type Identity struct {
	Account string `json:"account"`
	ARN     string `json:"arn"`
	UserID  string `json:"user_id"`
}

// Root reports whether the identity is the account's root user.
func (i Identity) Root() bool {
	a, ok := arn.Parse(i.ARN)
	return ok && a.Service == "iam" && a.Resource == "root"
}

// WhoAmI asks STS who the configuration's credentials are.
//
// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
func WhoAmI(ctx context.Context, cfg aws.Config) (Identity, error) {
	out, err := sts.NewFromConfig(cfg, stsHome(cfg)).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return Identity{}, noSTS(cfg, awserr.Fault(err))
	}
	return Identity{Account: aws.ToString(out.Account), ARN: aws.ToString(out.Arn), UserID: aws.ToString(out.UserId)}, nil
}

// noSTS tells what to do about an endpoint that may be a store of objects and
// no more, so that it can't say who somebody is.
func noSTS(cfg aws.Config, e *fault.Error) *fault.Error {
	if cfg.BaseEndpoint == nil || e.Code == "" || !slices.Contains([]fault.Kind{fault.Invalid, fault.NotFound, fault.Unsupported, fault.Internal}, e.Kind) {
		return e
	}
	return e.WithFix("if %s is a store of objects without STS, set account and allow_root: true in the connection, "+
		"so that STS is not asked", *cfg.BaseEndpoint)
}

// stsHome lets STS answer for a configuration without a region.
func stsHome(cfg aws.Config) func(*sts.Options) {
	return func(o *sts.Options) {
		if cfg.Region == "" {
			o.Region = regions.Home("aws")
		}
	}
}
