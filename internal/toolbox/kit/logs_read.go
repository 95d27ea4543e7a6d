package kit

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// LogQuery says which events of a log group are wanted.
type LogQuery struct {
	Group        string // its name, or its ARN
	Streams      []string
	Since, Until time.Time // zero: without bound
	Filter       string    // a CloudWatch Logs filter pattern
}

// LogEvent is one line of a log.
type LogEvent struct {
	Time    time.Time `json:"time" column:"TIME"`
	Message string    `json:"message" column:"MESSAGE"`
	Stream  string    `json:"stream" jsonschema:"the log stream that it is in"`
	ID      string    `json:"id,omitempty" jsonschema:"CloudWatch's id of the event"`

	ingested time.Time // when CloudWatch took the event in; zero if it does not say
}

// Line returns the event as a follower reads it.
func (e LogEvent) Line() (time.Time, string) { return e.Time, e.Message }

// clockSkew is how far this machine's clock may be behind the clocks of log
// writers before their newest events count as dated ahead.
const clockSkew = 10 * time.Second

// TimeSpan reads the two ends of a query's time; the error names the field. The
// end is now where none is given, as events may be dated up to two hours ahead.
// Following has no end.
func TimeSpan(call *tool.Call, since, until tool.When, follow bool) (from, to time.Time, err error) {
	if from, err = since.Time(call.Now()); err != nil {
		return from, to, fault.From(err).At("since")
	}
	if to, err = until.Time(call.Now()); err != nil {
		return from, to, fault.From(err).At("until")
	}
	if !from.IsZero() && !to.IsZero() && !from.Before(to) {
		return from, to, fault.New(fault.Invalid, "since must be before until").At("since").
			WithFix("since is the older time, such as 2h, and until the newer one, such as 1h")
	}
	if to.IsZero() && !follow {
		to = call.Now().Add(clockSkew)
	}
	if !to.IsZero() && from.After(to) {
		to = from // nothing is that new
	}
	return from, to, nil
}

// maxEvents is the most events that one FilterLogEvents call returns.
const maxEvents = 10000

// page reads one page of events, oldest first.
//
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
func (q LogQuery) page(ctx context.Context, client *cloudwatchlogs.Client, token string, limit int) (tool.Batch[LogEvent], error) {
	q, token, err := q.from(token)
	if err != nil {
		return tool.Batch[LogEvent]{}, err
	}
	in := &cloudwatchlogs.FilterLogEventsInput{
		LogStreamNames: q.Streams, NextToken: Optional(token), FilterPattern: Optional(q.Filter),
		StartTime: millis(q.Since), EndTime: millis(q.Until),
	}
	if limit > 0 {
		in.Limit = aws.Int32(int32(min(limit, maxEvents)))
	}
	if strings.HasPrefix(q.Group, "arn:") {
		in.LogGroupIdentifier = aws.String(strings.TrimSuffix(q.Group, ":*"))
	} else {
		in.LogGroupName = &q.Group
	}
	out, err := client.FilterLogEvents(ctx, in)
	if err != nil {
		return tool.Batch[LogEvent]{}, err
	}
	batch := tool.Batch[LogEvent]{Here: q.token(token)}
	if next := aws.ToString(out.NextToken); next != "" {
		batch.Next = q.token(next)
	}
	for _, e := range out.Events {
		batch.Items = append(batch.Items, eventOf(e))
	}
	return batch, nil
}

func eventOf(e types.FilteredLogEvent) LogEvent {
	event := LogEvent{
		Time: time.UnixMilli(aws.ToInt64(e.Timestamp)).UTC(), Message: strings.TrimRight(aws.ToString(e.Message), "\r\n"),
		Stream: aws.ToString(e.LogStreamName), ID: aws.ToString(e.EventId),
	}
	if e.IngestionTime != nil {
		event.ingested = time.UnixMilli(*e.IngestionTime)
	}
	return event
}

func millis(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	return aws.Int64(t.UnixMilli())
}

// ReadLogs reads the events of a query to its end or to the page's limit. For a
// group's ARN it calls the ARN's account and region.
func (b *Kit) ReadLogs(ctx context.Context, target tool.Target, page tool.Page, q LogQuery) (tool.List[LogEvent], error) {
	return Gather(ctx, b, target, tool.Fan{}, page, func(ctx context.Context, s *awsapi.Session, token string, limit int) (tool.Batch[LogEvent], error) {
		return q.page(ctx, awsapi.Client(s, cloudwatchlogs.NewFromConfig), token, limit)
	}, q.Group)
}
