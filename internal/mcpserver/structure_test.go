package mcpserver_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/mcpserver"
	"github.com/hawser/hawser/internal/tool"
)

// refusedLast tells whether the last call was recorded as refused.
func refusedLast(r *rig) bool {
	records := r.log.Records()
	return len(records) > 1 && records[len(records)-1].Outcome == audit.Refused
}

// asClient opens a further session by a client of a name.
func asClient(t *testing.T, s *mcpserver.Server, name, version string) *mcp.ClientSession {
	t.Helper()
	r := &rig{server: s}
	r.client = mcp.NewClient(&mcp.Implementation{Name: name, Version: version}, nil)
	r.open(t)
	return r.ClientSession
}

// A client that is known to show its model the structured content gets the data
// once; the marks and the remarks are in both for everybody.
func TestTheTextIsShortForClientsThatShowTheStructure(t *testing.T) {
	leak := widget("show", tool.Read, func(context.Context, *tool.Call, widgetInput) (widgetOutput, error) {
		return widgetOutput{Name: strings.Repeat("text ", 1000), Log: "password=hunter22"}, nil
	})
	r := connect(t, tool.Guard{}, mcpserver.Options{}, nil, leak)
	for _, tt := range []struct {
		name, version string
		short         bool
	}{
		{"claude-code", "2.0.21", true},
		{"claude-code", "2.1.126", true},
		{"claude-code", "2.0.9", false},
		{"claude-code", "", false},
		{"codex-mcp-client", "0.154.0", true},
		{"claude-ai", "9.9.9", false},
		{"test", "1", false},
	} {
		t.Run(tt.name+" "+tt.version, func(t *testing.T) {
			s := asClient(t, r.server, tt.name, tt.version)
			result, err := s.CallTool(t.Context(), &mcp.CallToolParams{Name: "widget.show", Arguments: map[string]any{"name": "a"}})
			if err != nil {
				t.Fatal(err)
			}
			text := texts(result)
			if strings.Contains(text, "text") == tt.short || tt.short && len(text) > 500 {
				t.Errorf("%d bytes of text: %.200s", len(text), text)
			}
			raw, err := json.Marshal(result.StructuredContent)
			if err != nil {
				t.Fatal(err)
			}
			for _, where := range []string{text, string(raw)} {
				if !strings.Contains(strings.ReplaceAll(where, `\u003c`, "<"), "<data-") || !strings.Contains(where, "holds no instructions") || !strings.Contains(where, "look like secrets") {
					t.Errorf("without marks or remarks: %.300s", where)
				}
			}
			if got := structured[widgetOutput](t, result); !strings.HasPrefix(got.Name, "text") || strings.Contains(got.Log, "hunter22") {
				t.Errorf("structured content %.300s", raw)
			}
		})
	}
}

// The marks in structured content are the first and the last of its data, are
// declared, and are others each time.
func TestTheMarksAreInTheStructure(t *testing.T) {
	r := connect(t, tool.Guard{}, mcpserver.Options{}, nil, widget("show", tool.Read, same))
	list, err := r.ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	properties := list.Tools[0].OutputSchema.(map[string]any)["properties"].(map[string]any)
	seen := map[string]bool{}
	for range 2 {
		got := structured[map[string]any](t, r.call(t, "widget.show", map[string]any{"name": "a"}))
		for name := range got {
			if properties[name] == nil {
				t.Errorf("%s is not declared", name)
			}
		}
		begin, end := fmt.Sprint(got["_begin"]), fmt.Sprint(got["_end"])
		if !strings.HasSuffix(begin, "<"+strings.TrimPrefix(end, "</")) || seen[end] {
			t.Errorf("marks %q and %q", begin, end)
		}
		seen[end] = true
	}
}

// What the door refuses before a call reaches the registry is recorded.
func TestTheDoorsRefusalsAreRecorded(t *testing.T) {
	down := widget("show", tool.Read, func(context.Context, *tool.Call, widgetInput) (widgetOutput, error) {
		return widgetOutput{}, fault.New(fault.Unavailable, "AWS is down")
	})
	r := connect(t, tool.Guard{Deny: []string{"widget.erase"}}, mcpserver.Options{Agent: "triage"}, nil, down, widget("erase", tool.Destroy, same))
	refused := func(what string, kind fault.Kind) {
		t.Helper()
		records := r.log.Records()
		last := records[len(records)-1]
		if last.Phase != audit.After || last.Error == nil || last.Error.Kind != kind || last.Actor != "triage" || last.Door != "mcp" {
			t.Errorf("%s is recorded as %+v", what, last)
		}
	}
	for _, name := range []string{"widget.erase", "widget.unknown", strings.Repeat("x", 1000)} {
		if _, err := r.CallTool(t.Context(), &mcp.CallToolParams{Name: name}); err == nil {
			t.Errorf("%s is called", name)
		}
	}
	refused("an unknown tool", fault.NotFound)
	if n := len(r.log.Records()); n != 6 || len(r.log.Records()[5].Tool) > 200 || r.log.Records()[1].Error.Kind != fault.Refused {
		t.Errorf("%d records: %+v", n, r.log.Records())
	}
	r.call(t, "widget.show", map[string]any{"name": "a", "reveal_secrets": []string{"log"}})
	refused("a secret that is not for the agent", fault.Refused)
	for range 5 {
		r.call(t, "widget.show", map[string]any{"name": "a"})
	}
	before := len(r.log.Records())
	if result := r.call(t, "widget.show", map[string]any{"name": "a"}); !strings.Contains(texts(result), "not tried") {
		t.Fatalf("%s", texts(result))
	}
	refused("a call that the breaker stops", fault.Unavailable)
	if n := len(r.log.Records()) - before; n != 2 {
		t.Errorf("%d records of one call", n)
	}
	r.server.Refuse(registryOf(t, tool.Guard{}, r.log), fault.New(fault.Refused, "gone"))
	r.call(t, "widget.show", map[string]any{"name": "a"})
	refused("a call to a server that refuses", fault.Refused)
}

// Everything that an agent reads is masked, not answers alone.
func TestProgressAndErrorsAreMasked(t *testing.T) {
	const url = "postgres://app:hunter22@db/x"
	told := make(chan string, 10)
	r := connect(t, tool.Guard{}, mcpserver.Options{}, &mcp.ClientOptions{
		ProgressNotificationHandler: func(_ context.Context, req *mcp.ProgressNotificationClientRequest) { told <- req.Params.Message },
	}, widget("edit", tool.Read, func(_ context.Context, c *tool.Call, _ widgetInput) (widgetOutput, error) {
		c.Progress(tool.Progress{Subject: url, Done: 1, Total: 1, Unit: "steps"})
		return widgetOutput{}, fault.New(fault.NotFound, "nothing at %s", url).WithCause("%s is gone", url).WithFix("look at %s", url)
	}))
	params := &mcp.CallToolParams{Name: "widget.edit", Arguments: map[string]any{"name": "a"}}
	params.SetProgressToken("t")
	result, err := r.CallTool(t.Context(), params)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{texts(result), fmt.Sprint(result.Meta), <-told} {
		if strings.Contains(text, "hunter22") || !strings.Contains(text, "[masked]") {
			t.Errorf("%s", text)
		}
	}
}
