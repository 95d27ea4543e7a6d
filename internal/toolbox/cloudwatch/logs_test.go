package cloudwatch_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/logs"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// writeLogs puts messages a second apart into /app, the last one now.
func writeLogs(sim *simtest.Sim, stream string, messages ...string) {
	now := time.Now().Add(-time.Duration(len(messages)) * time.Second)
	for i, m := range messages {
		logs.Put(sim.World, simtest.Account, "us-east-1", "/app", stream, logs.Event{Time: now.Add(time.Duration(i) * time.Second), Message: m + "\n"})
	}
}

func TestLogs(t *testing.T) {
	r, sim := toolboxtest.OnSim(t)
	writeLogs(sim, "web-1", "GET /", `{"level":"error"}`, "it's ERROR 500")
	writeLogs(sim, "db", "slow query")
	tests := map[string]struct {
		input string
		want  []any
	}{
		"all":            {`{"log_group": "/app"}`, []any{"GET /", `{"level":"error"}`, "it's ERROR 500", "slow query"}},
		"by filter":      {`{"log_group": "/app", "filter": "?ERROR ?slow"}`, []any{"it's ERROR 500", "slow query"}},
		"by JSON filter": {`{"log_group": "/app", "filter": "{ $.level = \"error\" }"}`, []any{`{"level":"error"}`}},
		"by stream":      {`{"log_group": "/app", "streams": ["db"]}`, []any{"slow query"}},
		"the first":      {`{"log_group": "/app", "limit": 1}`, []any{"GET /"}},
		"by ARN":         {`{"log_group": "arn:aws:logs:us-east-1:111122223333:log-group:/app:*", "streams": ["db"]}`, []any{"slow query"}},
		"none so old":    {`{"log_group": "/app", "since": "3d", "until": "2d"}`, []any{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, r.Call(t, "cloudwatch.logs", tt.input).Column("message")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLogsPagesByCursor(t *testing.T) {
	r, sim := toolboxtest.OnSim(t)
	writeLogs(sim, "web", "0", "1", "2", "3", "4")
	var got []any
	for cursor, more := "", true; more; {
		input := map[string]any{"log_group": "/app", "limit": 2}
		if cursor != "" {
			input["cursor"] = cursor
		}
		page := r.Call(t, "cloudwatch.logs", input)
		got = append(got, page.Column("message")...)
		cursor, more = page["cursor"].(string)
	}
	if diff := cmp.Diff([]any{"0", "1", "2", "3", "4"}, got); diff != "" {
		t.Error(diff)
	}
}

// TestLogsCursorsKeepTheirTime asks for the next page when all events have
// become older than an hour, whether the limit or the output cap ended the last.
func TestLogsCursorsKeepTheirTime(t *testing.T) {
	long := strings.Repeat("x", 400)
	tests := map[string]struct {
		limit int
		guard tool.Guard
	}{
		"by limit": {1, tool.Guard{}},
		"by cap":   {0, tool.Guard{MaxOutput: tool.MinOutputCap}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			sim := simtest.Start(t)
			writeLogs(sim, "web", "0"+long, "1"+long, "2"+long)
			now := time.Now()
			r := toolboxtest.NewWith(t, toolboxtest.SimSettings(sim), tool.Options{Guard: tt.guard, Clock: func() time.Time { return now }})
			var got []string
			for cursor, more := "", true; more && len(got) < 5; now = now.Add(time.Hour) {
				input := map[string]any{"log_group": "/app", "since": "1h"}
				if cursor != "" {
					input["cursor"] = cursor
				}
				if tt.limit > 0 {
					input["limit"] = tt.limit
				}
				page := r.Call(t, "cloudwatch.logs", input)
				for _, message := range page.Column("message") {
					got = append(got, message.(string)[:1])
				}
				cursor, more = page["cursor"].(string)
			}
			if diff := cmp.Diff([]string{"0", "1", "2"}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// follow calls cloudwatch.logs with follow as a door does that takes events,
// and gives the messages on a channel.
func follow(ctx context.Context, r *toolboxtest.Rig, input string) (<-chan string, <-chan error) {
	lines, done := make(chan string, 100), make(chan error, 1)
	go func() {
		_, err := r.Registry.Call(ctx, tool.Request{
			Tool: "cloudwatch.logs", Input: json.RawMessage(input), Caller: caller.Caller{Door: "test", Actor: "tester", Role: caller.Viewer},
			Emit: func(item any) error {
				_, message := item.(tool.Liner).Line()
				lines <- message
				return nil
			},
		})
		done <- err
	}()
	return lines, done
}

func next(t *testing.T, lines <-chan string) string {
	t.Helper()
	return <-lines
}

func TestLogsFollowUntilInterrupted(t *testing.T) {
	r, sim := toolboxtest.OnSim(t)
	writeLogs(sim, "web", "old")
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	lines, done := follow(ctx, r, `{"log_group": "/app", "since": "1m", "follow": true}`)
	got := []string{next(t, lines)}
	writeLogs(sim, "web", "new")
	got = append(got, next(t, lines))
	logs.Put(sim.World, simtest.Account, "us-east-1", "/app", "web", logs.Event{Time: time.Now().Add(-5 * time.Second), Message: "late"})
	got = append(got, next(t, lines))
	interrupt()
	if err := <-done; err != nil {
		t.Errorf("after an interruption: %v", err)
	}
	if diff := cmp.Diff([]string{"old", "new", "late"}, got); diff != "" {
		t.Error(diff)
	}
	if len(lines) > 0 {
		t.Errorf("an event came twice: %s", <-lines)
	}
}

func TestLogsFollowEndsAtLimit(t *testing.T) {
	r, sim := toolboxtest.OnSim(t)
	writeLogs(sim, "web", "1", "2", "3")
	lines, done := follow(t.Context(), r, `{"log_group": "/app", "follow": true, "limit": 2}`)
	if err := <-done; err != nil || len(lines) != 2 {
		t.Errorf("%d events, %v; want 2", len(lines), err)
	}
	// A caller that takes no single events gets them in the answer.
	result, err := r.Try(t.Context(), "cloudwatch.logs", `{"log_group": "/app", "follow": true, "limit": 3}`)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]any{"1", "2", "3"}, toolboxtest.AnswerOf(t, result).Column("message")); diff != "" {
		t.Error(diff)
	}
}

func TestLogsFaults(t *testing.T) {
	r, sim := toolboxtest.OnSim(t)
	writeLogs(sim, "web", "1")
	if _, err := r.Try(t.Context(), "cloudwatch.logs", `{"log_group": "/none"}`); !errors.Is(err, fault.NotFound) {
		t.Errorf("a group that is not there: %v", err)
	}
	for name, input := range map[string]string{
		"a bad filter":      `{"log_group": "/app", "filter": "{ $.a = }"}`,
		"a bad time":        `{"log_group": "/app", "since": "yesterday"}`,
		"an end before":     `{"log_group": "/app", "since": "1h", "until": "2h"}`,
		"follow and cursor": `{"log_group": "/app", "follow": true, "cursor": "x"}`,
		"a foreign cursor":  `{"log_group": "/app", "cursor": "eyJ0IjoienoifQ"}`,
		"too many streams":  `{"log_group": "/app", "streams": [` + strings.Repeat(`"a",`, 100) + `"b"]}`,
	} {
		if _, err := r.Try(t.Context(), "cloudwatch.logs", input); !errors.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, f := range []struct {
		fault awssim.Fault
		want  fault.Kind // "" where a retry makes it good
	}{
		{awssim.Fault{Effect: awssim.Throttle, Times: 2}, ""},
		{awssim.Fault{Effect: awssim.TruncateBody, Times: 1}, ""},
		{awssim.Fault{Effect: awssim.Reset, Times: 1}, ""},
		{awssim.Fault{Effect: awssim.DenyAccess}, fault.Denied},
	} {
		sim.ClearFaults()
		f.fault.Service, f.fault.Action = "logs", "FilterLogEvents"
		if err := sim.AddFault(f.fault); err != nil {
			t.Fatal(err)
		}
		_, err := r.Try(t.Context(), "cloudwatch.logs", `{"log_group": "/app"}`)
		if f.want == "" && err != nil || f.want != "" && !errors.Is(err, f.want) {
			t.Errorf("%s: %v", f.fault.Effect, err)
		}
	}
}
