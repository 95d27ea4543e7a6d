package web_test

import (
	"context"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/idempotency"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/tool/tooltest"
)

// told is an output that reports a failure, and whether the call changed something.
type told struct {
	Name string `json:"name"`

	fault   *fault.Error
	changed bool
}

func (o told) Verdict() error {
	if o.fault == nil {
		return nil
	}
	return o.fault
}

func (o told) Changed() bool { return o.changed }

// telling is the tool widget.edit, whose calls end with the outputs, one after another.
func telling(calls *int, outputs ...told) *tool.Tool {
	return tool.New(tool.Info{
		Name: "widget.edit", Summary: "Edits", Effect: tool.Write, Formats: tooltest.Formats(),
		Needs: []tool.Need{{Action: "widget:Do", Resource: "*"}},
	}, func(_ context.Context, _ *tool.Call, in widgetInput) (told, error) {
		out := outputs[min(*calls, len(outputs)-1)]
		*calls++
		out.Name = in.Name
		return out, nil
	})
}

func open(kind fault.Kind) *fault.Error {
	f := fault.New(kind, "it broke")
	f.OutcomeUnknown = true
	return f
}

// verdicts are failures that outputs report. Outcome is that of the answer, and the one
// of a call with the same key after a restart; "" is for a call that may be made again.
var verdicts = map[string]struct {
	out     told
	status  int
	outcome idempotency.Stage
}{
	"AWS refused it":        {told{fault: fault.New(fault.Denied, "no")}, 403, ""},
	"it was not sent":       {told{fault: fault.New(fault.Network, "no route")}, 502, ""},
	"it may have been done": {told{fault: open(fault.Network)}, 502, idempotency.Unknown},
	"it was done":           {told{fault: fault.New(fault.Conflict, "the function failed"), changed: true}, 409, idempotency.Done},
	"some was done":         {told{fault: fault.New(fault.Partial, "1 of 2"), changed: true}, 207, idempotency.Done},
	"none was done":         {told{fault: fault.New(fault.Partial, "2 of 2")}, 207, ""},
	"some may be done":      {told{fault: open(fault.Partial)}, 207, idempotency.Unknown},
}

// A failure that an output reports is the answer's, in each form of answers, and decides
// whether a call with the same key is made again.
func TestAFailureInAnOutput(t *testing.T) {
	for name, tt := range verdicts {
		for _, accept := range []string{"application/json", "application/x-ndjson", "text/event-stream"} {
			t.Run(name+" "+accept, func(t *testing.T) {
				calls := 0
				s := serve(t, telling(&calls, tt.out, told{changed: true}))
				token := s.token(t, auth.Token{Name: "bot"})
				send := func() reply {
					return s.ask(t, "POST", edit, token, `{"name": "Red"}`, "Idempotency-Key", "k", "Accept", accept)
				}
				checkVerdict(t, send(), accept, tt.status, tt.outcome)
				s.elsewhere(t, func() {
					again := send()
					if tt.outcome == "" {
						if again.status != 200 || calls != 2 || strings.Contains(again.body, `"problem"`) {
							t.Errorf("again: %d %s after %d calls", again.status, again.body, calls)
						}
						return
					}
					if p := again.problem(t); p.Status != 409 || p.Field != idempotency.Header || p.Outcome != string(tt.outcome) || calls != 1 {
						t.Errorf("again: %+v after %d calls", p, calls)
					}
				})
			})
		}
	}
}

// checkVerdict checks the answer of a call whose output reports a failure.
func checkVerdict(t *testing.T, r reply, accept string, status int, outcome idempotency.Stage) {
	t.Helper()
	var got struct {
		Status  int
		Outcome idempotency.Stage
		Call    string
		Output  struct{ Name string }
		Answer  struct{ Output struct{ Name string } }
		Problem struct {
			Status  int
			Outcome idempotency.Stage
		}
	}
	text, last := r.body, "problem"
	if status == 207 {
		last = "answer"
	}
	wholly := accept == "application/json" || accept == "application/x-ndjson" && last == "problem"
	if accept == "text/event-stream" {
		text = strings.TrimPrefix(text, "event: "+last+"\ndata: ")
	}
	if !wholly && accept == "application/x-ndjson" {
		text = strings.TrimSuffix(strings.TrimPrefix(text, `{"`+last+`":`), "}\n")
	}
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatalf("%v in %s", err, r.body)
	}
	if status == 207 {
		got.Status, got.Outcome, got.Answer.Output = got.Problem.Status, got.Problem.Outcome, got.Output
	}
	if got.Status != status || got.Outcome != outcome || got.Call == "" || got.Answer.Output.Name != "Red" || wholly && r.status != status {
		t.Errorf("%d %s", r.status, r.body)
	}
}

// A call that was made and reports a failure is answered in the same way again while
// the answer is kept.
func TestAFailureInAnOutputIsGivenAgain(t *testing.T) {
	calls := 0
	s := serve(t, telling(&calls, verdicts["it was done"].out))
	token := s.token(t, auth.Token{Name: "bot"})
	send := func() reply { return s.ask(t, "POST", edit, token, `{"name": "Red"}`, "Idempotency-Key", "k") }
	if first, again := send(), send(); first.body != again.body || first.status != 409 || again.status != 409 || calls != 1 {
		t.Errorf("%d %s, then %d %s after %d calls", first.status, first.body, again.status, again.body, calls)
	}
}

// nan is an output that JSON cannot hold.
type nan struct {
	Number float64 `json:"number"`
}

// A call whose output cannot be encoded was carried out. The problem says so, and a call
// with the same key is not made again.
func TestAnAnswerThatCannotBeGiven(t *testing.T) {
	calls := 0
	s := serve(t, tool.New(tool.Info{
		Name: "widget.edit", Summary: "Edits", Effect: tool.Write, Formats: tooltest.Formats(),
		Needs: []tool.Need{{Action: "widget:Do", Resource: "*"}},
	}, func(context.Context, *tool.Call, widgetInput) (nan, error) {
		calls++
		return nan{math.NaN()}, nil
	}))
	token := s.token(t, auth.Token{Name: "bot"})
	for range 2 {
		got := s.ask(t, "POST", edit, token, `{"name": "Red"}`, "Idempotency-Key", "k")
		var p struct {
			Outcome string `json:"outcome"`
			Made    bool   `json:"made"`
		}
		if err := json.Unmarshal([]byte(got.body), &p); err != nil || p.Outcome != string(idempotency.Done) || !p.Made {
			t.Errorf("%s, %v", got.body, err)
		}
	}
	if calls != 1 {
		t.Errorf("%d calls", calls)
	}
}
