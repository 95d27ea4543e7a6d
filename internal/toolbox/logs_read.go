package toolbox

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// logQuery says which events of a log group are wanted.
type logQuery struct {
	Group        string // its name, or its ARN
	Streams      []string
	Since, Until time.Time // zero: without bound
	Filter       string    // a CloudWatch Logs filter pattern
}

// logEvent is one line of a log.
type logEvent struct {
	Time    time.Time `json:"time" column:"TIME"`
	Message string    `json:"message" column:"MESSAGE"`
	Stream  string    `json:"stream" jsonschema:"the log stream it stands in"`
	ID      string    `json:"id,omitempty" jsonschema:"CloudWatch's id of the event"`
}

// Line is the event as a follower reads it.
func (e logEvent) Line() string {
	return e.Time.UTC().Format("2006-01-02 15:04:05.000") + "  " + e.Message
}

// timeSpan reads the two ends of a query's time; the error names the field.
func timeSpan(call *tool.Call, since, until tool.When) (from, to time.Time, err error) {
	if from, err = since.Time(call.Now()); err != nil {
		return from, to, fault.From(err).At("since")
	}
	if to, err = until.Time(call.Now()); err != nil {
		return from, to, fault.From(err).At("until")
	}
	if !from.IsZero() && !to.IsZero() && !from.Before(to) {
		return from, to, fault.New(fault.Invalid, "since must lie before until").At("since").
			WithFix("since is the older end of the time, such as 2h; until the newer, such as 1h")
	}
	return from, to, nil
}

// maxEvents is how many events FilterLogEvents gives at the most.
const maxEvents = 10000

// page reads one page of events, oldest first.
//
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
func (q logQuery) page(ctx context.Context, client *cloudwatchlogs.Client, token string, limit int) (tool.Batch[logEvent], error) {
	q, token, err := q.from(token)
	if err != nil {
		return tool.Batch[logEvent]{}, err
	}
	in := &cloudwatchlogs.FilterLogEventsInput{
		LogStreamNames: q.Streams, NextToken: optional(token), FilterPattern: optional(q.Filter),
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
		return tool.Batch[logEvent]{}, err
	}
	batch := tool.Batch[logEvent]{Here: q.token(token)}
	if next := aws.ToString(out.NextToken); next != "" {
		batch.Next = q.token(next)
	}
	for _, e := range out.Events {
		batch.Items = append(batch.Items, eventOf(e))
	}
	return batch, nil
}

func eventOf(e types.FilteredLogEvent) logEvent {
	return logEvent{
		Time: time.UnixMilli(aws.ToInt64(e.Timestamp)).UTC(), Message: strings.TrimRight(aws.ToString(e.Message), "\r\n"),
		Stream: aws.ToString(e.LogStreamName), ID: aws.ToString(e.EventId),
	}
}

func millis(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	return aws.Int64(t.UnixMilli())
}

// readLogs reads the events of a query to its end or to the page's limit. A
// query of a group's ARN goes to the account and region that it names.
func (b *Box) readLogs(ctx context.Context, target tool.Target, page tool.Page, q logQuery) (tool.List[logEvent], error) {
	return gather(ctx, b, target, tool.Fan{}, page, func(ctx context.Context, s *awsapi.Session, token string, limit int) (tool.Batch[logEvent], error) {
		return q.page(ctx, awsapi.Client(s, cloudwatchlogs.NewFromConfig), token, limit)
	}, q.Group)
}

const (
	// followPace is the time between two looks: FilterLogEvents allows five
	// calls a second for the whole account.
	followPace = time.Second
	// followBehind is how far back each look reaches, for events that arrive
	// late.
	followBehind = 10 * time.Second
)

// followLogs hands out a query's events as they come, until the call is
// cancelled or has given limit events (0 is no limit). Where the door cannot
// show them one by one they are gathered.
func (b *Box) followLogs(ctx context.Context, call *tool.Call, target tool.Target, limit int, q logQuery) (tool.List[logEvent], error) {
	f := follower{call: call, limit: limit, seen: map[string]time.Time{}, list: tool.List[logEvent]{Items: []logEvent{}}}
	if q.Since.IsZero() {
		q.Since = call.Now()
	}
	for {
		look, err := b.readLogs(ctx, target, tool.Page{}, q)
		if err == nil {
			err = f.take(look.Items)
		}
		if err != nil || f.full() {
			return f.end(ctx, err)
		}
		q.Since = f.next(q.Since)
		select {
		case <-ctx.Done():
			return f.end(ctx, ctx.Err())
		case <-time.After(followPace):
		}
	}
}

// follower hands out each event once.
type follower struct {
	call   *tool.Call
	limit  int
	given  int
	newest time.Time
	seen   map[string]time.Time // event id to time, for as long as a look reaches back
	list   tool.List[logEvent]
}

func (f *follower) take(events []logEvent) error {
	for _, e := range events {
		if _, again := f.seen[e.ID]; again || f.full() {
			continue
		}
		f.seen[e.ID] = e.Time
		f.given++
		if e.Time.After(f.newest) {
			f.newest = e.Time
		}
		if !f.call.Following {
			f.list.Items = append(f.list.Items, e)
			continue
		}
		if err := f.call.Emit(e); err != nil {
			return err
		}
	}
	return nil
}

func (f *follower) full() bool { return f.limit > 0 && f.given >= f.limit }

// next is where the next look begins; ids from before it are forgotten.
func (f *follower) next(since time.Time) time.Time {
	if behind := f.newest.Add(-followBehind); behind.After(since) {
		since = behind
	}
	for id, at := range f.seen {
		if at.Before(since) {
			delete(f.seen, id)
		}
	}
	return since
}

// end closes a following: that its time is over, or that whoever followed went
// away, is how it ends well.
func (f *follower) end(ctx context.Context, err error) (tool.List[logEvent], error) {
	if err != nil && ctx.Err() != nil && (errors.Is(err, ctx.Err()) || errors.Is(err, fault.Canceled) || errors.Is(err, fault.Timeout)) {
		err = nil
	}
	return f.list, err
}
