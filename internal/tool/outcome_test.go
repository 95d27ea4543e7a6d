package tool_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/tool/tooltest"
)

// goesAway is a person who goes away, and the call with them, when asked.
type goesAway func()

func (g goesAway) Confirm(ctx context.Context, _ tool.Question) (bool, error) {
	g()
	<-ctx.Done()
	return false, ctx.Err()
}

// The answer, and the record after the call, say of each call that may have been
// carried out that it may, and of no other.
func TestTheRecordTellsOfAnUnknownOutcome(t *testing.T) {
	gone := fault.New(fault.Canceled, "the token has expired")
	asks := tool.Guard{Confirm: []tool.Effect{tool.Destroy}}
	fails := func(err error) func(context.Context, func()) error {
		return func(context.Context, func()) error { return err }
	}
	untilGone := func(ctx context.Context, leave func()) error {
		leave()
		<-ctx.Done()
		return ctx.Err()
	}
	unheard := fault.New(fault.Network, "AWS could not be reached")
	unheard.OutcomeUnknown = true
	known := fault.New(fault.Canceled, "half of it was done")
	known.OutcomeKnown = true
	tests := map[string]struct {
		run     func(ctx context.Context, leave func()) error
		cause   error
		guard   tool.Guard
		dry     bool
		kind    fault.Kind
		unknown bool
	}{
		"the request went unheard":       {run: fails(unheard), kind: fault.Network, unknown: true},
		"AWS refused it":                 {run: fails(fault.New(fault.Denied, "no")), kind: fault.Denied},
		"whoever called went away":       {run: untilGone, kind: fault.Canceled, unknown: true},
		"the tool knows what was done":   {run: func(ctx context.Context, leave func()) error { _ = untilGone(ctx, leave); return known }, kind: fault.Canceled},
		"a reader went away":             {run: untilGone, dry: true, kind: fault.Canceled},
		"the right to it was taken away": {run: untilGone, cause: gone, kind: fault.Canceled, unknown: true},
		"its time was over":              {run: untilGone, guard: tool.Guard{Timeout: new(time.Millisecond)}, kind: fault.Timeout, unknown: true},
		"a panic":                        {run: func(context.Context, func()) error { panic("boom") }, kind: fault.Internal, unknown: true},
		"gone before the yes":            {run: fails(nil), guard: asks, kind: fault.Canceled},
		"taken away before the yes":      {run: fails(nil), cause: gone, guard: asks, kind: fault.Canceled},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			leave := func() {
				if tt.guard.Timeout == nil {
					cancel(tt.cause)
				}
			}
			log := &tooltest.Memory{}
			r := registry(t, tt.guard, log, remove(func(ctx context.Context, _ *tool.Call, _ widgetInput) (widgetOutput, error) {
				return widgetOutput{}, tt.run(ctx, leave)
			}))
			input := `{"name":"a"}`
			if tt.dry {
				input = `{"name":"a","dry_run":true}`
			}
			_, err := r.Call(ctx, tool.Request{Tool: "widget.remove", Caller: admin, Input: json.RawMessage(input), Confirm: goesAway(leave)})
			f := fault.From(err)
			if f == nil || f.Kind != tt.kind || f.OutcomeUnknown != tt.unknown {
				t.Errorf("fault %+v", f)
			}
			after := log.Records()[1]
			if after.Phase != audit.After || after.Error == nil || after.Error.Kind != tt.kind || after.Error.OutcomeUnknown != tt.unknown {
				t.Errorf("record %+v of %+v", after.Error, after)
			}
		})
	}
}

// A token's end is a deadline, and no limit that somebody could raise.
func TestACallThatEndsWithItsTokenIsNoTimeout(t *testing.T) {
	ended := fault.New(fault.Canceled, "the token has expired").WithFix("have one made")
	ctx, cancel := context.WithDeadlineCause(t.Context(), time.Now(), ended)
	defer cancel()
	wait := remove(func(ctx context.Context, _ *tool.Call, _ widgetInput) (widgetOutput, error) {
		<-ctx.Done()
		return widgetOutput{}, ctx.Err()
	})
	_, err := registry(t, tool.Guard{}, &tooltest.Memory{}, wait).Call(ctx, tool.Request{Tool: "widget.remove", Caller: admin, Input: json.RawMessage(`{"name":"a"}`)})
	if !errors.Is(err, fault.Canceled) || !strings.Contains(err.Error(), "the token has expired") || strings.Contains(fault.From(err).Fix, "time limit") {
		t.Errorf("%+v", fault.From(err))
	}
}

// ofAWS is an error with a code of AWS's.
func ofAWS(message string) *fault.Error {
	f := fault.New(fault.Invalid, "%s", message)
	f.Code = "InvalidParameterValue"
	return f
}

// Names in a field of which only the digest is kept are in no message that is
// kept either, however short they are and with whatever characters.
func TestMessagesThatNameWhatIsNotKept(t *testing.T) {
	type kept struct {
		Name  string            `json:"name"`
		Notes map[string]string `json:"notes,omitempty" audit:"digest"`
	}
	tests := map[string]struct {
		input string
		err   error
		kept  bool
	}{
		"a name":             {`{"name":"a","notes":{"s3cret":"v"}}`, fault.New(fault.Invalid, "the note s3cret is bad"), false},
		"a name in quotes":   {`{"name":"a","notes":{"s3\u0007\"cret":"v"}}`, fault.New(fault.Invalid, "the note %q is bad", "s3\a\"cret"), false},
		"a value in quotes":  {`{"name":"a","notes":{"n":"s3\u0007\"cret"}}`, fault.New(fault.Invalid, "the note %q is bad", "s3\a\"cret"), false},
		"a short name":       {`{"name":"a","notes":{"ab":"v"}}`, fault.New(fault.Invalid, "the note ab is bad").At("notes"), false},
		"a place in it":      {`{"name":"a","notes":{"ab":"v"}}`, fault.New(fault.Invalid, "notes.ab is bad").At("notes.ab"), false},
		"of the wrong type":  {`{"name":"a","notes":{"ab":7}}`, nil, false},
		"of another field":   {`{"name":"a","notes":{"ab":"v"}}`, fault.New(fault.Invalid, "the name is bad").At("name"), true},
		"shortened by AWS":   {`{"name":"a","notes":{"n":"s3cret-and-more"}}`, ofAWS("the note 's3cret-an...' is bad"), false},
		"AWS, without it":    {`{"name":"a"}`, ofAWS("the name is bad"), true},
		"a long name":        {`{"name":"` + strings.Repeat("s3cret", 500) + `"}`, ofAWS("the name 's3crets3...' is bad"), false},
		"of none":            {`{"name":"a","notes":{"ab":"v"}}`, fault.New(fault.Denied, "no"), true},
		"a field like it is": {`{"name":"a","notes":{"ab":"v"}}`, fault.New(fault.Invalid, "bad").At("notes2"), true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			log := &tooltest.Memory{}
			note := tool.New(tool.Info{Formats: tooltest.Formats(), Name: "widget.note", Summary: "Notes", Effect: tool.Write},
				func(context.Context, *tool.Call, kept) (struct{}, error) { return struct{}{}, tt.err })
			_, err := registry(t, tool.Guard{}, log, note).Call(t.Context(), tool.Request{Tool: "widget.note", Caller: admin, Input: json.RawMessage(tt.input)})
			after := log.Records()[len(log.Records())-1]
			if err == nil || after.Error == nil || (after.Error.Message == fault.From(err).Message) != tt.kept {
				t.Errorf("%v is recorded as %+v", err, after.Error)
			}
			if f := fault.From(err); f != nil && after.Error != nil && !strings.Contains(after.Error.Message, f.Code) && !tt.kept {
				t.Errorf("the code %s is not in %+v", f.Code, after.Error)
			}
		})
	}
}
