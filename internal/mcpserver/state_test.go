package mcpserver_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/mcpserver"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/tool/tooltest"
)

func update(t *testing.T, s *mcpserver.Server, r *tool.Registry, o mcpserver.Options) {
	t.Helper()
	if err := s.Update(r, o); err != nil {
		t.Fatal(err)
	}
}

// An update takes away the options with the tools, in a session that is open.
func TestUpdateTakesAway(t *testing.T) {
	guard := tool.Guard{Confirm: []tool.Effect{tool.Destroy}}
	leak := tool.New(tool.Info{Formats: tooltest.Formats(), Name: "widget.leak", Summary: "Leaks", Effect: tool.Read, Secrets: []string{"log"}},
		func(context.Context, *tool.Call, widgetInput) (widgetOutput, error) {
			return widgetOutput{Log: "deep"}, nil
		})
	remove := widget("remove", tool.Destroy, same)
	r := connect(t, guard, mcpserver.Options{Agent: "a", For: "ada", Approved: []string{"widget.*"}, ShowSecrets: true}, nil, remove, leak)
	if result := r.call(t, "widget.remove", map[string]any{"name": "a"}); result.IsError {
		t.Fatalf("not approved: %s", texts(result))
	}
	arguments := map[string]any{"name": "a", "reveal_secrets": []string{"log"}}
	if result := r.call(t, "widget.leak", arguments); !strings.Contains(texts(result), "deep") {
		t.Fatalf("not shown: %s", texts(result))
	}

	update(t, r.server, registryOf(t, guard, r.log, remove, leak), mcpserver.Options{Role: caller.Viewer})
	if result := r.call(t, "widget.leak", arguments); !strings.Contains(texts(result), "may not see secrets") {
		t.Errorf("secrets are shown: %s", texts(result))
	}
	if result, err := r.CallTool(t.Context(), &mcp.CallToolParams{Name: "widget.remove", Arguments: widgetInput{Name: "a"}}); err == nil {
		t.Errorf("the role is kept: %s", texts(result))
	}
	update(t, r.server, registryOf(t, guard, r.log, remove, leak), mcpserver.Options{})
	if result := r.call(t, "widget.remove", map[string]any{"name": "a"}); !strings.HasPrefix(texts(result), "unconfirmed") {
		t.Errorf("the approval is kept: %s", texts(result))
	}
	records := r.log.Records()
	if last := records[len(records)-1]; last.Actor != "a" || last.OnBehalfOf != "" {
		t.Errorf("recorded as %q for %q", last.Actor, last.OnBehalfOf)
	}
}

// A server that refuses answers every call with the reason and offers nothing.
func TestRefuse(t *testing.T) {
	r := connect(t, tool.Guard{}, mcpserver.Options{}, nil, widget("show", tool.Read, same))
	r.server.Refuse(registryOf(t, tool.Guard{}, r.log), fault.New(fault.Refused, "the profile is gone"))
	for _, name := range []string{"widget.show", "widget.unknown"} {
		if result := r.call(t, name, map[string]any{"name": "a"}); !result.IsError || !strings.Contains(texts(result), "the profile is gone") {
			t.Errorf("%s: %s", name, texts(result))
		}
	}
	if _, err := r.ReadResource(t.Context(), &mcp.ReadResourceParams{URI: "hawser://tools/widget.show"}); err == nil || !strings.Contains(err.Error(), "the profile is gone") {
		t.Errorf("a resource is read: %v", err)
	}
	if list, err := r.ListTools(t.Context(), nil); err != nil || len(list.Tools) != 0 {
		t.Errorf("it offers %v, %v", list, err)
	}
	if err := r.server.Update(registryOf(t, tool.Guard{}, r.log), mcpserver.Options{Names: "odd"}); !errors.Is(err, fault.Invalid) {
		t.Errorf("a style that is none: %v", err)
	}
	update(t, r.server, registryOf(t, tool.Guard{}, r.log, widget("show", tool.Read, same)), mcpserver.Options{})
	if result := r.call(t, "widget.show", map[string]any{"name": "a"}); result.IsError {
		t.Errorf("after the update: %s", texts(result))
	}
}

// Every option can be had with every tool, also with one that takes no input.
func TestToolsWithoutInput(t *testing.T) {
	bare := tool.New(tool.Info{Formats: tooltest.Formats(), Name: "widget.count", Summary: "Counts", Effect: tool.Read},
		func(context.Context, *tool.Call, struct{}) (widgetOutput, error) {
			return widgetOutput{Name: "one"}, nil
		})
	r := connect(t, tool.Guard{Confirm: []tool.Effect{tool.Read}}, mcpserver.Options{ShowSecrets: true, Approved: []string{"*"}}, nil, bare)
	if result := r.call(t, "widget.count", map[string]any{"reveal_secrets": []string{"name"}}); result.IsError {
		t.Errorf("%s", texts(result))
	}
}
