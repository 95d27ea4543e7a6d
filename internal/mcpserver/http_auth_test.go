package mcpserver_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/mcpserver"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/tool/tooltest"
)

// post sends one message with a token; the session's id may be empty.
func post(t *testing.T, url, token, session, body string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "POST", url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"Authorization": "Bearer " + token, "Content-Type": "application/json", "Accept": "application/json, text/event-stream", "Mcp-Session-Id": session,
	} {
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	return resp
}

const initialize = `{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-03-26","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}`

// A second request with the id of one that runs is answered, and so is a batch.
func TestDuplicateIDsAreAnswered(t *testing.T) {
	waiting := tooltest.Wait()
	url, _ := listen(t, tool.Guard{}, mcpserver.HTTPOptions{Verify: auth.StaticToken("bot", "right")}, waiting.Tool)
	session := post(t, url, "right", "", initialize).Header.Get("Mcp-Session-Id")
	post(t, url, "right", session, `{"jsonrpc":"2.0","method":"notifications/initialized"}`)
	batch := post(t, url, "right", session, `[{"jsonrpc":"2.0","id":7,"method":"ping"},{"jsonrpc":"2.0","id":7,"method":"ping"}]`)
	if text, _ := io.ReadAll(batch.Body); batch.StatusCode != 400 || !strings.Contains(string(text), `"code":-32600`) {
		t.Errorf("a batch: %s %s", batch.Status, text)
	}
	const call = `{"jsonrpc":"2.0","id":8,"method":"tools/call","params":{"name":"widget.wait","arguments":{"name":"a"}}}`
	go func() {
		req, _ := http.NewRequest("POST", url, strings.NewReader(call))
		req.Header = http.Header{"Authorization": {"Bearer right"}, "Content-Type": {"application/json"}, "Accept": {"application/json, text/event-stream"}, "Mcp-Session-Id": {session}}
		if resp, err := http.DefaultClient.Do(req.WithContext(t.Context())); err == nil {
			_ = resp.Body.Close()
		}
	}()
	<-waiting.Begun
	second := post(t, url, "right", session, call)
	if text, _ := io.ReadAll(second.Body); second.StatusCode != 400 || !strings.Contains(string(text), `"code":-32600`) {
		t.Errorf("while it runs: %s %s", second.Status, text)
	}
	post(t, url, "right", session, `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":8}}`)
	waiting.Canceled(t)
}

// Messages over HTTP are read as those on standard input are: what is not a message is
// answered by an error of JSON-RPC, and nothing is changed or passed over.
func TestMalformedMessagesOverHTTP(t *testing.T) {
	waiting := tooltest.Wait()
	url, _ := listen(t, tool.Guard{}, mcpserver.HTTPOptions{Verify: auth.StaticToken("bot", "right")}, waiting.Tool)
	session := post(t, url, "right", "", initialize).Header.Get("Mcp-Session-Id")
	post(t, url, "right", session, `{"jsonrpc":"2.0","method":"notifications/initialized"}`)
	running := make(chan string, 1)
	go func() {
		req, _ := http.NewRequest("POST", url, strings.NewReader(`{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"widget.wait","arguments":{"name":"a"}}}`))
		req.Header = http.Header{"Authorization": {"Bearer right"}, "Content-Type": {"application/json"}, "Accept": {"application/json, text/event-stream"}, "Mcp-Session-Id": {session}}
		resp, err := http.DefaultClient.Do(req.WithContext(t.Context()))
		if err != nil {
			running <- err.Error()
			return
		}
		defer resp.Body.Close()
		text, _ := io.ReadAll(resp.Body)
		running <- string(text)
	}()
	<-waiting.Begun
	ping := func(id string) string { return `{"jsonrpc":"2.0","id":` + id + `,"method":"ping"}` }
	for name, tt := range map[string]struct{ body, id, code string }{
		"a fraction":          {ping("1.5"), "null", "-32600"},
		"beside one in use":   {ping("5.7"), "null", "-32600"},
		"over 53 bits":        {ping("9007199254740993"), "null", "-32600"},
		"a huge id":           {ping("123456789012345678901234567890"), "null", "-32600"},
		"half a pair":         {ping(`"\ud800"`), "null", "-32600"},
		"two messages":        {ping("6") + ping("7"), "null", "-32700"},
		"bytes behind":        {ping("6") + "x", "null", "-32700"},
		"the id twice":        {`{"jsonrpc":"2.0","id":6,"id":7,"method":"ping"}`, "null", "-32600"},
		"the tool twice":      {`{"jsonrpc":"2.0","id":6,"method":"tools/call","params":{"name":"a","name":"widget.wait"}}`, "6", "-32602"},
		"null":                {"null", "null", "-32600"},
		"an empty object":     {"{}", "null", "-32600"},
		"a number":            {"1", "null", "-32600"},
		"nothing":             {"", "null", "-32700"},
		"a batch":             {"[" + ping("6") + "]", "null", "-32600"},
		"an unknown method":   {`{"jsonrpc":"2.0","id":6,"method":"frob"}`, "6", "-32600"},
		"no UTF-8":            {"{\"jsonrpc\":\"2.0\",\"id\":6,\"method\":\"\xff\"}", "null", "-32700"},
		"an answer to nobody": {`{"jsonrpc":"2.0","id":6,"result":{},"error":{}}`, "null", "-32600"},
	} {
		answer := post(t, url, "right", session, tt.body)
		text, _ := io.ReadAll(answer.Body)
		if answer.StatusCode != 400 || answer.Header.Get("Content-Type") != "application/json" ||
			!strings.Contains(string(text), `"id":`+tt.id+`,"error":{"code":`+tt.code) && !strings.Contains(string(text), `"error":{"code":`+tt.code) ||
			!strings.Contains(string(text), `"id":`+tt.id) {
			t.Errorf("%s: %s %s", name, answer.Status, text)
		}
	}
	post(t, url, "right", session, `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":5.2}}`)
	select {
	case text := <-running:
		t.Errorf("the call was ended by another id: %s", text)
	default:
	}
	post(t, url, "right", session, `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":5}}`)
	waiting.Canceled(t)
}

// A session is its token's: another token, and one that names nobody, get
// nothing of it.
func TestSessionsAreBoundToTokens(t *testing.T) {
	verify := func(_ context.Context, token string) (auth.Bearer, error) {
		id, found := strings.CutPrefix(token, "token-")
		if !found {
			return auth.Bearer{}, errors.New("no token")
		}
		return auth.Bearer{ID: id, Name: "bot"}, nil
	}
	url, _ := listen(t, tool.Guard{}, mcpserver.HTTPOptions{Verify: verify}, widget("show", tool.Read, same))
	session := post(t, url, "token-1", "", initialize).Header.Get("Mcp-Session-Id")
	if r := post(t, url, "token-2", session, `{"jsonrpc":"2.0","id":1,"method":"ping"}`); r.StatusCode != 403 {
		t.Errorf("a later token of the same name: %s", r.Status)
	} else if text, _ := io.ReadAll(r.Body); !strings.Contains(string(text), "fix: start your own session") {
		t.Errorf("a later token of the same name is told %q", text)
	}
	if r := post(t, url, "token-1", "none", `{"jsonrpc":"2.0","id":1,"method":"ping"}`); r.StatusCode != 404 {
		t.Errorf("no session: %s", r.Status)
	} else if text, _ := io.ReadAll(r.Body); !strings.Contains(string(text), "fix: start another") {
		t.Errorf("no session is told %q", text)
	}
	if r := post(t, url, "token-", session, `{"jsonrpc":"2.0","id":1,"method":"ping"}`); r.StatusCode != 401 {
		t.Errorf("nobody: %s", r.Status)
	}
	if r := post(t, url, "token-1", session, `{"jsonrpc":"2.0","id":1,"method":"ping"}`); r.StatusCode != 200 {
		t.Errorf("the token itself: %s", r.Status)
	}
}

// The stream that a client holds open ends with its token.
func TestAStreamEndsWithItsToken(t *testing.T) {
	for name, bearer := range map[string]func(end <-chan struct{}) auth.Bearer{
		"revoked": func(end <-chan struct{}) auth.Bearer {
			return auth.Bearer{ID: "a", While: func(ctx context.Context) (context.Context, context.CancelFunc) {
				ctx, cancel := context.WithCancel(ctx)
				go func() {
					select {
					case <-end:
						cancel()
					case <-ctx.Done():
					}
				}()
				return ctx, cancel
			}}
		},
		"expired": func(<-chan struct{}) auth.Bearer { return auth.Bearer{ID: "a"} },
	} {
		t.Run(name, func(t *testing.T) {
			end := make(chan struct{})
			b := bearer(end)
			verify := func(_ context.Context, token string) (auth.Bearer, error) {
				if name == "expired" && token == "stream" {
					b.Expires = time.Now().Add(time.Second)
				}
				return b, nil
			}
			url, _ := listen(t, tool.Guard{}, mcpserver.HTTPOptions{Verify: verify}, widget("show", tool.Read, same))
			session := post(t, url, "x", "", initialize).Header.Get("Mcp-Session-Id")
			post(t, url, "x", session, `{"jsonrpc":"2.0","method":"notifications/initialized"}`)
			req, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header = http.Header{"Authorization": {"Bearer stream"}, "Accept": {"text/event-stream"}, "Mcp-Session-Id": {session}}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			stream := bufio.NewReader(resp.Body)
			if line, err := stream.ReadString('\n'); err != nil {
				t.Fatalf("%q, %v", line, err)
			}
			close(end)
			if rest, err := io.ReadAll(stream); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("%q, %v", rest, err)
			}
		})
	}
}

// Failed authentication is recorded, without the token, and at a bounded rate.
func TestFailedAuthenticationIsRecorded(t *testing.T) {
	log := &tooltest.Memory{}
	var now atomic.Pointer[time.Time]
	begun := time.Now()
	now.Store(&begun)
	server := newServer(t, registryOf(t, tool.Guard{}, log), mcpserver.Options{Clock: func() time.Time { return *now.Load() }})
	h := httptest.NewServer(server.Handler(mcpserver.HTTPOptions{Verify: auth.StaticToken("bot", "right")}))
	t.Cleanup(h.Close)
	for range 30 {
		post(t, h.URL+mcpserver.Path, "guessed-secret", "", initialize)
	}
	refused := func() (n int, last audit.Record) {
		for _, r := range log.Records() {
			if r.Outcome == audit.Refused && r.Tool == "authentication" && r.Door == "mcp" {
				n, last = n+1, r
			}
		}
		return n, last
	}
	n, last := refused()
	if n != 5 || !strings.Contains(last.Error.Message, "this machine") || strings.Contains(last.Error.Message, "guessed") {
		t.Errorf("%d records, the last %+v", n, last)
	}
	later := begun.Add(2 * time.Minute)
	now.Store(&later)
	post(t, h.URL+mcpserver.Path, "", "", initialize)
	all := ""
	for _, r := range log.Records() {
		if r.Error != nil {
			all += r.Error.Message + "\n"
		}
	}
	if !strings.Contains(all, "25 more requests were refused") || !strings.Contains(all, "has no token") {
		t.Errorf("recorded:\n%s", all)
	}
}
