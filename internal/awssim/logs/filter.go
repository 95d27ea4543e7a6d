package logs

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/logs/logpattern"
)

// The bounds of one page of events. A page ends too when it has looked at
// maxScanned events, so that a rare match leaves pages empty, as on AWS.
const (
	maxPageEvents = 10_000
	maxPageBytes  = 1_048_576
	maxScanned    = 10_000
)

func filterLogEvents(c *awssim.Call, in *logs.FilterLogEventsInput) (*logs.FilterLogEventsOutput, error) {
	pattern, err := logpattern.Parse(aws.ToString(in.FilterPattern))
	if err != nil {
		return nil, awssim.Errorf("InvalidParameterException", "Invalid filter pattern: %v", err)
	}
	limit := eventLimit(in.Limit)
	after, err := parseCursor(aws.ToString(in.NextToken))
	if err != nil {
		return nil, err
	}
	events, err := selectedEvents(c, in, after)
	if err != nil {
		return nil, err
	}
	found, seen := matching(events, pattern, limit)
	out := &logs.FilterLogEventsOutput{Events: found, SearchedLogStreams: []types.SearchedLogStream{}}
	if seen < len(events) {
		next := events[seen-1].id()
		out.NextToken = &next
	}
	return out, nil
}

func eventLimit(limit *int32) int {
	if limit == nil {
		return maxPageEvents
	}
	return int(*limit)
}

// selectedEvents gives the events behind a cursor, of the streams and the time
// that a call asks for, in their order.
func selectedEvents(c *awssim.Call, in *logs.FilterLogEventsInput, after eventCursor) ([]logEvent, error) {
	if (in.LogGroupName == nil) == (in.LogGroupIdentifier == nil) {
		return nil, awssim.Errorf("InvalidParameterException", "Exactly one of logGroupName and logGroupIdentifier must be given.")
	}
	st := awssim.State[groupSet](c)
	st.mu.Lock()
	defer st.mu.Unlock()
	g, err := st.group(groupName(c, in.LogGroupName, in.LogGroupIdentifier))
	if err != nil {
		return nil, err
	}
	streams, err := g.selected(in.LogStreamNames, aws.ToString(in.LogStreamNamePrefix))
	if err != nil {
		return nil, err
	}
	var events []logEvent
	for _, s := range streams {
		for _, e := range g.kept(s, c.Now().UnixMilli(), max(aws.ToInt64(in.StartTime), after.time), aws.ToInt64(in.EndTime)) {
			if e.compare(after) > 0 {
				events = append(events, e)
			}
		}
	}
	slices.SortFunc(events, func(a, b logEvent) int { return a.compare(b.eventCursor) })
	return events, nil
}

// selected gives the streams of those names, or with that prefix, or all. Names and prefix
// exclude each other.
//
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
func (g *logGroup) selected(names []string, prefix string) ([]*logStream, error) {
	if len(names) == 0 {
		names = slices.Sorted(maps.Keys(g.streams))
	} else if prefix != "" {
		return nil, awssim.Errorf("InvalidParameterException", "logStreamNames and logStreamNamePrefix can't be used together.")
	}
	var streams []*logStream
	for _, name := range names {
		s := g.streams[name]
		if s == nil {
			return nil, noLogStream()
		}
		if strings.HasPrefix(name, prefix) {
			streams = append(streams, s)
		}
	}
	return streams, nil
}

// matching gives one page of the events that fit a pattern, and how many of
// the events it has dealt with.
func matching(events []logEvent, pattern logpattern.Pattern, limit int) (found []types.FilteredLogEvent, seen int) {
	found = []types.FilteredLogEvent{}
	size := 0
	for i, e := range events {
		if i >= maxScanned || len(found) >= limit {
			return found, i
		}
		if !pattern.Match(e.message) {
			continue
		}
		if size += len(e.message) + perEvent; size > maxPageBytes && len(found) > 0 {
			return found, i
		}
		id := e.id()
		found = append(found, types.FilteredLogEvent{
			EventId: &id, LogStreamName: &e.stream, Message: &e.message, Timestamp: &e.time, IngestionTime: &e.ingested,
		})
	}
	return found, len(events)
}

// parseCursor reads the cursor that a token's digits hold; the empty token is
// the beginning.
func parseCursor(digits string) (eventCursor, error) {
	var p eventCursor
	if digits == "" {
		return p, nil
	}
	if _, err := fmt.Sscanf(digits, "%19d%37d", &p.time, &p.number); err != nil || p.id() != digits {
		return p, awssim.Errorf("InvalidParameterException", "The specified nextToken is invalid.")
	}
	return p, nil
}
