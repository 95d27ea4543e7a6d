package tool_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/tool/tooltest"
)

// gateFunc is a Gate of one function.
type gateFunc func(tool.Attempt) error

func (f gateFunc) Admit(_ context.Context, a tool.Attempt) error { return f(a) }

func TestGatesAreAskedInOrderAndTheirRefusalsRecorded(t *testing.T) {
	log := &tooltest.Memory{}
	var asked []string
	gate := func(name string, answer error) tool.Gate {
		return gateFunc(func(a tool.Attempt) error {
			asked = append(asked, name+" "+a.Tool.Name+" "+string(a.Effect)+" "+a.Target.Region+" "+a.Caller.Actor)
			return answer
		})
	}
	r := registry(t, tool.Guard{}, log, remove(echo)).
		Through(gate("first", nil)).Through(gate("second", fault.New(fault.Refused, "not today")), gate("third", nil))
	_, err := r.Call(t.Context(), tool.Request{Tool: "widget.remove", Input: json.RawMessage(`{"name":"a","region":"eu-west-1"}`), Caller: admin})
	if !errors.Is(err, fault.Refused) || !strings.Contains(err.Error(), "not today") {
		t.Errorf("err = %v", err)
	}
	want := "first widget.remove destroy eu-west-1 ann, second widget.remove destroy eu-west-1 ann"
	if got := strings.Join(asked, ", "); got != want {
		t.Errorf("asked %q, want %q", got, want)
	}
	if n := len(log.Records()); n != 2 || log.Records()[1].Outcome != audit.Refused {
		t.Errorf("records = %+v", log.Records())
	}
}

func TestTheGuardIsTheFirstGate(t *testing.T) {
	gate := gateFunc(func(tool.Attempt) error { t.Error("a gate was asked about what the guard refuses"); return nil })
	r := registry(t, tool.Guard{ReadOnly: true}, &tooltest.Memory{}, remove(echo)).Through(gate)
	if _, err := r.Call(t.Context(), tool.Request{Tool: "widget.remove", Input: json.RawMessage(`{"name":"a"}`), Caller: admin}); !errors.Is(err, fault.Refused) {
		t.Errorf("err = %v", err)
	}
}

func TestADoorsRefusalIsRecorded(t *testing.T) {
	for name, tt := range map[string]struct {
		request tool.Request
		input   string
	}{
		"known tool":   {tool.Request{Tool: "widget.remove", Input: json.RawMessage(`{"name":"a","secret":"s3cret"}`), Caller: admin}, `{"name":"a"}`},
		"wrong input":  {tool.Request{Tool: "widget.remove", Input: json.RawMessage(`{"name":["s3cret"]}`), Caller: admin}, ""},
		"unknown tool": {tool.Request{Tool: "widget.erase", Input: json.RawMessage(`{"name":"s3cret"}`), Caller: admin}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			log := &tooltest.Memory{}
			why := fault.New(fault.Refused, "the door is shut")
			err := registry(t, tool.Guard{}, log, remove(echo)).Refuse(t.Context(), tt.request, why)
			if f := fault.From(err); f == nil || f.Kind != fault.Refused || f.Op != tt.request.Tool {
				t.Errorf("err = %v", err)
			}
			if len(log.Records()) != 2 {
				t.Fatalf("%d records, want 2", len(log.Records()))
			}
			after := log.Records()[1]
			if after.Outcome != audit.Refused || after.Tool != tt.request.Tool || after.Actor != "ann" || string(after.Input) != tt.input {
				t.Errorf("record = %+v, input %s", after, after.Input)
			}
		})
	}
}

func TestAPanicIsAnsweredRecordedAndLogged(t *testing.T) {
	for name, tt := range map[string]struct {
		run   tool.Func[widgetInput, widgetOutput]
		cause string
	}{
		"in the tool": {func(context.Context, *tool.Call, widgetInput) (widgetOutput, error) { panic("s3cret") }, "a panic of type string"},
		"at run time": {func(context.Context, *tool.Call, widgetInput) (widgetOutput, error) {
			var widgets []string
			return widgetOutput{}, errors.New(widgets[len(widgets)])
		}, "index out of range"},
		"in one cell of a listing": {func(ctx context.Context, _ *tool.Call, _ widgetInput) (widgetOutput, error) {
			_, err := tool.Gather(ctx, []tool.Target{{Region: "a"}}, tool.Page{}, func(context.Context, tool.Target, string, int) (tool.Batch[int], error) { panic("s3cret") })
			return widgetOutput{}, err
		}, "a panic of type string"},
	} {
		t.Run(name, func(t *testing.T) {
			log := &tooltest.Memory{}
			var logged bytes.Buffer
			r, err := tool.NewRegistry([]*tool.Tool{remove(tt.run)}, tool.Options{Log: log, Logger: slog.New(slog.NewTextHandler(&logged, nil))})
			if err != nil {
				t.Fatal(err)
			}
			_, err = r.Call(t.Context(), tool.Request{Tool: "widget.remove", Input: json.RawMessage(`{"name":"a"}`), Caller: admin})
			f := fault.From(err)
			if f == nil || f.Kind != fault.Internal || !strings.Contains(f.Cause, tt.cause) {
				t.Errorf("err = %v, want an internal fault for %q", err, tt.cause)
			}
			if n := len(log.Records()); n != 2 || log.Records()[1].Outcome != audit.Failed {
				t.Errorf("records = %+v", log.Records())
			}
			if !strings.Contains(logged.String(), "stack=") {
				t.Errorf("the log holds no stack: %q", logged.String())
			}
			if strings.Contains(logged.String()+err.Error(), "s3cret") {
				t.Error("the panic's value was shown")
			}
		})
	}
}
