package cloudwatch

import (
	"context"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

type logsInput struct {
	tool.Target
	tool.Page
	LogGroup string    `json:"log_group" jsonschema:"the log group's name or ARN" complete:"logs.group"`
	Streams  []string  `json:"streams,omitempty" jsonschema:"only these log streams, 100 at most; default: all"`
	Since    tool.When `json:"since,omitempty" jsonschema:"the beginning: a time, or how long ago, such as 15m" default:"\"1h\""`
	Until    tool.When `json:"until,omitempty" jsonschema:"the end; default: now"`
	Filter   string    `json:"filter,omitempty" jsonschema:"a CloudWatch Logs filter pattern, such as ERROR, ?a ?b, -without, or { $.level = \"error\" }" holds:"content"`
	Follow   bool      `json:"follow,omitempty" jsonschema:"continue with new events as they arrive" xor:"cursor,until"`
}

// maxStreams is how many streams one search takes.
const maxStreams = 100

// Validate refuses more streams than CloudWatch Logs searches.
func (in logsInput) Validate() error {
	if len(in.Streams) > maxStreams {
		return fault.New(fault.Invalid, "streams has %d names, and at most %d are allowed", len(in.Streams), maxStreams).
			At("streams").WithFix("name fewer streams, or omit streams to read all")
	}
	return nil
}

// Endless: who follows decides how long.
func (in logsInput) Endless() bool { return in.Follow }

func (b *box) logsTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name: "cloudwatch.logs", Items: "events",
		Summary: "Read or follow the events of a log group",
		Description: "The events of all streams come in the order of their times, oldest first. The filter works on the " +
			"server: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html.",
		Effect: tool.Read, Idempotent: true, Args: []string{"log_group"},
		Forms: []tool.Form{
			{Noun: "logs", Verb: "tail", Flags: []tool.FormFlag{
				{Name: "filter-pattern", Field: "filter"}, {Name: "log-stream-names", Field: "streams"},
			}},
			{Noun: "logs", Verb: "filter-log-events", Flags: append([]tool.FormFlag{
				{Name: "log-group-name", Field: "log_group"},
				{Name: "log-group-identifier", Field: "log_group"},
				{Name: "filter-pattern", Field: "filter"},
				{Name: "log-stream-names", Field: "streams"},
			}, kit.PageFlags()...)},
		},
		Needs: []tool.Need{{
			Action: "logs:FilterLogEvents", Resource: "arn:{partition}:logs:{region}:{account}:log-group:{log_group}:*",
		}},
		Examples: []tool.Example{
			{Does: "the last hour's events", Input: `{"log_group": "/app/web"}`},
			{Does: "yesterday's errors", Input: `{"log_group": "/app/web", "since": "2d", "until": "1d", "filter": "?ERROR ?FATAL"}`},
			{Does: "follow what one stream writes", Input: `{"log_group": "/app/web", "streams": ["web-1"], "since": "5m", "follow": true}`},
			{Does: "slow requests in JSON logs", Input: `{"log_group": "/app/web", "filter": "{ $.duration_ms > 500 }"}`},
		},
	}, b.logs)
}

func (b *box) logs(ctx context.Context, call *tool.Call, in logsInput) (tool.List[kit.LogEvent], error) {
	since, until, err := kit.TimeSpan(call, in.Since, in.Until, in.Follow)
	if err != nil {
		return tool.List[kit.LogEvent]{}, err
	}
	query := kit.LogQuery{Group: in.LogGroup, Streams: in.Streams, Since: since, Until: until, Filter: in.Filter}
	if in.Follow {
		return b.FollowLogs(ctx, call, in.Target, in.Limit, query)
	}
	return b.ReadLogs(ctx, in.Target, in.Page, query)
}

// Aim is where the log group's ARN says.
func (in logsInput) Aim() tool.Target { return kit.Aimed(in.Target, in.LogGroup) }
