package tool_test

import (
	"context"
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/tool/tooltest"
)

// BenchmarkCall is what the registry costs: everything around a tool that
// does nothing, with its audit records in a real file. The limit is 50 µs.
func BenchmarkCall(b *testing.B) {
	log, err := audit.Open(filepath.Join(b.TempDir(), "log", "audit.jsonl"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = log.Close() })
	guard := tool.DefaultGuard()
	guard.Allow, guard.Deny = []string{"widget.*"}, []string{"*.scuttle"}
	read := tool.New(tool.Info{Formats: tooltest.Formats(), Name: "widget.get", Summary: "Gets a widget", Effect: tool.Read},
		func(_ context.Context, _ *tool.Call, in struct {
			tool.Target
			Name string `json:"name"`
		},
		) (map[string]string, error) {
			return map[string]string{"name": in.Name}, nil
		})
	r, err := tool.NewRegistry([]*tool.Tool{read}, tool.Options{Guard: guard, Log: log})
	if err != nil {
		b.Fatal(err)
	}
	req := tool.Request{Tool: "widget.get", Input: json.RawMessage(`{"name":"Red","region":"eu-west-1"}`), Caller: admin}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Call(b.Context(), req); err != nil {
			b.Fatal(err)
		}
	}
}
