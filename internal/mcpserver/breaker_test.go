package mcpserver_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/mcpserver"
	"github.com/hawser/hawser/internal/tool"
)

// While AWS keeps failing, calls fail at once with the reason and the time of
// the next try, of that tool and connection alone.
func TestBreaker(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	ran, down := 0, true
	run := func(ctx context.Context, c *tool.Call, in widgetInput) (widgetOutput, error) {
		ran++
		if down {
			return widgetOutput{}, fault.New(fault.Unavailable, "the service is closed")
		}
		return same(ctx, c, in)
	}
	r := connect(t, tool.Guard{}, mcpserver.Options{Clock: func() time.Time { return now }}, nil, widget("show", tool.Read, run), widget("edit", tool.Write, same))
	call := func(arguments map[string]any) string {
		result := r.call(t, "widget.show", arguments)
		if !result.IsError {
			return ""
		}
		return texts(result)
	}
	a := map[string]any{"name": "a"}
	for range 5 {
		call(a)
	}
	text := call(a)
	if ran != 5 || !strings.Contains(text, "not tried, because AWS failed 5 times in a row: widget.show: the service is closed") || !strings.Contains(text, "2026-01-02T03:00:05Z") {
		t.Fatalf("ran %d times: %s", ran, text)
	}
	if r.call(t, "widget.edit", a).IsError {
		t.Error("another tool is held back too")
	}
	if call(map[string]any{"name": "a", "connection": "other"}); ran != 6 {
		t.Error("another connection is held back too")
	}
	now = now.Add(6 * time.Second)
	if call(a); ran != 7 {
		t.Fatal("no call is let through to try")
	}
	now = now.Add(6 * time.Second)
	if text := call(a); ran != 7 || !strings.Contains(text, "03:00:16Z") {
		t.Errorf("the pause does not double: %s", text)
	}
	now = now.Add(6 * time.Second)
	down = false
	if text := call(a); text != "" {
		t.Errorf("the try: %s", text)
	}
	if text := call(a); text != "" || ran != 9 {
		t.Errorf("after a success: %s", text)
	}
}

// What the caller does wrong says nothing about AWS.
func TestBreakerIgnoresTheCallersFaults(t *testing.T) {
	ran := 0
	r := connect(t, tool.Guard{}, mcpserver.Options{}, nil, widget("show", tool.Read, func(context.Context, *tool.Call, widgetInput) (widgetOutput, error) {
		ran++
		return widgetOutput{}, fault.New(fault.Denied, "no")
	}))
	for range 8 {
		r.call(t, "widget.show", map[string]any{"name": "a"})
	}
	if ran != 8 {
		t.Errorf("ran %d times, want 8", ran)
	}
}
