package cloudwatch_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awssim/logs"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// TestLogsFollowAheadAndLate writes to three streams: events that are dated
// ahead, events of now, and events that arrive late.
func TestLogsFollowAheadAndLate(t *testing.T) {
	r, sim := toolboxtest.OnSim(t)
	put := func(stream string, offset time.Duration, message string) {
		logs.Put(sim.World, simtest.Account, "us-east-1", "/app", stream, logs.Event{Time: time.Now().Add(offset), Message: message})
	}
	put("a", -time.Second, "first")
	put("skewed", time.Hour, "ahead")
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	lines, done := follow(ctx, r, `{"log_group": "/app", "since": "5m", "follow": true}`)
	got := []string{next(t, lines), next(t, lines)}
	for _, e := range []struct {
		stream  string
		offset  time.Duration
		message string
	}{
		{"a", 0, "now"}, {"skewed", 30 * time.Minute, "less ahead"}, {"b", -4 * time.Minute, "late"}, {"a", 0, "last"},
	} {
		put(e.stream, e.offset, e.message)
		got = append(got, next(t, lines))
	}
	interrupt()
	if err := <-done; err != nil {
		t.Errorf("after an interruption: %v", err)
	}
	if diff := cmp.Diff([]string{"first", "ahead", "now", "less ahead", "late", "last"}, got); diff != "" {
		t.Error(diff)
	}
	if len(lines) > 0 {
		t.Errorf("an event came twice: %s", <-lines)
	}
}

// TestLogsEndNow holds that until is now where it is not given.
func TestLogsEndNow(t *testing.T) {
	r, sim := toolboxtest.OnSim(t)
	logs.Put(sim.World, simtest.Account, "us-east-1", "/aws/lambda/clock", "a",
		logs.Event{Time: time.Now().Add(-time.Second), Message: "now"}, logs.Event{Time: time.Now().Add(time.Hour), Message: "ahead"})
	toolboxtest.MakeFunction(t, sim, "clock", "time")
	for name, input := range map[string]map[string]any{
		"cloudwatch.logs": {"log_group": "/aws/lambda/clock"}, "lambda.get-logs": {"function_name": "clock"},
	} {
		if diff := cmp.Diff([]any{"now"}, r.Call(t, name, input).Column("message")); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		input["until"] = time.Now().Add(2 * time.Hour).UTC().Format(time.RFC3339)
		if diff := cmp.Diff([]any{"now", "ahead"}, r.Call(t, name, input).Column("message")); diff != "" {
			t.Errorf("%s with until: %s", name, diff)
		}
	}
}
