package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/hawser/hawser/internal/auth/authtest"
	"github.com/hawser/hawser/internal/cli"
	"github.com/hawser/hawser/internal/config/configtest"
)

// A token is taken over HTTP only where it is good for the scope.
func TestOAuthScopes(t *testing.T) {
	i := authtest.NewIssuer(t)
	home := configtest.New(t)
	p := cli.New(cli.Streams{Err: io.Discard}, home.Env(), "")
	agents, err := p.App.Agents(agentOptions(p, mcpFlags{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = agents.Close() })
	const resource = "https://hawser.example.com/mcp"
	options, err := httpFlags{issuer: i.URL, resource: resource, scope: "hawser"}.options(t.Context(), func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(agents.Main().Handler(options))
	t.Cleanup(server.Close)
	claims := jwt.Claims{Issuer: i.URL, Subject: "ada", Audience: jwt.Audience{resource}, Expiry: jwt.NewNumericDate(time.Now().Add(time.Hour))}
	for name, tt := range map[string]struct {
		more   map[string]any
		status int
	}{
		"scope":                      {map[string]any{"scope": "openid hawser"}, 200},
		"scp":                        {map[string]any{"scp": []string{"hawser"}}, 200},
		"another scope":              {map[string]any{"scope": "hawser.other"}, 403},
		"no scope":                   {map[string]any{}, 403},
		"a scope that is not a text": {map[string]any{"scope": 1}, 401},
	} {
		t.Run(name, func(t *testing.T) {
			body := `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}`
			req, err := http.NewRequestWithContext(t.Context(), "POST", server.URL+"/mcp", strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set("Accept", "application/json, text/event-stream")
			req.Header.Set("Authorization", "Bearer "+i.Scoped(t, i.Signer, claims, tt.more))
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if resp.StatusCode != tt.status {
				text, _ := io.ReadAll(resp.Body)
				t.Errorf("%s %s", resp.Status, text)
			}
		})
	}
}
