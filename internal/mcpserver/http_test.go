package mcpserver_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/mcpserver"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/tool/tooltest"
)

// listen serves a widget over HTTP.
func listen(t testing.TB, g tool.Guard, o mcpserver.HTTPOptions, tools ...*tool.Tool) (url string, terminal *buffer) {
	t.Helper()
	terminal = &buffer{}
	server := newServer(t, registryOf(t, g, &tooltest.Memory{}, tools...), mcpserver.Options{Terminal: terminal})
	h := httptest.NewServer(server.Handler(o))
	t.Cleanup(h.Close)
	return h.URL + mcpserver.Path, terminal
}

// bearing adds a token to every request.
type bearing string

func (b bearing) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	if b != "" {
		r.Header.Set("Authorization", "Bearer "+string(b))
	}
	return http.DefaultTransport.RoundTrip(r)
}

func dial(t testing.TB, url, token string, o *mcp.ClientOptions) (*mcp.ClientSession, error) {
	t.Helper()
	client := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, o)
	s, err := client.Connect(context.Background(), &mcp.StreamableClientTransport{
		Endpoint: url, HTTPClient: &http.Client{Transport: bearing(token)}, MaxRetries: -1,
	}, nil)
	if err == nil {
		t.Cleanup(func() { _ = s.Close() })
	}
	return s, err
}

func TestHTTP(t *testing.T) {
	url, _ := listen(t, destroyAsks, mcpserver.HTTPOptions{Verify: auth.StaticToken("bot", "right")},
		widget("show", tool.Read, same), widget("remove", tool.Destroy, same))
	p := &person{answer: mcp.ElicitResult{Action: "accept", Content: map[string]any{"confirm": true}}}
	s, err := dial(t, url, "right", p.options())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"widget.show", "widget.remove"} {
		result, err := s.CallTool(t.Context(), &mcp.CallToolParams{Name: name, Arguments: map[string]any{"name": "a"}})
		if err != nil || result.IsError {
			t.Errorf("%s: %+v, %v", name, result, err)
		}
	}
	if len(p.asked) != 1 {
		t.Errorf("asked %d times", len(p.asked))
	}
	if _, err := dial(t, url, "wrong", nil); err == nil {
		t.Error("a wrong token is let in")
	}
}

func TestHTTPRefuses(t *testing.T) {
	url, _ := listen(t, tool.Guard{}, mcpserver.HTTPOptions{
		Verify: auth.StaticToken("bot", "right"), Resource: "https://hawser.example.com/mcp", Issuers: []string{"https://login.example.com"},
		Hosts: []string{"hawser.example.com"}, Origins: []string{"https://chat.example.com"},
	}, widget("show", tool.Read, same))
	tests := []struct {
		name   string
		header map[string]string
		body   string
		status int
		want   string
	}{
		{"no token", nil, `{}`, 401, "fix: send the header Authorization"},
		{"wrong token", map[string]string{"Authorization": "Bearer wrong"}, `{}`, 401, "the token is not valid"},
		{"another host", map[string]string{"Host": "evil.example.com", "Authorization": "Bearer right"}, `{}`, 403, `the host "evil.example.com"`},
		{"its own host", map[string]string{"Host": "hawser.example.com:443", "Authorization": "Bearer right"}, `{}`, 400, ""},
		{"a page", map[string]string{"Origin": "https://evil.example.com", "Authorization": "Bearer right"}, `{}`, 403, "--origin names pages"},
		{"a page of this machine", map[string]string{"Origin": "http://127.0.0.1:1", "Authorization": "Bearer right"}, `{}`, 403, "pages of"},
		{"a page that may", map[string]string{"Origin": "https://chat.example.com", "Authorization": "Bearer right"}, `{}`, 400, ""},
		{"a page that hides its origin", map[string]string{"Origin": "null", "Authorization": "Bearer right"}, `{}`, 403, "pages of"},
		{"a page of another port", map[string]string{"Sec-Fetch-Site": "same-site", "Authorization": "Bearer right"}, `{}`, 403, "pages of"},
		{"a form", map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Authorization": "Bearer right"}, `{}`, 415, "Content-Type"},
		{"plain text", map[string]string{"Content-Type": "text/plain", "Authorization": "Bearer right"}, `{}`, 415, "Content-Type"},
		{"no JSON", map[string]string{"Authorization": "Bearer right"}, `{"jsonrpc": "2.0", "id": 1, "method": `, 400, ""},
		{"a name that is a number", map[string]string{"Authorization": "Bearer right"}, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":5}}`, 400, `"code":-32602,"message":"params.name must not be a JSON number"`},
		{"another character set", map[string]string{"Authorization": "Bearer right", "Content-Type": "application/json; charset=utf-16"}, `{}`, 415, "character set"},
		{"ten megabytes", map[string]string{"Authorization": "Bearer right"}, `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"` + strings.Repeat("x", 10<<20) + `"}}`, 413, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), "POST", url, strings.NewReader(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set("Accept", "application/json, text/event-stream")
			for k, v := range tt.header {
				req.Header.Set(k, v)
			}
			req.Host = tt.header["Host"]
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			text, _ := io.ReadAll(resp.Body)
			if resp.StatusCode != tt.status || !strings.Contains(string(text), tt.want) {
				t.Errorf("%s: %s", resp.Status, text)
			}
			if challenge := resp.Header.Get("WWW-Authenticate"); tt.status == 401 && !strings.Contains(challenge, `resource_metadata="https://hawser.example.com/.well-known/oauth-protected-resource/mcp"`) {
				t.Errorf("challenge %q", challenge)
			}
		})
	}
	resp, err := http.Get(strings.TrimSuffix(url, mcpserver.Path) + "/.well-known/oauth-protected-resource/mcp")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != 200 || !strings.Contains(string(text), `"authorization_servers":["https://login.example.com"]`) {
		t.Errorf("metadata: %s %s", resp.Status, text)
	}
}

// A client that goes away in the middle takes its call with it, and two
// clients do not hear of each other's.
func TestHTTPClientGoesAway(t *testing.T) {
	waiting := tooltest.Wait()
	url, _ := listen(t, tool.Guard{}, mcpserver.HTTPOptions{}, widget("show", tool.Read, same), waiting.Tool)
	goes, err := dial(t, url, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	stays, err := dial(t, url, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-waiting.Begun
		cancel()
	}()
	_, _ = goes.CallTool(ctx, &mcp.CallToolParams{Name: "widget.wait", Arguments: map[string]any{"name": "a"}})
	waiting.Canceled(t)
	if result, err := stays.CallTool(t.Context(), &mcp.CallToolParams{Name: "widget.show", Arguments: map[string]any{"name": "b"}}); err != nil || result.IsError {
		t.Errorf("%+v, %v", result, err)
	}
}

// A body that is said to be too large is not waited for.
func TestHTTPRefusesLargeBodiesAtOnce(t *testing.T) {
	body, writer := io.Pipe() // nothing ever comes
	defer writer.Close()
	req, err := http.NewRequestWithContext(t.Context(), "POST", "http://127.0.0.1"+mcpserver.Path, body)
	if err != nil {
		t.Fatal(err)
	}
	req.ContentLength = 99999999999
	req.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	server := newServer(t, registryOf(t, tool.Guard{}, &tooltest.Memory{}), mcpserver.Options{})
	server.Handler(mcpserver.HTTPOptions{}).ServeHTTP(w, req)
	if w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
