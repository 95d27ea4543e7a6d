package logs

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"github.com/hawser/hawser/internal/awssim"
)

// getLogEvents pages through one stream in both directions. A page that has
// nothing more repeats the token it was asked with, which is how clients
// know the end.
func getLogEvents(c *awssim.Call, in *logs.GetLogEventsInput) (*logs.GetLogEventsOutput, error) {
	limit := eventLimit(in.Limit)
	at, forward, err := parseEventToken(in.NextToken, aws.ToBool(in.StartFromHead))
	if err != nil {
		return nil, err
	}
	st := awssim.State[groupSet](c)
	st.mu.Lock()
	defer st.mu.Unlock()
	g, s, err := st.stream(groupName(c, in.LogGroupName, in.LogGroupIdentifier), aws.ToString(in.LogStreamName))
	if err != nil {
		return nil, err
	}
	end := aws.ToInt64(in.EndTime) - 1 // here, unlike in FilterLogEvents, the end is excluded
	events := g.kept(s, c.Now().UnixMilli(), aws.ToInt64(in.StartTime), end)
	page := onePage(events, at, forward, in.NextToken != nil, limit)
	back, on := at, at
	if len(page) > 0 {
		back, on = page[0].eventCursor, page[len(page)-1].eventCursor
	}
	backward, onward := "b/"+back.id()+"/s", "f/"+on.id()+"/s"
	out := &logs.GetLogEventsOutput{Events: []types.OutputLogEvent{}, NextBackwardToken: &backward, NextForwardToken: &onward}
	for _, e := range page {
		out.Events = append(out.Events, types.OutputLogEvent{Timestamp: &e.time, Message: &e.message, IngestionTime: &e.ingested})
	}
	return out, nil
}

// parseEventToken reads f/DIGITS/s or b/DIGITS/s; without a token the
// direction is the caller's.
func parseEventToken(token *string, fromHead bool) (eventCursor, bool, error) {
	if token == nil {
		return eventCursor{}, fromHead, nil
	}
	parts := strings.Split(*token, "/")
	if len(parts) != 3 || parts[2] != "s" || (parts[0] != "f" && parts[0] != "b") || parts[1] == "" {
		return eventCursor{}, false, awssim.Errorf("InvalidParameterException", "The specified nextToken is invalid.")
	}
	at, err := parseCursor(parts[1])
	return at, parts[0] == "f", err
}

// onePage gives the events after at, or before it when going backward, in
// their order.
func onePage(events []logEvent, at eventCursor, forward, given bool, limit int) []logEvent {
	if given {
		i, found := slices.BinarySearchFunc(events, at, logEvent.compare)
		switch {
		case !forward:
			events = events[:i]
		case found:
			events = events[i+1:]
		default:
			events = events[i:]
		}
	}
	if forward {
		return events[:fitting(len(events), limit, func(i int) logEvent { return events[i] })]
	}
	last := len(events) - 1
	return events[last+1-fitting(len(events), limit, func(i int) logEvent { return events[last-i] }):]
}

// fitting is how many of n events fit on a page, taken in the order of at.
func fitting(n, limit int, at func(int) logEvent) int {
	size := 0
	for i := range min(n, limit) {
		if size += len(at(i).message) + perEvent; size > maxPageBytes && i > 0 {
			return i
		}
	}
	return min(n, limit)
}
