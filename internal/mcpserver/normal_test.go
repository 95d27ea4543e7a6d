package mcpserver_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/hawser/hawser/internal/mcpserver"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/tool/tooltest"
)

// TestNullArguments holds that null counts as not given: for all arguments, the
// tool's and the door's own.
func TestNullArguments(t *testing.T) {
	list := tool.New(tool.Info{Formats: tooltest.Formats(), Name: "widget.list", Summary: "Lists widgets", Effect: tool.Read}, none)
	r := connect(t, tool.Guard{}, mcpserver.Options{}, nil, list)
	for _, arguments := range []string{`null`, `{"limit":null,"region":null}`, `{"limit":2.0,"reveal_secrets":null,"confirmation_code":null}`, `{"limit":2e0}`} {
		result, err := r.CallTool(t.Context(), &mcp.CallToolParams{Name: "widget.list", Arguments: json.RawMessage(arguments)})
		if err != nil || result.IsError {
			t.Errorf("%s: %v %+v", arguments, err, result)
		}
	}
	records := r.log.Records()
	if got := string(records[len(records)-1].Input); got != `{"limit":2}` {
		t.Errorf("recorded %s", got)
	}
}

type listInput struct {
	tool.Target
	Limit int `json:"limit,omitempty" min:"1"`
}

func none(context.Context, *tool.Call, listInput) (widgetOutput, error) { return widgetOutput{}, nil }

// TestArgumentsAreExact holds that the door's own arguments hide nothing that the
// registry refuses.
func TestArgumentsAreExact(t *testing.T) {
	r := connect(t, tool.Guard{}, mcpserver.Options{}, nil, widget("show", tool.Read, same))
	for _, arguments := range []string{
		`{"name":"a","name":"b"}`, `{"name":"a","name":"b","confirmation_code":null}`,
		`{"name":"a\ud800"}`, `{"name":"a\ud800","confirmation_code":null}`,
	} {
		result, err := r.CallTool(t.Context(), &mcp.CallToolParams{Name: "widget.show", Arguments: json.RawMessage(arguments)})
		if err != nil || !result.IsError {
			t.Errorf("%s: %v %+v", arguments, err, result)
		}
	}
}

// TestOwnArgumentsAreNotEmpty: an empty code is not a code, and an empty name names nothing.
func TestOwnArgumentsAreNotEmpty(t *testing.T) {
	r := connect(t, tool.Guard{Confirm: []tool.Effect{tool.Destroy}}, mcpserver.Options{ShowSecrets: true}, nil, widget("remove", tool.Destroy, same))
	for arguments, advice := range map[string]string{
		`{"name":"a","confirmation_code":""}`:    "leave confirmation_code out",
		`{"name":"a","confirmation_code":" "}`:   "leave confirmation_code out",
		`{"name":"a","reveal_secrets":["A",""]}`: "leave reveal_secrets out",
		`{"name":"a","region":""}`:               "leave region out",
	} {
		result, err := r.CallTool(t.Context(), &mcp.CallToolParams{Name: "widget.remove", Arguments: json.RawMessage(arguments)})
		if err != nil {
			t.Fatal(err)
		}
		if text, _ := json.Marshal(result.Content); !result.IsError || !strings.Contains(string(text), advice) {
			t.Errorf("%s: %s", arguments, text)
		}
	}
}
