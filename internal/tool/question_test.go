package tool_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/tool/tooltest"
)

// looked is a tool that destroys, unless a look at the widget says otherwise.
func looked(show func(widgetInput) tool.Preview) *tool.Tool {
	return tool.WithPreview(remove(echo), func(_ context.Context, _ *tool.Call, in widgetInput) tool.Preview { return show(in) })
}

func TestAPreviewDecidesWhetherAPersonIsAsked(t *testing.T) {
	for name, tt := range map[string]struct {
		preview tool.Preview
		text    string // "" where nobody is asked
		effect  string
	}{
		"less":             {tool.Preview{Effect: tool.Write}, "", "write"},
		"as much":          {tool.Preview{Does: "Sink the widget a (empty)", Effect: tool.Destroy}, "Sink the widget a (empty) in eu-west-1?", "destroy"},
		"nothing known":    {tool.Preview{}, "Removes a widget: \"widget a\" in eu-west-1?", "destroy"},
		"no effect":        {tool.Preview{Effect: "none"}, "Removes a widget: \"widget a\" in eu-west-1?", "destroy"},
		"in another place": {tool.Preview{Region: "us-west-2"}, "Removes a widget: \"widget a\" in us-west-2?", "destroy"},
	} {
		t.Run(name, func(t *testing.T) {
			log, person := &tooltest.Memory{}, &answer{yes: true}
			r := registry(t, tool.DefaultGuard(), log, looked(func(widgetInput) tool.Preview { return tt.preview }))
			result, err := r.Call(t.Context(), tool.Request{Tool: "widget.remove", Input: json.RawMessage(`{"name":"a","region":"eu-west-1"}`), Caller: admin, Confirm: person})
			if err != nil || string(result.Effect) != tt.effect {
				t.Fatalf("err = %v, result = %+v", err, result)
			}
			text := ""
			if len(person.asked) > 0 {
				text = person.asked[0].Text
			}
			if text != tt.text {
				t.Errorf("asked %q, want %q", text, tt.text)
			}
			before, after := log.Records()[0], log.Records()[1]
			if before.Effect != "destroy" || after.Effect != tt.effect {
				t.Errorf("recorded %s before and %s after", before.Effect, after.Effect)
			}
		})
	}
}

func TestNothingIsLookedAtForAYesGivenBeforehand(t *testing.T) {
	r := registry(t, tool.DefaultGuard(), &tooltest.Memory{}, looked(func(widgetInput) tool.Preview {
		t.Error("looked")
		return tool.Preview{}
	}))
	for name, req := range map[string]tool.Request{
		"approved": {Input: json.RawMessage(`{"name":"a"}`), Confirm: approved{}},
		"a read":   {Input: json.RawMessage(`{"name":"a","dry_run":true}`)},
	} {
		req.Tool, req.Caller = "widget.remove", admin
		if _, err := r.Call(t.Context(), req); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// approved has a yes to everything.
type approved struct{}

func (approved) Given(string) bool                                    { return true }
func (approved) Confirm(context.Context, tool.Question) (bool, error) { return false, nil }

func TestNothingIsLookedAtBeforeTheGuard(t *testing.T) {
	log := &tooltest.Memory{}
	r := registry(t, tool.Guard{ReadOnly: true, Confirm: []tool.Effect{tool.Destroy}}, log, looked(func(widgetInput) tool.Preview {
		t.Error("looked")
		return tool.Preview{}
	}))
	_, err := r.Call(t.Context(), tool.Request{Tool: "widget.remove", Input: json.RawMessage(`{"name":"a"}`), Caller: admin, Confirm: &answer{yes: true}})
	if !errors.Is(err, fault.Refused) || log.Records()[1].Outcome != audit.Refused {
		t.Errorf("err = %v", err)
	}
}

func TestWhoIsAskedAboutLessIsAskedAboutMore(t *testing.T) {
	for _, listed := range []tool.Effect{tool.Read, tool.Write, tool.Destroy} {
		r := registry(t, tool.Guard{Confirm: []tool.Effect{listed}}, &tooltest.Memory{}, remove(echo))
		if _, err := r.Call(t.Context(), tool.Request{Tool: "widget.remove", Input: json.RawMessage(`{"name":"a"}`), Caller: admin}); !errors.Is(err, fault.Unconfirmed) {
			t.Errorf("confirm %s: %v", listed, err)
		}
	}
}

func TestAYesIsBoundToWhatWasShown(t *testing.T) {
	q := tool.Question{Tool: "widget.remove", Effect: tool.Destroy, Target: tool.Target{Account: "111122223333"}, Text: "Sink the widget a?"}
	call := tool.CallDigest("ann", "widget.remove", json.RawMessage(`{"name":"a"}`))
	bound := q.Bind(call)
	elsewhere, fuller := q, q
	elsewhere.Target.Account = "444455556666"
	fuller.Text = "Sink the widget a (3 aboard)?"
	for name, other := range map[string]string{"account": elsewhere.Bind(call), "text": fuller.Bind(call), "call": q.Bind("another")} {
		if other == bound {
			t.Errorf("another %s is bound to the same", name)
		}
	}
	if q.Bind(call) != bound {
		t.Error("the same question is bound to something else")
	}
}
