package tool_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/tool/tooltest"
)

// TestARefusalNamesWhoRefused holds each setting at each place of the chain: what
// is named is the guard that refused, not another.
func TestARefusalNamesWhoRefused(t *testing.T) {
	flag := tool.Origin{Owner: "whoever started it", Names: map[string]string{
		"read_only": "--read-only", "deny": "--deny", "allow": "--tools", "timeout": "--timeout", "max_output": "--max-output",
	}}
	token := tool.Origin{Fix: "make another token", Names: map[string]string{"read_only": "read_only of the token ci"}}
	file := tool.Origin{File: "/etc/hawser.yaml"}
	hour := time.Hour
	for name, tt := range map[string]struct {
		outer, inner tool.Guard
		cause, fix   string
	}{
		"read_only of a file":  {tool.Guard{ReadOnly: true}.From(file), tool.Guard{}.From(flag), "guard.read_only in /etc/hawser.yaml is set", "guard.read_only in /etc/hawser.yaml"},
		"read_only of a flag":  {tool.Guard{}.From(file), tool.Guard{ReadOnly: true}.From(flag), "--read-only is set", "whoever started it can turn off --read-only"},
		"read_only of a token": {tool.Guard{}.From(file), tool.Guard{ReadOnly: true}.From(token), "read_only of the token ci is set", "make another token"},
		"deny of a file":       {tool.Guard{Deny: []string{"widget.*"}}.From(file), tool.Guard{}.From(flag), `"widget.*" in guard.deny in /etc/hawser.yaml`, "guard.deny in /etc/hawser.yaml"},
		"deny of a flag":       {tool.Guard{}.From(file), tool.Guard{Deny: []string{"widget.*"}}.From(flag), `"widget.*" in --deny`, "--deny"},
		"allow of a flag":      {tool.Guard{Allow: []string{"widget.*"}}.From(file), tool.Guard{Allow: []string{"*.edit"}}.From(flag), "--tools", "add it to --tools"},
		"timeout of a file":    {tool.Guard{Timeout: new(time.Millisecond)}.From(file), tool.Guard{Timeout: &hour}.From(flag), "guard.timeout in /etc/hawser.yaml is 1ms", "raise guard.timeout in /etc/hawser.yaml"},
		"timeout of a flag":    {tool.Guard{Timeout: &hour}.From(file), tool.Guard{Timeout: new(time.Millisecond)}.From(flag), "--timeout is 1ms", "raise --timeout"},
		"cap of a file":        {tool.Guard{MaxOutput: 1024}.From(file), tool.Guard{MaxOutput: 2048}.From(flag), "", "raise guard.max_output in /etc/hawser.yaml"},
		"cap of a flag":        {tool.Guard{MaxOutput: 4096}.From(file), tool.Guard{MaxOutput: 2048}.From(flag), "", "raise --max-output"},
	} {
		t.Run(name, func(t *testing.T) {
			work := remove(func(ctx context.Context, _ *tool.Call, _ widgetInput) (widgetOutput, error) {
				if strings.HasPrefix(name, "timeout") {
					<-ctx.Done()
					return widgetOutput{}, ctx.Err()
				}
				return widgetOutput{Got: widgetInput{Name: strings.Repeat("x", 5000)}}, nil
			})
			edit := tool.New(tool.Info{Formats: tooltest.Formats(), Name: "widget.edit", Summary: "Rows a widget", Effect: tool.Read}, echo)
			r, err := registry(t, tt.outer, &tooltest.Memory{}, work, edit).Under(tt.inner)
			if err != nil {
				t.Fatal(err)
			}
			_, err = r.Call(t.Context(), tool.Request{Tool: "widget.remove", Input: json.RawMessage(`{"name":"a"}`), Caller: admin})
			f := fault.From(err)
			if f == nil || !strings.Contains(f.Cause, tt.cause) || !strings.Contains(f.Fix, tt.fix) {
				t.Errorf("got %+v, want the cause %q and the fix %q", f, tt.cause, tt.fix)
			}
		})
	}
}

func TestATimeLimitOfTheToolIsToldAsItsOwn(t *testing.T) {
	slow := tool.New(tool.Info{Formats: tooltest.Formats(), Name: "widget.wait", Summary: "Waits", Effect: tool.Read, Timeout: time.Millisecond},
		func(ctx context.Context, _ *tool.Call, _ struct{}) (struct{}, error) {
			<-ctx.Done()
			return struct{}{}, ctx.Err()
		})
	_, err := registry(t, tool.Guard{Timeout: new(time.Hour)}, &tooltest.Memory{}, slow).Call(t.Context(), tool.Request{Tool: "widget.wait", Input: json.RawMessage(`{}`), Caller: admin})
	if f := fault.From(err); !errors.Is(err, fault.Timeout) || f.Cause != "widget.wait may take 1ms" || strings.Contains(f.Fix, "--timeout") {
		t.Errorf("%+v", f)
	}
}
