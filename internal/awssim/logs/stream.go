package logs

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"github.com/hawser/hawser/internal/awssim"
)

func createLogStream(c *awssim.Call, in *logs.CreateLogStreamInput) (*logs.CreateLogStreamOutput, error) {
	name := aws.ToString(in.LogStreamName)
	st := awssim.State[groupSet](c)
	st.mu.Lock()
	defer st.mu.Unlock()
	g, err := st.group(aws.ToString(in.LogGroupName))
	if err != nil {
		return nil, err
	}
	if g.streams[name] != nil {
		return nil, awssim.Errorf("ResourceAlreadyExistsException", "The specified log stream already exists")
	}
	g.addStream(name, c.Now().UnixMilli())
	return &logs.CreateLogStreamOutput{}, nil
}

func deleteLogStream(c *awssim.Call, in *logs.DeleteLogStreamInput) (*logs.DeleteLogStreamOutput, error) {
	st := awssim.State[groupSet](c)
	st.mu.Lock()
	defer st.mu.Unlock()
	g, s, err := st.stream(aws.ToString(in.LogGroupName), aws.ToString(in.LogStreamName))
	if err != nil {
		return nil, err
	}
	delete(g.streams, s.name)
	return &logs.DeleteLogStreamOutput{}, nil
}

func describeLogStreams(c *awssim.Call, in *logs.DescribeLogStreamsInput) (*logs.DescribeLogStreamsOutput, error) {
	byTime := in.OrderBy == types.OrderByLastEventTime
	if byTime && in.LogStreamNamePrefix != nil {
		return nil, awssim.Errorf("InvalidParameterException", "Cannot order by LastEventTime with a logStreamNamePrefix.")
	}
	st := awssim.State[groupSet](c)
	st.mu.Lock()
	defer st.mu.Unlock()
	g, err := st.group(groupName(c, in.LogGroupName, in.LogGroupIdentifier))
	if err != nil {
		return nil, err
	}
	page, next, err := logsPage(g.ordered(byTime, aws.ToBool(in.Descending), aws.ToString(in.LogStreamNamePrefix)),
		in.Limit, in.NextToken, func(s *logStream) string { return s.name })
	if err != nil {
		return nil, err
	}
	out := &logs.DescribeLogStreamsOutput{NextToken: next, LogStreams: []types.LogStream{}}
	for _, s := range page {
		out.LogStreams = append(out.LogStreams, s.describe(g))
	}
	return out, nil
}

// ordered gives the group's streams by name or by the time of their last
// event.
func (g *logGroup) ordered(byTime, descending bool, prefix string) []*logStream {
	var found []*logStream
	for _, name := range slices.Sorted(maps.Keys(g.streams)) {
		if strings.HasPrefix(name, prefix) {
			found = append(found, g.streams[name])
		}
	}
	if byTime {
		slices.SortStableFunc(found, func(a, b *logStream) int { return cmp.Compare(a.newest(), b.newest()) })
	}
	if descending {
		slices.Reverse(found)
	}
	return found
}

// newest is the time of the stream's last event, 0 without any.
func (s *logStream) newest() int64 {
	if len(s.events) == 0 {
		return 0
	}
	return s.events[len(s.events)-1].time
}

func (s *logStream) describe(g *logGroup) types.LogStream {
	arn, zero, token := g.arn+":log-stream:"+s.name, int64(0), sequenceToken
	out := types.LogStream{
		Arn: &arn, LogStreamName: &s.name, CreationTime: &s.created,
		StoredBytes:         &zero, //nolint:staticcheck // deprecated, and still sent as 0
		UploadSequenceToken: &token,
	}
	if len(s.events) > 0 {
		first, last, ingested := s.events[0].time, s.newest(), s.ingested
		out.FirstEventTimestamp, out.LastEventTimestamp, out.LastIngestionTime = &first, &last, &ingested
	}
	return out
}
