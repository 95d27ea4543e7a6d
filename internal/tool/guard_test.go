package tool_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/tool/tooltest"
)

func TestAPatternThatFitsNoToolIsRefused(t *testing.T) {
	names := []string{"s3.get", "s3.delete", "lambda.get-logs", "ec2.list"}
	for pattern, fix := range map[string]string{
		"S3.Delete":        `did you mean "s3.delete"?`,
		"s3.delet":         `did you mean "s3.delete"?`,
		"s3":               `did you mean "s3.*"?`,
		"s3.":              `did you mean "s3.*"?`,
		"s3.delete ":       `did you mean "s3.delete"?`,
		"EC2.*":            `did you mean "ec2.*"?`,
		"lambda_getlogs":   `did you mean "lambda.get-logs"?`,
		"":                 `hawser tools lists the tools; write the pattern like "s3.*" or "ec2.list"`,
		"nothing.like-any": `hawser tools lists the tools; write the pattern like "s3.*" or "ec2.list"`,
	} {
		f := fault.From(tool.CheckPatterns("deny", []string{"s3.*", pattern}, names))
		if f == nil || f.Kind != fault.Invalid || f.Field != "deny" || f.Fix != fix {
			t.Errorf("%q: %v, fix %q; want fix %q", pattern, f, f.Fix, fix)
		}
	}
	good := []string{"s3.delete", "s3_delete", "s3_*", "*.list", "*", "lambda_get_logs", "s3.[dg]e*", "lambda.get-logs"}
	if err := tool.CheckPatterns("deny", good, names); err != nil {
		t.Error(err)
	}
}

func TestPatternsAreCheckedWhereverARegistryTakesThem(t *testing.T) {
	wrong := tool.Guard{Deny: []string{"widget.removed"}}
	if _, err := tool.NewRegistry([]*tool.Tool{remove(echo)}, tool.Options{Guard: wrong, Log: &tooltest.Memory{}}); !errors.Is(err, fault.Invalid) {
		t.Errorf("NewRegistry: %v", err)
	}
	if _, err := registry(t, tool.Guard{}, &tooltest.Memory{}, remove(echo)).Under(wrong); !errors.Is(err, fault.Invalid) {
		t.Errorf("Under: %v", err)
	}
}

func TestAPatternWithoutDotsDenies(t *testing.T) {
	r := registry(t, tool.Guard{Deny: []string{"widget_remove"}}, &tooltest.Memory{}, remove(echo))
	if _, err := r.Call(t.Context(), tool.Request{Tool: "widget.remove", Input: json.RawMessage(`{"name":"a"}`), Caller: admin}); !errors.Is(err, fault.Refused) {
		t.Errorf("err = %v", err)
	}
}

// endless is an input that goes on until it is cancelled.
type endless struct {
	Follow bool `json:"follow,omitempty"`
}

func (e endless) Endless() bool { return e.Follow }

func TestTheSmallerLimitBoundsACall(t *testing.T) {
	const hour = time.Hour
	set := func(d time.Duration) *time.Duration { return &d }
	for name, tt := range map[string]struct {
		own    time.Duration // the tool's
		set    *time.Duration
		follow bool
		want   time.Duration // 0 is none
	}{
		"nobody set one":                        {0, nil, false, tool.DefaultTimeout},
		"the tool's own":                        {16 * time.Minute, nil, false, 16 * time.Minute},
		"none of its own":                       {-1, nil, false, 0},
		"set, smaller than the tool's":          {16 * time.Minute, set(time.Minute), false, time.Minute},
		"set, larger than the tool's":           {16 * time.Minute, set(hour), false, 16 * time.Minute},
		"set, for a tool without one":           {-1, set(time.Minute), false, time.Minute},
		"set, for a tool with the built-in one": {0, set(hour), false, hour},
		"set to no limit":                       {0, set(0), false, 0},
		"set to no limit, the tool's own":       {16 * time.Minute, set(0), false, 16 * time.Minute},
		"followed":                              {0, nil, true, 0},
		"followed, and set":                     {0, set(time.Minute), true, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			var left time.Duration
			show := tool.New(tool.Info{Formats: tooltest.Formats(), Name: "widget.watch", Summary: "Watches a widget", Effect: tool.Read, Timeout: tt.own},
				func(ctx context.Context, _ *tool.Call, _ endless) (struct{}, error) {
					if end, ok := ctx.Deadline(); ok {
						left = time.Until(end)
					}
					return struct{}{}, nil
				})
			r := registry(t, tool.Guard{Timeout: tt.set}, &tooltest.Memory{}, show)
			req := tool.Request{Tool: "widget.watch", Input: json.RawMessage(`{}`), Caller: admin}
			if tt.follow {
				req.Input, req.Emit = json.RawMessage(`{"follow":true}`), func(any) error { return nil }
			}
			if _, err := r.Call(t.Context(), req); err != nil {
				t.Fatal(err)
			}
			if left > tt.want || left < tt.want-time.Minute/2 {
				t.Errorf("bounded by %s, want %s", left, tt.want)
			}
		})
	}
}
