package tool_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/tool/tooltest"
)

type berthInput struct {
	Port  string `json:"port" format:"port" rest:"berth"`
	Berth string `json:"berth"`
}

// findBerth is a tool whose ports may be written as URIs.
func findBerth() *tool.Tool {
	return tool.New(tool.Info{
		Name: "berth.find", Summary: "Returns its input", Effect: tool.Read,
		Formats: tool.Formats{"port": func(s string) error {
			if strings.ContainsAny(s, ":/") {
				return fault.New(fault.Invalid, "%q is not a port", s)
			}
			return nil
		}},
		URIs: tool.URIs{"port": func(s string) (first, rest string, ok bool) {
			s, ok = strings.CutPrefix(s, "port://")
			first, rest, _ = strings.Cut(s, "/")
			return first, rest, ok
		}},
	}, func(_ context.Context, _ *tool.Call, in berthInput) (berthInput, error) { return in, nil })
}

func TestURIsAreTakenApart(t *testing.T) {
	tests := []struct{ name, input, want string }{
		{"both parts", `{"port":"port://ayr/7/b"}`, `{"berth":"7/b","port":"ayr"}`},
		{"first part alone", `{"port":"port://ayr","berth":"7"}`, `{"berth":"7","port":"ayr"}`},
		{"nothing after the slash", `{"port":"port://ayr/","berth":"7"}`, `{"berth":"7","port":"ayr"}`},
		{"no URI", `{"port":"ayr","berth":"port://x/y"}`, `{"port":"ayr","berth":"port://x/y"}`},
	}
	log := &tooltest.Memory{}
	r := registry(t, tool.Guard{}, log, findBerth())
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := findBerth().Normal(json.RawMessage(tt.input)); string(got) != tt.want {
				t.Errorf("normal %s, want %s", got, tt.want)
			}
			result, err := r.Call(t.Context(), tool.Request{Tool: "berth.find", Input: json.RawMessage(tt.input), Caller: admin})
			if err != nil {
				t.Fatal(err)
			}
			var in berthInput
			if err := json.Unmarshal(result.JSON, &in); err != nil || in.Port != "ayr" || strings.Contains(in.Berth, "ayr") {
				t.Errorf("the tool received %s", result.JSON)
			}
			for _, record := range log.Records() {
				if strings.Contains(string(record.Input), "port://ayr") {
					t.Errorf("recorded %s", record.Input)
				}
			}
		})
	}
}

func TestWrongURIs(t *testing.T) {
	r := registry(t, tool.Guard{}, &tooltest.Memory{}, findBerth())
	for input, want := range map[string]string{
		`{"port":"port://ayr/7","berth":"8"}`: "berth is given twice, in the URI of port and by itself",
		`{"port":"port:///7"}`:                "port must not be empty",
		`{"port":"port://ayr"}`:               "berth is required",
		`{"port":"port://a:b/7"}`:             `"a:b" is not a port`,
		`{"port":7}`:                          "berth is required",
	} {
		_, err := r.Call(t.Context(), tool.Request{Tool: "berth.find", Input: json.RawMessage(input), Caller: admin})
		if f := fault.From(err); f == nil || f.Kind != fault.Invalid || f.Message != want {
			t.Errorf("%s: %v, want %s", input, err, want)
		}
	}
}
