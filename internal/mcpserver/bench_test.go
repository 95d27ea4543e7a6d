package mcpserver_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/caller"
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
	return registryOf(b, tool.DefaultGuard(), log, widget("show", tool.Read, same))
}

var ask = &mcp.CallToolParams{Name: "widget.show", Arguments: map[string]any{"name": "Red"}}

// BenchmarkDirect is a call without MCP, which the others stand beside.
func BenchmarkDirect(b *testing.B) {
	r := instant(b)
	req := tool.Request{Tool: "widget.show", Input: json.RawMessage(`{"name":"Red"}`), Caller: caller.Caller{Door: "test", Actor: "a", Role: caller.Admin}}
	for b.Loop() {
		if _, err := r.Call(b.Context(), req); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkStdio is a call over pipes, client included. The limit is 1 ms above
// BenchmarkDirect.
func BenchmarkStdio(b *testing.B) {
	r := connect(b, tool.DefaultGuard(), mcpserver.Options{}, nil, widget("show", tool.Read, same))
	for b.Loop() {
		if _, err := r.CallTool(context.Background(), ask); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkHTTP is a call over HTTP, client included.
func BenchmarkHTTP(b *testing.B) {
	s := newServer(b, instant(b), mcpserver.Options{})
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

// BenchmarkPlainHTTP is a call over HTTP by a client that only posts and reads,
// so that what it takes above BenchmarkDirect is the server's and HTTP's. The
// limit is 0.5 ms. The garbage collector is set as hawser mcp sets it.
func BenchmarkPlainHTTP(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(200))
	s := newServer(b, instant(b), mcpserver.Options{})
	server := httptest.NewServer(s.Handler(mcpserver.HTTPOptions{}))
	defer server.Close()
	const body = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"widget.show","arguments":{"name":"Red"},` +
		`"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"b","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}}}`
	for b.Loop() {
		req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, server.URL+mcpserver.Path, strings.NewReader(body))
		if err != nil {
			b.Fatal(err)
		}
		for name, value := range map[string]string{
			"Content-Type": "application/json", "Accept": "application/json, text/event-stream",
			"Mcp-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/call", "Mcp-Name": "widget.show",
		} {
			req.Header.Set(name, value)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		text, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK || !strings.Contains(string(text), "structuredContent") {
			b.Fatalf("%s: %s, %v", resp.Status, text, err)
		}
	}
}

// BenchmarkIdleSessions is the memory of 500 sessions of the older protocol
// that rest. The limit is 100 MiB, clients included here.
func BenchmarkIdleSessions(b *testing.B) {
	s := newServer(b, instant(b), mcpserver.Options{})
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
