package mcpserver_test

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/mcpserver"
	"github.com/hawser/hawser/internal/tool"
)

// instant is a registry with one tool that answers at once, and a real audit
// log, as in the program.
func instant(b *testing.B) *tool.Registry {
	b.Helper()
	log, err := audit.Open(filepath.Join(b.TempDir(), "log", "audit.jsonl"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = log.Close() })
	return registryOf(b, tool.DefaultGuard(), log, boat("look", tool.Read, same))
}

var ask = &mcp.CallToolParams{Name: "boat.look", Arguments: map[string]any{"name": "Ark"}}

// BenchmarkDirect is a call without MCP, which the others stand beside.
func BenchmarkDirect(b *testing.B) {
	r := instant(b)
	req := tool.Request{Tool: "boat.look", Input: json.RawMessage(`{"name":"Ark"}`), Caller: tool.Caller{Door: "test", Actor: "a", Role: tool.Admin}}
	for b.Loop() {
		if _, err := r.Call(b.Context(), req); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkStdio is a call over pipes, client included. The limit is 1 ms above
// BenchmarkDirect.
func BenchmarkStdio(b *testing.B) {
	r := connect(b, tool.DefaultGuard(), mcpserver.Options{}, nil, boat("look", tool.Read, same))
	for b.Loop() {
		if _, err := r.CallTool(context.Background(), ask); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkHTTP is a call over HTTP, client included.
func BenchmarkHTTP(b *testing.B) {
	s, err := mcpserver.New(instant(b), mcpserver.Options{})
	if err != nil {
		b.Fatal(err)
	}
	server := httptest.NewServer(s.Handler(mcpserver.HTTPOptions{}))
	defer server.Close()
	client, err := dial(b, server.URL+mcpserver.Path, "", nil)
	if err != nil {
		b.Fatal(err)
	}
	var took []time.Duration
	for b.Loop() {
		begun := time.Now()
		if _, err := client.CallTool(context.Background(), ask); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}

// BenchmarkIdleSessions is the memory of 500 sessions of the older protocol
// that rest. The limit is 100 MiB, clients included here.
func BenchmarkIdleSessions(b *testing.B) {
	s, err := mcpserver.New(instant(b), mcpserver.Options{})
	if err != nil {
		b.Fatal(err)
	}
	server := httptest.NewServer(s.Handler(mcpserver.HTTPOptions{}))
	defer server.Close()
	const sessions = 500
	for b.Loop() {
		before := inUse()
		var clients []*mcp.ClientSession
		for range sessions {
			client := mcp.NewClient(&mcp.Implementation{Name: "idle", Version: "1"}, nil)
			c, err := client.Connect(context.Background(), &mcp.StreamableClientTransport{Endpoint: server.URL + mcpserver.Path},
				&mcp.ClientSessionOptions{ProtocolVersion: "2025-11-25"})
			if err != nil {
				b.Fatal(err)
			}
			clients = append(clients, c)
		}
		b.ReportMetric(float64(inUse()-before)/(1<<20), "MiB")
		for _, c := range clients {
			_ = c.Close()
		}
	}
}

func inUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}
