package app

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/caller"
)

// request makes a request of an older protocol version, with a session.
func (f agentServer) request(t *testing.T, method, secret, session, body string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, f.url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = http.Header{"Authorization": {"Bearer " + secret}, "Accept": {"application/json, text/event-stream"}}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if session != "" {
		req.Header.Set("Mcp-Session-Id", session)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	return resp
}

// A token of the name of a revoked one gets nothing of it: neither its session,
// nor its rights; and the streams of the revoked one end.
func TestATokenIsNotItsName(t *testing.T) {
	f := newAgentServer(t, "")
	create := func(role caller.Role) string {
		secret, err := f.tokens.Create(auth.Token{Name: "bot", Role: role})
		if err != nil {
			t.Fatal(err)
		}
		return secret
	}
	old := create(caller.Operator)
	session := f.request(t, "POST", old, "", `{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}`).Header.Get("Mcp-Session-Id")
	f.request(t, "POST", old, session, `{"jsonrpc":"2.0","method":"notifications/initialized"}`)
	stream := f.request(t, "GET", old, session, "")
	if session == "" || stream.StatusCode != 200 {
		t.Fatalf("session %q, %s", session, stream.Status)
	}
	if err := f.tokens.Revoke("bot"); err != nil {
		t.Fatal(err)
	}
	fresh := create(caller.Viewer)
	if r := f.request(t, "POST", fresh, session, `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`); r.StatusCode != 403 && r.StatusCode != 404 {
		text, _ := io.ReadAll(r.Body)
		t.Errorf("the old session: %s %s", r.Status, text)
	}
	_, _ = io.Copy(io.Discard, stream.Body) // ends, or the test does not
	s := f.dialSecret(t, fresh)
	refused, err := s.CallTool(t.Context(), &mcp.CallToolParams{Name: "ec2.stop", Arguments: map[string]any{"instance_ids": []string{"i-0123456789abcdef0"}}})
	if err == nil && !refused.IsError {
		t.Errorf("the new token has the rights of the old one: %+v", refused)
	}
}
