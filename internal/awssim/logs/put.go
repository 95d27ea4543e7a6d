package logs

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"github.com/hawser/hawser/internal/awssim"
)

// sequenceToken is always given and never asked for, as AWS does since 2023.
const sequenceToken = "49600000000000000000000000000000000000000000000000000001"

// The bounds of one PutLogEvents.
const (
	maxBatchEvents = 10_000
	maxBatchBytes  = 1_048_576
	maxBatchSpan   = 24 * time.Hour
	oldestEvent    = 14 * 24 * time.Hour
	newestEvent    = 2 * time.Hour
)

// putLogEvents refuses a batch that is wrong as a whole, and leaves out events
// that are too old or too new, saying which.
func putLogEvents(c *awssim.Call, in *logs.PutLogEventsInput) (*logs.PutLogEventsOutput, error) {
	if err := checkBatch(in.LogEvents); err != nil {
		return nil, err
	}
	st := awssim.State[groupSet](c)
	st.mu.Lock()
	defer st.mu.Unlock()
	g, s, err := st.stream(aws.ToString(in.LogGroupName), aws.ToString(in.LogStreamName))
	if err != nil {
		return nil, err
	}
	now := c.Now()
	first, end, rejected := acceptable(in.LogEvents, now, g.retention)
	for _, e := range in.LogEvents[first:end] {
		st.addEvent(s, *e.Timestamp, now.UnixMilli(), *e.Message)
	}
	token := sequenceToken
	return &logs.PutLogEventsOutput{NextSequenceToken: &token, RejectedLogEventsInfo: rejected}, nil
}

func checkBatch(events []types.InputLogEvent) error {
	if len(events) == 0 || len(events) > maxBatchEvents {
		return awssim.Errorf("InvalidParameterException", "A batch holds 1 to %d log events.", maxBatchEvents)
	}
	size := 0
	for i, e := range events {
		if e.Timestamp == nil || aws.ToString(e.Message) == "" {
			return awssim.Errorf("InvalidParameterException",
				"1 validation error detected: Value at 'logEvents.%d.member' failed to satisfy constraint: Member must not be null", i+1)
		}
		if i > 0 && *e.Timestamp < *events[i-1].Timestamp {
			return awssim.Errorf("InvalidParameterException", "Log events in a single PutLogEvents request must be in chronological order.")
		}
		size += len(*e.Message) + perEvent
	}
	if size > maxBatchBytes {
		return awssim.Errorf("InvalidParameterException", "Upload too large: %d bytes exceeds limit of %d", size, maxBatchBytes)
	}
	if *events[len(events)-1].Timestamp-*events[0].Timestamp > maxBatchSpan.Milliseconds() {
		return awssim.Errorf("InvalidParameterException", "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.")
	}
	return nil
}

// acceptable gives the range of events that are taken, and what is said of
// the others; the events are in the order of their times.
func acceptable(events []types.InputLogEvent, now time.Time, retention int32) (first, end int, _ *types.RejectedLogEventsInfo) {
	oldest, newest := now.Add(-oldestEvent).UnixMilli(), now.Add(newestEvent).UnixMilli()
	expired := int64(0)
	if retention > 0 {
		expired = now.Add(-time.Duration(retention) * 24 * time.Hour).UnixMilli()
	}
	var info types.RejectedLogEventsInfo
	end = len(events)
	for i, e := range events {
		after := int32(i + 1)
		switch {
		case *e.Timestamp < expired:
			info.ExpiredLogEventEndIndex, first = &after, i+1
		case *e.Timestamp < oldest:
			info.TooOldLogEventEndIndex, first = &after, i+1
		case *e.Timestamp > newest && end == len(events):
			start := int32(i)
			info.TooNewLogEventStartIndex, end = &start, i
		}
	}
	if first == 0 && end == len(events) {
		return first, end, nil
	}
	return first, end, &info
}
