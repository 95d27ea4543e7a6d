package connections

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

type whoamiInput struct {
	tool.Target
}

// identity is who AWS says that a call is made by, and by which way it gets there.
type identity struct {
	Connection string   `json:"connection"`
	Source     string   `json:"source" jsonschema:"where the connection's first credentials come from"`
	Profile    string   `json:"profile,omitempty" jsonschema:"the profile of the shared AWS files"`
	Account    string   `json:"account"`
	ARN        string   `json:"arn" jsonschema:"the user, or the session of a role, that calls are made as"`
	UserID     string   `json:"user_id" jsonschema:"the unique ID of the user, or of the role with the session's name"`
	Roles      []string `json:"roles,omitempty" jsonschema:"the ARNs of the roles that the connection assumes, in order"`
	Region     string   `json:"region" jsonschema:"where calls go that name no region"`
	Endpoint   string   `json:"endpoint,omitempty" jsonschema:"the address used in place of AWS's own"`
}

func (b *box) whoamiTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name:    "whoami.show",
		Summary: "Show who calls are made as",
		Description: "Asks AWS for the identity of the credentials, and shows by which connection it is reached. " +
			"doctor also says what is risky about it.",
		Effect: tool.Read, Idempotent: true, Default: true, Bare: true,
		Needs:    []tool.Need{{Action: "sts:GetCallerIdentity", Resource: "*"}},
		Forms:    []tool.Form{{Noun: "sts", Verb: "get-caller-identity"}},
		Examples: []tool.Example{{Does: "by the default connection", Input: `{}`}, {Does: "in a member account", Input: `{"account": "111122223333"}`}},
	}, b.whoami)
}

// whoami asks STS for the identity of a session's credentials.
//
// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
func (b *box) whoami(ctx context.Context, _ *tool.Call, in whoamiInput) (identity, error) {
	s, err := b.Session(ctx, in.Target)
	if err != nil {
		return identity{}, err
	}
	pool, err := b.Pool()
	if err != nil {
		return identity{}, err
	}
	info, err := pool.Describe(s.Connection)
	if err != nil {
		return identity{}, err
	}
	out, err := awsapi.Client(s, sts.NewFromConfig).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return identity{}, err
	}
	return identity{
		Connection: s.Connection, Source: string(info.Source), Profile: info.Profile,
		Account: aws.ToString(out.Account), ARN: aws.ToString(out.Arn), UserID: aws.ToString(out.UserId),
		Roles: info.Roles, Region: s.Region, Endpoint: info.Endpoint,
	}, nil
}
