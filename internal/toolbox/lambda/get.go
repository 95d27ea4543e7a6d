package lambda

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

type getInput struct {
	tool.Target
	Name      string `json:"function_name" jsonschema:"the function's name or ARN" complete:"lambda.function"`
	Qualifier string `json:"qualifier,omitempty" jsonschema:"a version or an alias"`
	ShowEnv   bool   `json:"show_env,omitempty" jsonschema:"show the values of environment variables, which may be secrets"`
}

// detail is all that is known of a function.
type detail struct {
	function
	Version       string            `json:"version,omitempty"`
	CodeSHA256    string            `json:"code_sha256,omitempty"`
	Image         string            `json:"image_uri,omitempty"`
	StateReason   string            `json:"state_reason,omitempty"`
	LastUpdate    string            `json:"last_update_status,omitempty"`
	Reserved      *int32            `json:"reserved_concurrency,omitempty" jsonschema:"the most that may run at once; absent if none is reserved"`
	EphemeralMiB  int32             `json:"ephemeral_storage_mib,omitempty"`
	Layers        []string          `json:"layers,omitempty"`
	VPC           string            `json:"vpc_id,omitempty"`
	Subnets       []string          `json:"subnet_ids,omitempty"`
	Groups        []string          `json:"security_group_ids,omitempty"`
	DeadLetters   string            `json:"dead_letter_target,omitempty"`
	TagsUnread    string            `json:"tags_error,omitempty" jsonschema:"why the tags could not be read"`
	Variables     []string          `json:"environment_variables,omitempty" jsonschema:"the names of the environment variables"`
	Environment   map[string]string `json:"environment,omitempty" jsonschema:"their values, if show_env asked for them"`
	EnvUnreadable string            `json:"environment_error,omitempty" jsonschema:"why the environment could not be read"`
}

func (b *box) getTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name: "lambda.get", Summary: "Describe a function",
		Description: "Configuration, code, tags and concurrency. Environment variables are shown by name only, as their values are often secrets.",
		Effect:      tool.Read, Idempotent: true, Args: []string{"function_name"}, Secrets: []string{"environment"},
		Forms: []tool.Form{{Verb: "get-function"}, {Verb: "get-function-configuration"}},
		Needs: []tool.Need{
			{Action: "lambda:GetFunction", Resource: functionResource},
			{Action: "lambda:ListTags", Resource: functionResource, When: tool.Condition{Besides: "the function has tags"}, Without: "tags are not shown"},
		},
		Examples: []tool.Example{
			{Does: "a function", Input: `{"function_name": "checkout"}`},
			{Does: "what an alias points at", Input: `{"function_name": "checkout", "qualifier": "live"}`},
		},
	}, b.get)
}

// https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html
func (b *box) get(ctx context.Context, _ *tool.Call, in getInput) (detail, error) {
	s, err := b.Session(ctx, in.Target, in.Name)
	if err != nil {
		return detail{}, err
	}
	out, err := client(s).GetFunction(ctx, &lambda.GetFunctionInput{FunctionName: &in.Name, Qualifier: kit.Optional(in.Qualifier)})
	if err != nil {
		return detail{}, err
	}
	c := *out.Configuration
	if name := aws.ToString(c.FunctionName); name != "" && !slices.Contains(strings.Split(in.Name, ":"), name) {
		return detail{}, fault.New(fault.Endpoint, "the answer is not about the function that was asked for").
			WithCause("asked for %s, answered %s", in.Name, name).WithFix("check endpoint and proxy of the connection")
	}
	d := detail{
		function: functionOf(s, c), Version: aws.ToString(c.Version), CodeSHA256: aws.ToString(c.CodeSha256),
		StateReason: aws.ToString(c.StateReason), LastUpdate: string(c.LastUpdateStatus),
	}
	d.Tags = out.Tags
	if e := out.TagsError; e != nil {
		d.TagsUnread = aws.ToString(e.ErrorCode) + ": " + aws.ToString(e.Message)
	}
	if out.Code != nil {
		d.Image = aws.ToString(out.Code.ImageUri)
	}
	if out.Concurrency != nil {
		d.Reserved = out.Concurrency.ReservedConcurrentExecutions
	}
	d.addSettings(out)
	d.environment(out, in.ShowEnv)
	return d, nil
}

// addSettings adds the settings and resources that the function runs with.
func (d *detail) addSettings(out *lambda.GetFunctionOutput) {
	c := out.Configuration
	if c.EphemeralStorage != nil {
		d.EphemeralMiB = aws.ToInt32(c.EphemeralStorage.Size)
	}
	for _, l := range c.Layers {
		d.Layers = append(d.Layers, aws.ToString(l.Arn))
	}
	if c.VpcConfig != nil {
		d.VPC, d.Subnets, d.Groups = aws.ToString(c.VpcConfig.VpcId), c.VpcConfig.SubnetIds, c.VpcConfig.SecurityGroupIds
	}
	if c.DeadLetterConfig != nil {
		d.DeadLetters = aws.ToString(c.DeadLetterConfig.TargetArn)
	}
}

// environment adds the variables' names and, where asked, their values.
func (d *detail) environment(out *lambda.GetFunctionOutput, show bool) {
	e := out.Configuration.Environment
	if e == nil {
		return
	}
	if e.Error != nil {
		d.EnvUnreadable = aws.ToString(e.Error.ErrorCode) + ": " + aws.ToString(e.Error.Message)
	}
	d.Variables = slices.Sorted(maps.Keys(e.Variables))
	if show {
		d.Environment = e.Variables
	}
}

// Aim is where the function's ARN says.
func (in getInput) Aim() tool.Target { return kit.Aimed(in.Target, in.Name) }
