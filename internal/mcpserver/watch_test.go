package mcpserver

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/tool/tooltest"
)

// A panic in any handler is answered and logged, and what it says does not reach
// the client.
func TestPanicsAreAnsweredAndLogged(t *testing.T) {
	registry, err := tool.NewRegistry(nil, tool.Options{Log: &tooltest.Memory{}})
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	s, err := New(registry, Options{
		Logger: slog.New(slog.NewTextHandler(&log, nil)), Consent: tool.NewConsent(nil), Codes: NewCodes(nil), Breakers: NewBreakers(nil),
	})
	if err != nil {
		t.Fatal(err)
	}
	handler := s.watch(func(context.Context, string, mcp.Request) (mcp.Result, error) {
		panic("postgres://app:hunter22@db/x")
	})
	for _, method := range []string{callTool, readResource, getPrompt, complete, "tools/list", "notifications/progress"} {
		log.Reset()
		result, err := handler(t.Context(), method, nil)
		answer, _ := json.Marshal([]any{result, err})
		r, _ := result.(*mcp.CallToolResult)
		e, _ := err.(*jsonrpc.Error)
		switch {
		case method == callTool && (r == nil || !r.IsError):
			t.Errorf("%s is answered %s", method, answer)
		case method != callTool && (e == nil || e.Code != jsonrpc.CodeInternalError):
			t.Errorf("%s is answered %s", method, answer)
		}
		if strings.Contains(string(answer), "app") {
			t.Errorf("%s tells the client of the panic: %s", method, answer)
		}
		if text := log.String(); !strings.Contains(text, "method="+method) || !strings.Contains(text, "watch_test.go") || strings.Contains(text, "hunter22") {
			t.Errorf("%s is logged as %s", method, text)
		}
	}
}
