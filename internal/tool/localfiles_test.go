package tool_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/tool/tooltest"
)

type logInput struct {
	Name string `json:"name,omitempty"`
	To   string `json:"to,omitempty" jsonschema:"the file" file:"write"`
	From string `json:"from,omitempty" jsonschema:"the file" file:"read"`
}

type logOutput struct {
	Files bool `json:"files"`
}

// logTool only reads from AWS; its answer says whether it was given files.
func logTool() *tool.Tool {
	return tool.New(tool.Info{Formats: tooltest.Formats(), Name: "log.get", Summary: "Gets a log", Effect: tool.Read},
		func(_ context.Context, c *tool.Call, _ logInput) (logOutput, error) {
			return logOutput{c.Files != nil}, nil
		})
}

func TestLocalFilesAreGuarded(t *testing.T) {
	access, err := files.Open(t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = access.Close() })
	viewer := caller.Caller{Door: "test", Actor: "bob", Role: caller.Viewer}
	operator := caller.Caller{Door: "test", Actor: "eve", Role: caller.Operator}
	tests := []struct {
		name    string
		guard   tool.Guard
		caller  caller.Caller
		granted *files.Access
		input   string
		want    fault.Kind
		says    string
	}{
		{"a write", tool.Guard{}, operator, access, `{"to":"x"}`, "", ""},
		{"a read", tool.Guard{}, operator, access, `{"from":"x"}`, "", ""},
		{"none granted", tool.Guard{}, admin, nil, `{"to":"x"}`, fault.Refused, "files.root"},
		{"none granted, none used", tool.Guard{}, admin, nil, `{"name":"x"}`, "", ""},
		{"read-only, written", tool.Guard{ReadOnly: true}, admin, access, `{"to":"x"}`, fault.Refused, "would write local files, and this Hawser is read-only"},
		{"read-only, read", tool.Guard{ReadOnly: true}, admin, access, `{"from":"x"}`, fault.Refused, "read-only"},
		{"read-only, none used", tool.Guard{ReadOnly: true}, admin, access, `{"name":"x"}`, "", ""},
		{"a viewer writes", tool.Guard{}, viewer, access, `{"to":"x"}`, fault.Refused, "needs the role operator"},
		{"a viewer reads", tool.Guard{}, viewer, access, `{"from":"x"}`, fault.Refused, "needs the role operator"},
		{"a viewer uses none", tool.Guard{}, viewer, access, `{"name":"x"}`, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			log := &tooltest.Memory{}
			r := registry(t, tt.guard, log, logTool())
			res, err := r.Call(t.Context(), tool.Request{Tool: "log.get", Input: json.RawMessage(tt.input), Caller: tt.caller, Files: tt.granted})
			if tt.want == "" {
				used := strings.Contains(tt.input, "to") || strings.Contains(tt.input, "from")
				if err != nil || res.Output.(logOutput).Files != used {
					t.Fatalf("%v, %v; want files: %t", res, err, used)
				}
				return
			}
			f := fault.From(err)
			if !errors.Is(err, tt.want) || !strings.Contains(f.Error()+f.Fix, tt.says) || f.Fix == "" {
				t.Errorf("%v, fix %q; want %s with %q and a fix", err, f.Fix, tt.want, tt.says)
			}
			if len(log.Records()) == 0 {
				t.Error("the refusal is not recorded")
			}
		})
	}
	under, err := registry(t, tool.Guard{}, &tooltest.Memory{}, logTool()).Under(tool.Guard{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := under.Call(t.Context(), tool.Request{Tool: "log.get", Input: json.RawMessage(`{"to":"x"}`), Caller: admin, Files: access}); !errors.Is(err, fault.Refused) {
		t.Errorf("under a read-only guard: %v", err)
	}
}

func TestLocalFilesAreDeclared(t *testing.T) {
	declared := logTool()
	if got := declared.LocalFiles(); got != (tool.FileUse{Read: true, Write: true}) || got.String() != "read and write local files" {
		t.Errorf("the tool uses %v", got)
	}
	if got := declared.FileFields(); !slices.Equal(got, []string{"to", "from"}) {
		t.Errorf("its fields are %v", got)
	}
	schema, err := json.Marshal(declared.Input.Properties["to"])
	if err != nil || !strings.Contains(string(schema), `"x-hawser-file":"write"`) {
		t.Errorf("the schema is %s, %v", schema, err)
	}
	defer func() {
		if recover() == nil {
			t.Error("a tag that means nothing is taken")
		}
	}()
	type wrong struct {
		To string `json:"to,omitempty" file:"append"`
	}
	tool.New(tool.Info{Formats: tooltest.Formats(), Name: "log.put", Summary: "Puts", Effect: tool.Read},
		func(context.Context, *tool.Call, wrong) (logOutput, error) { return logOutput{}, nil })
}
