package lambda

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

type logsInput struct {
	tool.Target
	tool.Page
	Name   string    `json:"function_name" jsonschema:"the function's name or ARN" complete:"lambda.function"`
	Since  tool.When `json:"since,omitempty" jsonschema:"the beginning: a time, or how long ago, such as 15m" default:"\"1h\""`
	Until  tool.When `json:"until,omitempty" jsonschema:"the end; default: now"`
	Filter string    `json:"filter,omitempty" jsonschema:"a CloudWatch Logs filter pattern, such as ERROR, ?a ?b, -without, or { $.level = \"error\" }" holds:"content"`
	Follow bool      `json:"follow,omitempty" jsonschema:"continue with new events as they arrive" xor:"cursor,until"`
}

// Endless: who follows decides how long.
func (in logsInput) Endless() bool { return in.Follow }

func (b *box) logsTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name: "lambda.get-logs", Items: "events", Summary: "Read or follow what a function logs",
		Description: "Reads the log group of the function's configuration. The events of all its instances come in the order of their times, oldest first.",
		Effect:      tool.Read, Idempotent: true, Args: []string{"function_name"},
		Needs: []tool.Need{
			{Action: "lambda:GetFunctionConfiguration", Resource: functionResource},
			{Action: "logs:FilterLogEvents", Resource: "arn:{partition}:logs:{region}:{account}:log-group:/aws/lambda/{function_name}:*"},
		},
		Examples: []tool.Example{
			{Does: "the last hour's errors", Input: `{"function_name": "checkout", "filter": "ERROR"}`},
			{Does: "follow the log", Input: `{"function_name": "checkout", "since": "5m", "follow": true}`},
		},
	}, b.logs)
}

func (b *box) logs(ctx context.Context, call *tool.Call, in logsInput) (tool.List[kit.LogEvent], error) {
	since, until, err := kit.TimeSpan(call, in.Since, in.Until, in.Follow)
	if err != nil {
		return tool.List[kit.LogEvent]{}, err
	}
	s, err := b.Session(ctx, in.Target, in.Name)
	if err != nil {
		return tool.List[kit.LogEvent]{}, err
	}
	config, err := client(s).GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: &in.Name})
	if err != nil {
		return tool.List[kit.LogEvent]{}, err
	}
	query := kit.LogQuery{
		Group: logGroupOf(types.FunctionConfiguration{FunctionName: config.FunctionName, LoggingConfig: config.LoggingConfig}),
		Since: since, Until: until, Filter: in.Filter,
	}
	target := tool.Target(s.Target())
	if in.Follow {
		return b.FollowLogs(ctx, call, target, in.Limit, query)
	}
	return b.ReadLogs(ctx, target, in.Page, query)
}

// Aim is where the function's ARN says.
func (in logsInput) Aim() tool.Target { return kit.Aimed(in.Target, in.Name) }
