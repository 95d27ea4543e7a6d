package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/idempotency"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/tool/tooltest"
	"github.com/hawser/hawser/internal/web"
)

type (
	widgetInput  = tooltest.WidgetInput
	widgetOutput = tooltest.WidgetOutput
)

func widget(verb string, effect tool.Effect, run tool.Func[widgetInput, widgetOutput]) *tool.Tool {
	return tooltest.Widget(verb, effect, run)
}

func same(ctx context.Context, call *tool.Call, in widgetInput) (widgetOutput, error) {
	return tooltest.Same(ctx, call, in)
}

// site is a server of widgets, with its tokens.
type site struct {
	url    string
	tokens *auth.Tokens
	log    *tooltest.Memory
	said   *bytes.Buffer // the access log
	now    *clock
	state  string
	tools  []*tool.Tool
	// consent is that of all servers of the site; nil gives each its own.
	consent web.Consent
}

// clock is a clock that tests move while servers read it.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func registryOf(t testing.TB, log tool.Recorder, tools ...*tool.Tool) *tool.Registry {
	t.Helper()
	r, err := tool.NewRegistry(tools, tool.Options{
		Guard: tool.Guard{Confirm: []tool.Effect{tool.Destroy}}, Log: log,
		Resolve: func(context.Context, tool.Target) tool.Target {
			return tool.Target{Connection: "main", Account: "111122223333", Region: "us-east-1"}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func serve(t testing.TB, tools ...*tool.Tool) *site {
	t.Helper()
	now := &clock{at: time.Now()}
	s := &site{log: &tooltest.Memory{}, said: &bytes.Buffer{}, now: now}
	s.state = filepath.Join(t.TempDir(), "state")
	s.tokens = auth.OpenTokens(filepath.Join(s.state, "tokens.json"), s.now.time)
	s.tools = tools
	s.url = s.start(t)
	return s
}

// start starts a server of the site, and gives its URL.
func (s *site) start(t testing.TB) string {
	t.Helper()
	clock, consent := s.now.time, s.consent
	if consent == nil {
		consent = tool.NewConsent(clock)
	}
	server := httptest.NewServer(web.New(registryOf(t, s.log, s.tools...), web.Options{
		Tokens: s.tokens, Consent: consent, Keys: idempotency.OpenFolder(filepath.Join(s.state, "keys"), clock), Log: s.said, Clock: clock, Version: "test",
	}).Handler())
	t.Cleanup(server.Close)
	return server.URL
}

// elsewhere does something with one more server of the same state, as another
// process would be.
func (s *site) elsewhere(t testing.TB, do func()) {
	t.Helper()
	here := s.url
	s.url = s.start(t)
	do()
	s.url = here
}

func (s *site) token(t testing.TB, token auth.Token) string {
	t.Helper()
	if token.Role == "" {
		token.Role = caller.Operator
	}
	secret, err := s.tokens.Create(token)
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// reply is an answer, read whole.
type reply struct {
	status int
	header http.Header
	body   string
}

func (r reply) problem(t testing.TB) web.Problem {
	t.Helper()
	var p web.Problem
	if kind := r.header.Get("Content-Type"); kind != "application/problem+json" {
		t.Fatalf("%d %s: %s", r.status, kind, r.body)
	}
	if err := json.Unmarshal([]byte(r.body), &p); err != nil {
		t.Fatalf("%v in %s", err, r.body)
	}
	return p
}

// ask makes a request; headers are names and values by turns.
func (s *site) ask(t testing.TB, method, path, token, body string, headers ...string) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
		switch {
		case headers[i] == "Host":
			req.Host = headers[i+1]
		case headers[i] == "Content-Type" && headers[i+1] == "":
			req.Header.Del("Content-Type")
		}
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{resp.StatusCode, resp.Header, string(text)}
}
