package tool_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/tool/tooltest"
)

// TestCallsWhoseOutcomeIsNotRecordedWereMade lets only the record after the call
// fail.
func TestCallsWhoseOutcomeIsNotRecordedWereMade(t *testing.T) {
	tests := map[string]struct {
		fails   error
		kind    fault.Kind
		message string
		cause   string
	}{
		"done":   {nil, fault.Internal, "the call was made, but its outcome could not be recorded", "disk full"},
		"failed": {fault.New(fault.Conflict, "the widget is at sea"), fault.Conflict, "the widget is at sea", "its outcome could not be recorded"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			log := &tooltest.Memory{FailAfter: errors.New("disk full")}
			r := registry(t, tool.Guard{}, log, remove(func(context.Context, *tool.Call, widgetInput) (widgetOutput, error) {
				return widgetOutput{}, tt.fails
			}))
			result, err := r.Call(t.Context(), tool.Request{Tool: "widget.remove", Caller: admin, Input: json.RawMessage(`{"name":"a"}`)})
			f := fault.From(err)
			if f == nil || f.Kind != tt.kind || !strings.Contains(f.Message, tt.message) || !strings.Contains(f.Cause, tt.cause) || f.OutcomeUnknown {
				t.Errorf("%+v", f)
			}
			if (result != nil) != (tt.fails == nil) {
				t.Errorf("result %+v", result)
			}
		})
	}
}

// A call whose answer is larger than the output cap was carried out, and the error says
// so if it changed something.
func TestCallsWhoseAnswerIsTooLargeWereMade(t *testing.T) {
	for name, tt := range map[string]struct {
		input string
		made  bool
	}{
		"changes": {`{"name":"%s"}`, true},
		"reads":   {`{"name":"%s","dry_run":true}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			log := &tooltest.Memory{}
			r := registry(t, tool.Guard{MaxOutput: tool.MinOutputCap}, log, remove(echo))
			input := strings.Replace(tt.input, "%s", strings.Repeat("x", 2*tool.MinOutputCap), 1)
			_, err := r.Call(t.Context(), tool.Request{Tool: "widget.remove", Caller: admin, ID: "abc", Input: json.RawMessage(input)})
			f := fault.From(err)
			if f == nil || f.Kind != fault.Invalid || f.Made != tt.made || strings.Contains(f.Cause, "was carried out, and is call abc in the audit log") != tt.made {
				t.Errorf("%+v", f)
			}
			want := map[bool]audit.Outcome{true: audit.OK, false: audit.Failed}[tt.made]
			if after := log.Records()[1]; after.Outcome != want || after.Error == nil {
				t.Errorf("recorded as %+v", after)
			}
		})
	}
}
