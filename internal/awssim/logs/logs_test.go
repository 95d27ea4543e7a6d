package logs_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/google/go-cmp/cmp"

	simlogs "github.com/hawser/hawser/internal/awssim/logs"
	"github.com/hawser/hawser/internal/awssim/simtest"
)

// fillLogs puts n events, a second apart and the last one now, into streams
// "a" and "b" of group "/app" by turns; their messages are their numbers.
func fillLogs(sim *simtest.Sim, n int) (newest time.Time) {
	newest = sim.Clock.Now().Truncate(time.Second)
	for i := range n {
		stream := []string{"a", "b"}[i%2]
		at := newest.Add(time.Duration(i-n+1) * time.Second)
		simlogs.Put(sim.World, simtest.Account, "us-east-1", "/app", stream, simlogs.Event{Time: at, Message: fmt.Sprint(i)})
	}
	return newest
}

func TestFilterLogEventsPages(t *testing.T) {
	sim := simtest.Start(t)
	fillLogs(sim, 25)
	client := logs.NewFromConfig(sim.Config())
	in := &logs.FilterLogEventsInput{LogGroupName: aws.String("/app"), Limit: aws.Int32(10)}
	var messages []string
	var sizes []int
	for pages := logs.NewFilterLogEventsPaginator(client, in); pages.HasMorePages(); {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, len(page.Events))
		for _, e := range page.Events {
			messages = append(messages, *e.Message)
		}
	}
	if diff := cmp.Diff([]int{10, 10, 5}, sizes); diff != "" {
		t.Error(diff)
	}
	for i, m := range messages {
		if m != fmt.Sprint(i) {
			t.Fatalf("event %d is %s", i, m)
		}
	}
}

func TestFilterLogEventsSelects(t *testing.T) {
	sim := simtest.Start(t)
	newest := fillLogs(sim, 20)
	client := logs.NewFromConfig(sim.Config())
	tests := map[string]struct {
		in   logs.FilterLogEventsInput
		want []string
	}{
		"by pattern": {logs.FilterLogEventsInput{FilterPattern: aws.String("?3 ?4")}, []string{"3", "4", "13", "14"}},
		"by stream":  {logs.FilterLogEventsInput{LogStreamNames: []string{"b"}, FilterPattern: aws.String("1 -5")}, []string{"1", "11", "13", "17", "19"}},
		"by prefix":  {logs.FilterLogEventsInput{LogStreamNamePrefix: aws.String("a"), FilterPattern: aws.String("8")}, []string{"8", "18"}},
		"by time, both ends included": {logs.FilterLogEventsInput{
			StartTime: aws.Int64(newest.Add(-2 * time.Second).UnixMilli()), EndTime: aws.Int64(newest.Add(-time.Second).UnixMilli()),
		}, []string{"17", "18"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.in.LogGroupName = aws.String("/app")
			out, err := client.FilterLogEvents(t.Context(), &tt.in)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, e := range out.Events {
				got = append(got, *e.Message)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRareMatchLeavesPagesEmpty(t *testing.T) {
	sim := simtest.Start(t)
	start := sim.Clock.Now().Add(-time.Hour)
	events := make([]simlogs.Event, 15_000)
	for i := range events {
		events[i] = simlogs.Event{Time: start.Add(time.Duration(i) * time.Millisecond), Message: fmt.Sprint("n", i, "n")}
	}
	simlogs.Put(sim.World, simtest.Account, "us-east-1", "/app", "a", events...)
	client := logs.NewFromConfig(sim.Config())
	in := &logs.FilterLogEventsInput{LogGroupName: aws.String("/app"), FilterPattern: aws.String("n14999n")}
	first, err := client.FilterLogEvents(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if len(first.Events) != 0 || first.NextToken == nil {
		t.Fatalf("first page: %d events, token %v; want none and a token", len(first.Events), first.NextToken)
	}
	in.NextToken = first.NextToken
	second, err := client.FilterLogEvents(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if len(second.Events) != 1 || second.NextToken != nil {
		t.Errorf("second page: %d events, token %v; want one and none", len(second.Events), second.NextToken)
	}
}

func TestGetLogEventsBothWays(t *testing.T) {
	sim := simtest.Start(t)
	fillLogs(sim, 10) // stream "a" holds 0, 2, 4, 6, 8
	client := logs.NewFromConfig(sim.Config())
	read := func(token *string, fromHead bool) ([]string, *logs.GetLogEventsOutput) {
		out, err := client.GetLogEvents(t.Context(), &logs.GetLogEventsInput{
			LogGroupName: aws.String("/app"), LogStreamName: aws.String("a"), Limit: aws.Int32(2), NextToken: token, StartFromHead: &fromHead,
		})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range out.Events {
			got = append(got, *e.Message)
		}
		return got, out
	}
	head, out := read(nil, true)
	next, out2 := read(out.NextForwardToken, true)
	tail, out3 := read(nil, false)
	before, _ := read(out3.NextBackwardToken, false)
	end, out4 := read(out3.NextForwardToken, false)
	if diff := cmp.Diff([][]string{{"0", "2"}, {"4", "6"}, {"6", "8"}, {"2", "4"}, nil}, [][]string{head, next, tail, before, end}); diff != "" {
		t.Error(diff)
	}
	if *out4.NextForwardToken != *out3.NextForwardToken || *out2.NextForwardToken == *out.NextForwardToken {
		t.Error("the forward token must change while events come, and repeat at the end")
	}
}

func TestPutLogEvents(t *testing.T) {
	sim := simtest.Start(t)
	client := logs.NewFromConfig(sim.Config())
	fillLogs(sim, 1)
	now := sim.Clock.Now()
	event := func(ago time.Duration) types.InputLogEvent {
		return types.InputLogEvent{Message: aws.String("m"), Timestamp: aws.Int64(now.Add(-ago).UnixMilli())}
	}
	day := 24 * time.Hour
	tests := map[string]struct {
		events []types.InputLogEvent
		want   *types.RejectedLogEventsInfo
		text   string // of the refusal
	}{
		"good":          {events: []types.InputLogEvent{event(time.Hour), event(0)}},
		"too old":       {events: []types.InputLogEvent{event(14*day + time.Hour), event(14*day - time.Hour)}, want: &types.RejectedLogEventsInfo{TooOldLogEventEndIndex: aws.Int32(1)}},
		"too new":       {events: []types.InputLogEvent{event(0), event(-3 * time.Hour)}, want: &types.RejectedLogEventsInfo{TooNewLogEventStartIndex: aws.Int32(1)}},
		"out of order":  {events: []types.InputLogEvent{event(0), event(time.Hour)}, text: "chronological order"},
		"over a day":    {events: []types.InputLogEvent{event(2 * day), event(0)}, text: "24 hours"},
		"empty message": {events: []types.InputLogEvent{{Message: aws.String(""), Timestamp: aws.Int64(now.UnixMilli())}}, text: "validation error"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			out, err := client.PutLogEvents(t.Context(), &logs.PutLogEventsInput{
				LogGroupName: aws.String("/app"), LogStreamName: aws.String("a"), LogEvents: tt.events,
			})
			if tt.text != "" {
				simtest.WantCode(t, err, "InvalidParameterException", tt.text)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, out.RejectedLogEventsInfo, cmp.AllowUnexported(types.RejectedLogEventsInfo{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLogGroups(t *testing.T) {
	sim := simtest.Start(t)
	client := logs.NewFromConfig(sim.Config())
	for i := range 60 {
		in := &logs.CreateLogGroupInput{LogGroupName: aws.String(fmt.Sprintf("/app/%02d", i)), Tags: map[string]string{"n": "1"}}
		if _, err := client.CreateLogGroup(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
	_, err := client.CreateLogGroup(t.Context(), &logs.CreateLogGroupInput{LogGroupName: aws.String("/app/00")})
	simtest.WantCode(t, err, "ResourceAlreadyExistsException", "already exists")
	_, err = client.CreateLogGroup(t.Context(), &logs.CreateLogGroupInput{LogGroupName: aws.String("a b")})
	simtest.WantCode(t, err, "InvalidParameterException", "logGroupName")
	_, err = client.PutRetentionPolicy(t.Context(), &logs.PutRetentionPolicyInput{LogGroupName: aws.String("/app/00"), RetentionInDays: aws.Int32(2)})
	simtest.WantCode(t, err, "InvalidParameterException", "retention")

	var names []string
	for pages := logs.NewDescribeLogGroupsPaginator(client, &logs.DescribeLogGroupsInput{LogGroupNamePrefix: aws.String("/app")}); pages.HasMorePages(); {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range page.LogGroups {
			names = append(names, *g.LogGroupName)
		}
	}
	if len(names) != 60 || !slices.IsSorted(names) || sim.Count("logs:DescribeLogGroups") != 2 {
		t.Errorf("%d groups in %d calls", len(names), sim.Count("logs:DescribeLogGroups"))
	}
	tags, err := client.ListTagsForResource(t.Context(), &logs.ListTagsForResourceInput{
		ResourceArn: aws.String("arn:aws:logs:us-east-1:111122223333:log-group:/app/00"),
	})
	if err != nil || tags.Tags["n"] != "1" {
		t.Errorf("tags %v, %v", tags, err)
	}
}

func TestRetentionHidesOldEvents(t *testing.T) {
	sim := simtest.Start(t)
	client := logs.NewFromConfig(sim.Config())
	fillLogs(sim, 4)
	if _, err := client.PutRetentionPolicy(t.Context(), &logs.PutRetentionPolicyInput{LogGroupName: aws.String("/app"), RetentionInDays: aws.Int32(1)}); err != nil {
		t.Fatal(err)
	}
	count := func() int {
		out, err := client.FilterLogEvents(t.Context(), &logs.FilterLogEventsInput{LogGroupName: aws.String("/app")})
		if err != nil {
			t.Fatal(err)
		}
		return len(out.Events)
	}
	before := count()
	sim.Clock.Advance(25 * time.Hour)
	if after := count(); before != 4 || after != 0 {
		t.Errorf("%d events before, %d after a day; want 4 and 0", before, after)
	}
}

func TestLogsNeedTheGroup(t *testing.T) {
	sim := simtest.Start(t)
	fillLogs(sim, 2)
	user := sim.Account.AddUser("reader")
	err := user.PutPolicy("p", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"logs:FilterLogEvents",
		"Resource":"arn:aws:logs:us-east-1:111122223333:log-group:/app:*"}]}`)
	if err != nil {
		t.Fatal(err)
	}
	client := logs.NewFromConfig(sim.ConfigFor(user.NewKey()))
	if _, err := client.FilterLogEvents(t.Context(), &logs.FilterLogEventsInput{LogGroupName: aws.String("/app")}); err != nil {
		t.Error(err)
	}
	_, err = client.FilterLogEvents(t.Context(), &logs.FilterLogEventsInput{LogGroupName: aws.String("/other")})
	simtest.WantCode(t, err, "AccessDeniedException", "logs:FilterLogEvents on resource: arn:aws:logs:us-east-1:111122223333:log-group:/other:log-stream:")
}
