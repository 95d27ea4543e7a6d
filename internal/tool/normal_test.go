package tool_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/tool/tooltest"
)

type netInput struct {
	Name   string                     `json:"name"`
	Meshes int64                      `json:"meshes,omitempty" xor:"knots"`
	Knots  *int64                     `json:"knots,omitempty"`
	Depth  int                        `json:"depth,omitempty" default:"7"`
	Floats []int64                    `json:"floats,omitempty"`
	Marks  map[string]string          `json:"marks,omitempty"`
	Cork   *corkInput                 `json:"cork,omitempty"`
	Corks  []corkInput                `json:"corks,omitempty"`
	Fish   json.RawMessage            `json:"fish,omitempty" xor:"marks"`
	Crabs  map[string]json.RawMessage `json:"crabs,omitempty"`
	Weight float64                    `json:"weight,omitempty"`
}

type corkInput struct {
	Shape string `json:"shape"`
	Size  int    `json:"size,omitempty"`
}

// repeated is a tool that returns its input.
func repeated() *tool.Tool {
	return tool.New(tool.Info{Formats: tooltest.Formats(), Name: "net.repeat", Summary: "Returns its input", Effect: tool.Read},
		func(_ context.Context, _ *tool.Call, in netInput) (netInput, error) { return in, nil })
}

func TestInputIsNormalised(t *testing.T) {
	tests := []struct {
		name, input string
		normal      string // "" where it stays as it is
		output      string
	}{
		{"as it is, byte for byte", `{ "name":"a", "fish": {"b":1.0, "a":null} }`, "", `{"name":"a","depth":7,"fish":{"b":1.0,"a":null}}`},
		{"a point", `{"name":"a","meshes":2.0}`, `{"meshes":2,"name":"a"}`, `{"name":"a","meshes":2,"depth":7}`},
		{"an exponent", `{"name":"a","meshes":2e0,"depth":1E2}`, `{"depth":100,"meshes":2,"name":"a"}`, `{"name":"a","meshes":2,"depth":100}`},
		{"both", `{"name":"a","meshes":-12.50e+1}`, `{"meshes":-125,"name":"a"}`, `{"name":"a","meshes":-125,"depth":7}`},
		{"a negative exponent", `{"name":"a","meshes":1200e-2}`, `{"meshes":12,"name":"a"}`, `{"name":"a","meshes":12,"depth":7}`},
		{"zero", `{"name":"a","depth":-0.0e5}`, `{"depth":0,"name":"a"}`, `{"name":"a"}`},
		{"over 2^53", `{"name":"a","meshes":9007199254740993.0}`, `{"meshes":9007199254740993,"name":"a"}`, `{"name":"a","meshes":9007199254740993,"depth":7}`},
		{"the largest", `{"name":"a","meshes":9.223372036854775807e18}`, `{"meshes":9223372036854775807,"name":"a"}`, `{"name":"a","meshes":9223372036854775807,"depth":7}`},
		{"the smallest", `{"name":"a","meshes":-9223372036854775808.000}`, `{"meshes":-9223372036854775808,"name":"a"}`, `{"name":"a","meshes":-9223372036854775808,"depth":7}`},
		{"items", `{"name":"a","floats":[1.0,9007199254740993e0]}`, `{"floats":[1,9007199254740993],"name":"a"}`, `{"name":"a","depth":7,"floats":[1,9007199254740993]}`},
		{"fractions stay where they may", `{"name":"a","weight":2.50}`, "", `{"name":"a","depth":7,"weight":2.5}`},
		{"nulls", `{"name":"a","meshes":null,"depth":null,"floats":null,"marks":null,"cork":null,"weight":null}`, `{"name":"a"}`, `{"name":"a","depth":7}`},
		{
			"nulls within", `{"name":"a","marks":{"a":null,"b":"x"},"cork":{"shape":"round","size":null},"corks":[{"shape":"o","size":3.0}]}`,
			`{"cork":{"shape":"round"},"corks":[{"shape":"o","size":3}],"marks":{"b":"x"},"name":"a"}`,
			`{"name":"a","depth":7,"marks":{"b":"x"},"cork":{"shape":"round"},"corks":[{"shape":"o","size":3}]}`,
		},
		{"null is a value", `{"name":"a","crabs":{"a":null,"b":2.0}}`, "", `{"name":"a","depth":7,"crabs":{"a":null,"b":2.0}}`},
		{"null excludes nothing", `{"name":"a","meshes":1,"knots":null}`, `{"meshes":1,"name":"a"}`, `{"name":"a","meshes":1,"depth":7}`},
		{"a null value excludes nothing", `{"name":"a","fish":null,"marks":{"a":"b"}}`, "", `{"name":"a","depth":7,"marks":{"a":"b"},"fish":null}`},
	}
	log := &tooltest.Memory{}
	r := registry(t, tool.Guard{}, log, repeated())
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := tt.normal
			if want == "" {
				want = tt.input
			}
			if got := repeated().Normal(json.RawMessage(tt.input)); string(got) != want {
				t.Errorf("normal %s, want %s", got, want)
			}
			result, err := r.Call(t.Context(), tool.Request{Tool: "net.repeat", Input: json.RawMessage(tt.input), Caller: admin})
			if err != nil {
				t.Fatal(err)
			}
			if string(result.JSON) != tt.output {
				t.Errorf("the tool received %s, want %s", result.JSON, tt.output)
			}
			records := log.Records()
			if got := records[len(records)-1].Input; tool.CallDigest("", "", got) != tool.CallDigest("", "", json.RawMessage(want)) {
				t.Errorf("recorded %s, want %s", got, want)
			}
		})
	}
}

func TestNestedRequiredFieldIsNotNull(t *testing.T) {
	r := registry(t, tool.Guard{}, &tooltest.Memory{}, repeated())
	_, err := r.Call(t.Context(), tool.Request{Tool: "net.repeat", Input: json.RawMessage(`{"name":"a","cork":{"shape":null}}`), Caller: admin})
	if f := fault.From(err); !errors.Is(err, fault.Invalid) || f.Field != "cork.shape" || f.Message != "cork.shape is required, and must not be null" {
		t.Errorf("err = %v", err)
	}
}
