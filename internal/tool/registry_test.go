package tool_test

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/tool/tooltest"
)

type widgetInput struct {
	tool.Target
	Name   string            `json:"name" jsonschema:"the widget"`
	Size   string            `json:"size,omitempty" enum:"small,large" default:"\"small\""`
	Crew   int               `json:"crew,omitempty" min:"1" max:"9"`
	Since  tool.When         `json:"since,omitempty" format:"when"`
	Tags   map[string]string `json:"tags,omitempty"`
	Ports  []string          `json:"ports,omitempty"`
	Cargo  string            `json:"cargo,omitempty" xor:"ballast" audit:"digest"`
	Secret string            `json:"secret,omitempty" audit:"omit"`
	Heavy  bool              `json:"ballast,omitempty"`
	DryRun bool              `json:"dry_run,omitempty"`
}

func (in widgetInput) Effect() tool.Effect {
	if in.DryRun {
		return tool.Read
	}
	return tool.Destroy
}

func (in widgetInput) Subject() string { return "widget " + in.Name }

type widgetOutput struct {
	Got widgetInput `json:"got"`
}

func remove(run tool.Func[widgetInput, widgetOutput]) *tool.Tool {
	return tool.New(tool.Info{Formats: tooltest.Formats(), Name: "widget.remove", Summary: "Removes a widget", Effect: tool.Destroy}, run)
}

func echo(_ context.Context, _ *tool.Call, in widgetInput) (widgetOutput, error) {
	return widgetOutput{Got: in}, nil
}

// gadgets is a tool of another noun, which says nothing.
func gadgets() *tool.Tool {
	return tool.New(tool.Info{Formats: tooltest.Formats(), Name: "gadget.list", Summary: "Lists gadgets", Effect: tool.Read}, func(context.Context, *tool.Call, struct{}) (struct{}, error) {
		return struct{}{}, nil
	})
}

func registry(t *testing.T, g tool.Guard, log tool.Recorder, tools ...*tool.Tool) *tool.Registry {
	t.Helper()
	r, err := tool.NewRegistry(tools, tool.Options{Guard: g, Log: log, Key: audit.Key("an installation's own")})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var admin = caller.Caller{Door: "test", Actor: "ann", Role: caller.Admin}

func TestInputIsHeldAgainstTheSchema(t *testing.T) {
	tests := []struct{ name, input, field, message string }{
		{"required", `{}`, "name", "name is required"},
		{"empty required", `{"name":""}`, "name", "name must not be empty"},
		{"blank required", `{"name":" \t"}`, "name", "name must not be white space alone"},
		{"empty", `{"name":"a","secret":""}`, "secret", "secret must not be empty"},
		{"blank", `{"name":"a","region":"\u00a0"}`, "region", "region must not be white space alone"},
		{"empty enum", `{"name":"a","size":""}`, "size", "size must not be empty"},
		{"empty list", `{"name":"a","ports":[]}`, "ports", "ports must not be empty"},
		{"a list of an empty text", `{"name":"a","ports":[""]}`, "ports", "ports must not be empty"},
		{"empty item", `{"name":"a","ports":["x",""]}`, "ports[1]", "ports[1] must not be empty"},
		{"empty map value", `{"name":"a","tags":{"k":""}}`, "tags.k", "tags.k must not be empty"},
		{"empty map name", `{"name":"a","tags":{"":"v"}}`, "tags", "tags has an empty name"},
		{"unknown", `{"name":"a","siez":"small"}`, "siez", "siez is not a field"},
		{"wrong type", `{"name":7}`, "name", "name must be a string, not number"},
		{"fraction for integer", `{"name":"a","crew":1.5}`, "crew", "crew must be an integer"},
		{"too small", `{"name":"a","crew":0}`, "crew", "at least 1"},
		{"too large", `{"name":"a","crew":10}`, "crew", "at most 9"},
		{"enum", `{"name":"a","size":"huge"}`, "size", "must be one of small, large"},
		{"time", `{"name":"a","since":"yesterday"}`, "since", "is not a time"},
		{"both of two", `{"name":"a","cargo":"x","ballast":true}`, "cargo", "can't be used together"},
		{"item type", `{"name":"a","ports":["x",1]}`, "ports[1]", "ports[1] must be a string"},
		{"map value type", `{"name":"a","tags":{"k":1}}`, "tags.k", "tags.k must be a string"},
		{"null", `{"name":null}`, "name", "name is required, and must not be null"},
		{"null item", `{"name":"a","ports":[null]}`, "ports[0]", "not null"},
		{"unknown null", `{"name":"a","siez":null}`, "siez", "siez is not a field"},
		{"huge integer", `{"name":"a","crew":1e999999999999}`, "crew", "out of range"},
		{"tiny fraction", `{"name":"a","crew":1e-999999999999}`, "crew", "crew must be an integer"},
		{"account", `{"name":"a","account":"12"}`, "account", "not an account ID"},
		{"twice", `{"name":"a","name":"b"}`, "name", "given twice"},
		{"no UTF-8", "{\"name\":\"a\xff\"}", "name", "name holds bytes that are not UTF-8"},
		{"half a pair", `{"name":"a\ud800"}`, "name", "half of a surrogate pair"},
		{"no UTF-8 in an item", "{\"name\":\"a\",\"ports\":[\"x\",\"\xff\"]}", "ports[1]", "ports[1] holds bytes"},
		{"no UTF-8 in a name", "{\"name\":\"a\",\"tags\":{\"\xff\":\"v\"}}", "tags", "tags holds bytes"},
		{"half a pair in a value", `{"name":"a","tags":{"k":"\udc00"}}`, "tags.k", "tags.k holds bytes"},
		{"half a pair in a field", `{"name":"a","\ud800":1}`, "", "the input holds bytes"},
		{"behind", `{"name":"a"} {}`, "", "follows the input"},
		{"array", `[]`, "", "must be a JSON object"},
		{"broken", `{"name":`, "", "not valid JSON"},
	}
	log := &tooltest.Memory{}
	r := registry(t, tool.Guard{}, log, remove(echo))
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := r.Call(t.Context(), tool.Request{Tool: "widget.remove", Input: json.RawMessage(tt.input), Caller: admin})
			f := fault.From(err)
			if f == nil || f.Kind != fault.Invalid {
				t.Fatalf("err = %v, want an invalid fault", err)
			}
			if f.Field != tt.field || !strings.Contains(f.Message, tt.message) || f.Op != "widget.remove" {
				t.Errorf("field %q message %q op %q; want field %q, message with %q", f.Field, f.Message, f.Op, tt.field, tt.message)
			}
		})
	}
}

func TestDefaultsAndTargetArrive(t *testing.T) {
	r := registry(t, tool.Guard{}, &tooltest.Memory{}, remove(echo))
	res, err := r.Call(t.Context(), tool.Request{
		Tool: "widget.remove", Caller: admin,
		Input: json.RawMessage(`{"name":"a","region":"eu-west-1","tags":{"k":"v"}}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	got := res.Output.(widgetOutput).Got
	if got.Size != "small" || got.Region != "eu-west-1" || got.Tags["k"] != "v" {
		t.Errorf("got %+v", got)
	}
}

type answer struct {
	yes   bool
	asked []tool.Question
}

func (a *answer) Confirm(_ context.Context, q tool.Question) (bool, error) {
	a.asked = append(a.asked, q)
	return a.yes, nil
}

func TestGuard(t *testing.T) {
	viewer := caller.Caller{Door: "test", Actor: "bob", Role: caller.Viewer}
	tests := []struct {
		name    string
		guard   tool.Guard
		caller  caller.Caller
		confirm *answer
		input   string
		want    fault.Kind
	}{
		{"open", tool.Guard{}, admin, nil, `{"name":"a"}`, ""},
		{"read-only refuses", tool.Guard{ReadOnly: true}, admin, nil, `{"name":"a"}`, fault.Refused},
		{"read-only lets a dry run through", tool.Guard{ReadOnly: true}, admin, nil, `{"name":"a","dry_run":true}`, ""},
		{"allow by glob", tool.Guard{Allow: []string{"widget.*"}}, admin, nil, `{"name":"a"}`, ""},
		{"not allowed", tool.Guard{Allow: []string{"gadget.*"}}, admin, nil, `{"name":"a"}`, fault.Refused},
		{"deny wins", tool.Guard{Allow: []string{"widget.remove"}, Deny: []string{"*.remove"}}, admin, nil, `{"name":"a"}`, fault.Refused},
		{"nobody to ask", tool.Guard{Confirm: []tool.Effect{tool.Destroy}}, admin, nil, `{"name":"a"}`, fault.Unconfirmed},
		{"a no", tool.Guard{Confirm: []tool.Effect{tool.Destroy}}, admin, &answer{}, `{"name":"a"}`, fault.Unconfirmed},
		{"a yes", tool.Guard{Confirm: []tool.Effect{tool.Destroy}}, admin, &answer{yes: true}, `{"name":"a"}`, ""},
		{"a read asks nobody", tool.Guard{Confirm: []tool.Effect{tool.Destroy}}, admin, nil, `{"name":"a","dry_run":true}`, ""},
		{"role", tool.Guard{}, viewer, nil, `{"name":"a"}`, fault.Refused},
		{"a viewer may dry-run", tool.Guard{}, viewer, nil, `{"name":"a","dry_run":true}`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ran := false
			r := registry(t, tt.guard, &tooltest.Memory{}, remove(func(ctx context.Context, c *tool.Call, in widgetInput) (widgetOutput, error) {
				ran = true
				return echo(ctx, c, in)
			}), gadgets())
			req := tool.Request{Tool: "widget.remove", Input: json.RawMessage(tt.input), Caller: tt.caller}
			if tt.confirm != nil {
				req.Confirm = tt.confirm
			}
			_, err := r.Call(t.Context(), req)
			if tt.want == "" && (err != nil || !ran) {
				t.Fatalf("err = %v, ran = %t", err, ran)
			}
			if tt.want != "" && (!errors.Is(err, tt.want) || ran) {
				t.Fatalf("err = %v, ran = %t; want %s and not run", err, ran, tt.want)
			}
			if tt.confirm != nil && tt.confirm.asked[0].Subject != "widget a" {
				t.Errorf("asked about %q", tt.confirm.asked[0].Subject)
			}
		})
	}
}

// A guard under another lets through only what both do.
func TestUnder(t *testing.T) {
	yes := &answer{yes: true}
	tests := []struct {
		name         string
		outer, inner tool.Guard
		want         fault.Kind
	}{
		{"both let it through", tool.Guard{Allow: []string{"widget.*"}}, tool.Guard{Allow: []string{"*.remove"}}, ""},
		{"the outer allows another", tool.Guard{Allow: []string{"gadget.*"}}, tool.Guard{Allow: []string{"widget.*"}}, fault.Refused},
		{"the inner allows another", tool.Guard{Allow: []string{"widget.*"}}, tool.Guard{Allow: []string{"gadget.*"}}, fault.Refused},
		{"the outer denies", tool.Guard{Deny: []string{"widget.*"}}, tool.Guard{Allow: []string{"widget.*"}}, fault.Refused},
		{"the outer is read-only", tool.Guard{ReadOnly: true}, tool.Guard{}, fault.Refused},
		{"the inner is read-only", tool.Guard{}, tool.Guard{ReadOnly: true}, fault.Refused},
		{"the outer's cap holds", tool.Guard{MaxOutput: 2000}, tool.Guard{MaxOutput: 1 << 20}, fault.Invalid},
		{"the inner's cap holds", tool.Guard{}, tool.Guard{MaxOutput: 2000}, fault.Invalid},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			outer := registry(t, tt.outer, &tooltest.Memory{}, remove(echo), gadgets())
			inner, err := outer.Under(tt.inner)
			if err != nil {
				t.Fatal(err)
			}
			input := json.RawMessage(`{"name":"a","cargo":"` + strings.Repeat("x", 3000) + `"}`)
			if _, err := inner.Call(t.Context(), tool.Request{Tool: "widget.remove", Input: input, Caller: admin, Confirm: yes}); !errors.Is(err, tt.want) && (err != nil || tt.want != "") {
				t.Errorf("err = %v, want %q", err, tt.want)
			}
		})
	}
	asks, err := registry(t, tool.Guard{Confirm: []tool.Effect{tool.Destroy}}, &tooltest.Memory{}, remove(echo)).Under(tool.Guard{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := asks.Call(t.Context(), tool.Request{Tool: "widget.remove", Input: json.RawMessage(`{"name":"a"}`), Caller: admin}); !errors.Is(err, fault.Unconfirmed) {
		t.Errorf("the outer guard's confirmation is lost: %v", err)
	}
	if _, err := asks.Under(tool.Guard{Allow: []string{"["}}); !errors.Is(err, fault.Invalid) {
		t.Errorf("a bad guard: %v", err)
	}
}

// In read-only mode what can only write is not offered.
func TestToolsInReadOnlyMode(t *testing.T) {
	edit := tool.New(tool.Info{Formats: tooltest.Formats(), Name: "widget.edit", Summary: "Rows", Effect: tool.Write}, func(context.Context, *tool.Call, struct{}) (widgetOutput, error) {
		return widgetOutput{}, nil
	})
	var names []string
	for _, offered := range registry(t, tool.Guard{ReadOnly: true}, &tooltest.Memory{}, edit, remove(echo)).Tools() {
		names = append(names, offered.Name)
	}
	if len(names) != 1 || names[0] != "widget.remove" { // whose dry run reads
		t.Errorf("offered %v", names)
	}
}

func TestUnknownToolSaysWhatWasMeant(t *testing.T) {
	r := registry(t, tool.Guard{}, &tooltest.Memory{}, remove(echo))
	_, err := r.Call(t.Context(), tool.Request{Tool: "widget.remvoe", Caller: admin})
	f := fault.From(err)
	if f == nil || f.Kind != fault.NotFound || f.Fix != "did you mean widget.remove?" {
		t.Errorf("got %+v", f)
	}
}

func TestEveryCallIsRecordedBeforeAndAfter(t *testing.T) {
	log := &tooltest.Memory{}
	r := registry(t, tool.Guard{}, log, remove(echo))
	_, err := r.Call(t.Context(), tool.Request{
		Tool: "widget.remove", Caller: admin,
		Input: json.RawMessage(`{"name":"a","cargo":"gold bars","secret":"hunter2"}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(log.Records()) != 2 {
		t.Fatalf("%d records, want 2", len(log.Records()))
	}
	before, after := log.Records()[0], log.Records()[1]
	if before.Phase != audit.Before || !before.Durable || before.Effect != "destroy" || before.Actor != "ann" {
		t.Errorf("before = %+v", before)
	}
	if after.Phase != audit.After || after.Outcome != audit.OK || after.ID != before.ID {
		t.Errorf("after = %+v", after)
	}
	input := string(before.Input)
	if strings.Contains(input, "gold") || strings.Contains(input, "hunter2") || !strings.Contains(input, "hmac_sha256") {
		t.Errorf("recorded input %s", input)
	}
}

func TestWhatCannotBeRecordedIsNotDone(t *testing.T) {
	ran := false
	r := registry(t, tool.Guard{}, &tooltest.Memory{Fail: errors.New("disk full")}, remove(func(context.Context, *tool.Call, widgetInput) (widgetOutput, error) {
		ran = true
		return widgetOutput{}, nil
	}))
	_, err := r.Call(t.Context(), tool.Request{Tool: "widget.remove", Caller: admin, Input: json.RawMessage(`{"name":"a"}`)})
	if err == nil || ran {
		t.Errorf("err = %v, ran = %t", err, ran)
	}
}

// TestWhoGoesAwayBeforeTheRecordIsToldSo has nobody blame the log for it.
func TestWhoGoesAwayBeforeTheRecordIsToldSo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	file, err := audit.Open(filepath.Join(t.TempDir(), "audit.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	req := tool.Request{Tool: "widget.remove", Caller: admin, Input: json.RawMessage(`{"name":"a"}`)}
	for range 50 { // whether the log sees the end first is chance
		if _, err := registry(t, tool.Guard{}, file, remove(func(ctx context.Context, _ *tool.Call, _ widgetInput) (widgetOutput, error) {
			return widgetOutput{}, ctx.Err()
		})).Call(ctx, req); fault.From(err).Kind != fault.Canceled {
			t.Fatalf("err = %v", err)
		}
	}
}

func TestRefusalsAndFailuresAreRecorded(t *testing.T) {
	boom := remove(func(context.Context, *tool.Call, widgetInput) (widgetOutput, error) {
		return widgetOutput{}, fault.New(fault.NotFound, "no such widget")
	})
	tests := []struct {
		name    string
		guard   tool.Guard
		outcome audit.Outcome
	}{
		{"refused", tool.Guard{ReadOnly: true}, audit.Refused},
		{"failed", tool.Guard{}, audit.Failed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			log := &tooltest.Memory{}
			_, err := registry(t, tt.guard, log, boom).
				Call(t.Context(), tool.Request{Tool: "widget.remove", Caller: admin, Input: json.RawMessage(`{"name":"a"}`)})
			if err == nil || len(log.Records()) != 2 || log.Records()[1].Outcome != tt.outcome || log.Records()[1].Error == nil {
				t.Errorf("err %v, records %+v", err, log.Records())
			}
		})
	}
}

func TestTimeoutAndCancellation(t *testing.T) {
	wait := remove(func(ctx context.Context, _ *tool.Call, _ widgetInput) (widgetOutput, error) {
		<-ctx.Done()
		return widgetOutput{}, ctx.Err()
	})
	req := tool.Request{Tool: "widget.remove", Caller: admin, Input: json.RawMessage(`{"name":"a"}`)}
	_, err := registry(t, tool.Guard{Timeout: new(time.Millisecond)}, &tooltest.Memory{}, wait).Call(t.Context(), req)
	if !errors.Is(err, fault.Timeout) || !fault.From(err).OutcomeUnknown || !strings.Contains(err.Error(), "may have been carried out") {
		t.Errorf("err = %v, want a timeout that leaves open whether it was done", err)
	}
	show := tool.New(tool.Info{Formats: tooltest.Formats(), Name: "widget.show", Summary: "Looks at a widget", Effect: tool.Read},
		func(ctx context.Context, _ *tool.Call, _ widgetInput) (widgetOutput, error) {
			<-ctx.Done()
			return widgetOutput{}, ctx.Err()
		})
	req.Tool = "widget.show"
	_, err = registry(t, tool.Guard{Timeout: new(time.Millisecond)}, &tooltest.Memory{}, show).Call(t.Context(), req)
	if !errors.Is(err, fault.Timeout) || fault.From(err).OutcomeUnknown {
		t.Errorf("err = %v, want a timeout of a read", err)
	}
	req.Tool = "widget.remove"
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	log := &tooltest.Memory{}
	_, err = registry(t, tool.Guard{}, log, wait).Call(ctx, req)
	if !errors.Is(err, fault.Canceled) || log.Records()[1].Outcome != audit.Canceled {
		t.Errorf("err = %v, records %+v", err, log.Records())
	}
}

func TestAPlanNamesATool(t *testing.T) {
	run := tool.New(tool.Info{Name: "queue.drain", Summary: "Drains a queue", Effect: tool.Write, Plan: "queue.plan"},
		func(context.Context, *tool.Call, struct{}) (struct{}, error) { return struct{}{}, nil })
	if _, err := tool.NewRegistry([]*tool.Tool{run}, tool.Options{}); !errors.Is(err, fault.Invalid) {
		t.Errorf("got %v", err)
	}
}

// A list of texts names each thing once: what is asked and reported would count it twice.
func TestListsNameThingsOnce(t *testing.T) {
	r := registry(t, tool.Guard{}, &tooltest.Memory{}, remove(echo))
	for input, ok := range map[string]bool{`{"name":"a","ports":["x","y"]}`: true, `{"name":"a","ports":["x","y","x"]}`: false} {
		_, err := r.Call(t.Context(), tool.Request{Tool: "widget.remove", Caller: admin, Input: json.RawMessage(input)})
		if f := fault.From(err); (f == nil) != ok || f != nil && (f.Kind != fault.Invalid || f.Field != "ports[2]") {
			t.Errorf("%s: %v", input, err)
		}
	}
}
