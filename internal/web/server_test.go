package web_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/tool/tooltest"
	"github.com/hawser/hawser/internal/web"
)

const show = "/api/v1/tools/widget.show"

func TestCall(t *testing.T) {
	s := serve(t, widget("show", tool.Read, same))
	token := s.token(t, auth.Token{Name: "bot"})
	r := s.ask(t, "POST", show, token, `{"name": "Red"}`)
	var a web.Answer
	if err := json.Unmarshal([]byte(r.body), &a); err != nil || r.status != 200 || string(a.Output) != `{"name":"Red"}` || a.Effect != tool.Read {
		t.Errorf("%d %s (%v)", r.status, r.body, err)
	}
	if record := s.log.Records()[0]; record.Door != "http" || record.Actor != "bot" || record.ID != a.Call {
		t.Errorf("recorded as %+v", record)
	}
	if r := s.ask(t, "GET", "/api/v1/tools", token, ""); !strings.Contains(r.body, `"widget.show"`) {
		t.Errorf("%s", r.body)
	}
}

func TestProblems(t *testing.T) {
	s := serve(t, widget("show", tool.Read, func(ctx context.Context, c *tool.Call, in widgetInput) (widgetOutput, error) {
		if in.Name == "none" {
			return widgetOutput{}, fault.New(fault.NotFound, "there is no such widget").WithFix("list them")
		}
		return same(ctx, c, in)
	}), widget("edit", tool.Write, same))
	token := s.token(t, auth.Token{Name: "bot", Tools: []string{"widget.show"}})
	viewer := s.token(t, auth.Token{Name: "viewer", Role: caller.Viewer})
	agent := s.token(t, auth.Token{Name: "agent", Agent: "triage"})
	gone := s.token(t, auth.Token{Name: "gone", Expires: s.now.time().Add(-time.Second)})
	tests := []struct {
		name, method, path, token, body string
		headers                         []string
		status                          int
		kind                            fault.Kind
		field                           string
	}{
		{"no token", "POST", show, "", `{}`, nil, 401, fault.Refused, ""},
		{"a wrong one", "POST", show, "hawser_wrong", `{}`, nil, 401, fault.Refused, ""},
		{"an agent's", "POST", show, agent, `{"name": "a"}`, nil, 401, fault.Refused, ""},
		{"an expired one", "POST", show, gone, `{}`, nil, 401, fault.Refused, ""},
		{"unknown field", "POST", show, token, `{"name": "a", "nmae": "b"}`, nil, 400, fault.Invalid, "nmae"},
		{"missing field", "POST", show, token, ``, nil, 400, fault.Invalid, "name"},
		{"white space that is not JSON's", "POST", show, token, "\v", nil, 400, fault.Invalid, ""},
		{"no JSON", "POST", show, token, `{"name": `, nil, 400, fault.Invalid, ""},
		{"said to be XML", "POST", show, token, `<a/>`, []string{"Content-Type", "text/xml"}, 415, fault.Invalid, "Content-Type"},
		{"too large", "POST", show, token, `"` + strings.Repeat("x", 9<<20) + `"`, nil, 413, fault.Invalid, ""},
		{"the tool's own", "POST", show, token, `{"name": "none"}`, nil, 404, fault.NotFound, ""},
		{"unknown tool", "POST", "/api/v1/tools/widget.sohw", token, `{}`, nil, 404, fault.NotFound, ""},
		{"a tool that is not the token's", "POST", "/api/v1/tools/widget.edit", token, `{"name": "a"}`, nil, 403, fault.Refused, ""},
		{"a role that may not", "POST", "/api/v1/tools/widget.edit", viewer, `{"name": "a"}`, nil, 403, fault.Refused, ""},
		{"no such path", "GET", "/api/v2", token, ``, nil, 404, fault.NotFound, ""},
		{"no such method", "PUT", show, token, ``, nil, 405, fault.Invalid, ""},
		{"an empty key", "POST", show, token, `{"name": "a"}`, []string{"Idempotency-Key", ""}, 400, fault.Invalid, "Idempotency-Key"},
		{"another host", "GET", "/healthz", "", ``, []string{"Host", "evil.example.com"}, 403, fault.Refused, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := s.ask(t, tt.method, tt.path, tt.token, tt.body, tt.headers...)
			p := r.problem(t)
			if r.status != tt.status || p.Status != tt.status || p.Kind != tt.kind || p.Field != tt.field || p.Detail == "" {
				t.Errorf("%d %s", r.status, r.body)
			}
			if r.header.Get("X-Request-Id") == "" {
				t.Error("no request id")
			}
		})
	}
}

// The list, the document and the pages of tools show what the token's role and
// patterns allow, and nothing else.
func TestOnlyWhatTheTokenMayCallIsDescribed(t *testing.T) {
	s := serve(t, widget("show", tool.Read, same), widget("edit", tool.Write, same), widget("remove", tool.Destroy, same))
	for name, tt := range map[string]struct {
		token auth.Token
		want  string
	}{
		"viewer":       {auth.Token{Role: caller.Viewer}, "show"},
		"operator":     {auth.Token{Role: caller.Operator}, "show edit remove"},
		"read-only":    {auth.Token{Role: caller.Admin, ReadOnly: true}, "show"},
		"pattern":      {auth.Token{Role: caller.Admin, Tools: []string{"widget.e*"}}, "edit"},
		"role in them": {auth.Token{Role: caller.Viewer, Tools: []string{"widget.edit", "widget.show"}}, "show"},
	} {
		t.Run(name, func(t *testing.T) {
			tt.token.Name = name
			token := s.token(t, tt.token)
			var list struct{ Items []web.Described }
			var document struct {
				Paths      map[string]json.RawMessage
				Components struct{ Schemas map[string]json.RawMessage }
			}
			for path, into := range map[string]any{"/api/v1/tools": &list, "/api/v1/openapi.json": &document} {
				if err := json.Unmarshal([]byte(s.ask(t, "GET", path, token, "").body), into); err != nil {
					t.Fatal(err)
				}
			}
			listed := map[string]bool{}
			for _, item := range list.Items {
				listed[item.Name] = true
			}
			for _, verb := range []string{"show", "edit", "remove"} {
				want := slices.Contains(strings.Fields(tt.want), verb)
				_, path := document.Paths["/api/v1/tools/widget."+verb]
				_, schema := document.Components.Schemas["widget"+strings.ToUpper(verb[:1])+verb[1:]+"Input"]
				page := s.ask(t, "GET", "/api/v1/tools/widget."+verb, token, "").status
				if listed["widget."+verb] != want || path != want || schema != want || (page == 200) != want {
					t.Errorf("%s: listed %v, path %v, schema %v, page %d; want %v", verb, listed["widget."+verb], path, schema, page, want)
				}
			}
		})
	}
}

func TestConfirmation(t *testing.T) {
	removed := 0
	s := serve(t, widget("remove", tool.Destroy, func(ctx context.Context, c *tool.Call, in widgetInput) (widgetOutput, error) {
		removed++
		return same(ctx, c, in)
	}))
	token, other := s.token(t, auth.Token{Name: "bot"}), s.token(t, auth.Token{Name: "eve"})
	const path = "/api/v1/tools/widget.remove"
	p := s.ask(t, "POST", path, token, `{"name": "Blue"}`).problem(t)
	want := web.Unconfirmed{Tool: "widget.remove", Effect: tool.Destroy, Subject: "widget Blue", Question: `Does remove: "widget Blue" in 111122223333, us-east-1?`, Connection: "main", Account: "111122223333", Region: "us-east-1"}
	if p.Status != 428 || p.Unconfirmed == nil || *p.Unconfirmed != want || p.Confirm == "" || removed != 0 {
		t.Fatalf("%+v", p)
	}
	for name, r := range map[string]reply{
		"another input": s.ask(t, "POST", path, token, `{"name": "Red"}`, "Hawser-Confirm", p.Confirm),
		"another token": s.ask(t, "POST", path, other, `{"name": "Blue"}`, "Hawser-Confirm", p.Confirm),
		"a forged one":  s.ask(t, "POST", path, token, `{"name": "Blue"}`, "Hawser-Confirm", "x"+p.Confirm),
	} {
		if r.status != 428 || removed != 0 {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	if r := s.ask(t, "POST", path, token, `{"name":"Blue"}`, "Hawser-Confirm", p.Confirm); r.status != 200 || removed != 1 {
		t.Errorf("confirmed: %d %s", r.status, r.body)
	}
	if r := s.ask(t, "POST", path, token, `{"name":"Blue"}`, "Hawser-Confirm", p.Confirm); r.status != 428 || removed != 1 {
		t.Errorf("a second time: %d %s", r.status, r.body)
	}
}

func TestIdempotencyKeys(t *testing.T) {
	var mu sync.Mutex
	edited, fail := 0, true
	s := serve(t, widget("edit", tool.Write, func(ctx context.Context, c *tool.Call, in widgetInput) (widgetOutput, error) {
		mu.Lock()
		defer mu.Unlock()
		if fail {
			return widgetOutput{}, fault.New(fault.Throttled, "a storm")
		}
		edited++
		return same(ctx, c, in)
	}))
	token := s.token(t, auth.Token{Name: "bot"})
	edit := func(key, name string) reply {
		return s.ask(t, "POST", "/api/v1/tools/widget.edit", token, `{"name": "`+name+`"}`, "Idempotency-Key", key)
	}
	if r := edit("k", "a"); r.status != 429 {
		t.Errorf("a failure: %d", r.status)
	}
	fail = false
	var wait sync.WaitGroup
	bodies := make([]string, 20)
	for i := range bodies {
		wait.Go(func() { bodies[i] = edit("k", "a").body })
	}
	wait.Wait()
	for _, body := range bodies {
		if body != bodies[0] {
			t.Errorf("%s is not %s", body, bodies[0])
		}
	}
	if edited != 1 {
		t.Errorf("edited %d times", edited)
	}
	if r := edit("k", "b"); r.status != 409 || edited != 1 {
		t.Errorf("another call with the key: %d %s", r.status, r.body)
	}
	s.now.advance(25 * time.Hour)
	if r := edit("k", "a"); r.status != 200 || edited != 2 {
		t.Errorf("a day later: %d, edited %d times", r.status, edited)
	}
}

func TestStreams(t *testing.T) {
	s := serve(t, widget("edit", tool.Write, func(_ context.Context, c *tool.Call, in widgetInput) (widgetOutput, error) {
		if in.Name == "none" {
			return widgetOutput{}, fault.New(fault.NotFound, "no widget")
		}
		c.Progress(tool.Progress{Subject: in.Name, Done: 1, Total: 1, Unit: "steps"})
		if c.Following {
			return widgetOutput{Name: in.Name}, c.Emit(map[string]string{"step": "one"})
		}
		return widgetOutput{Name: in.Name}, nil
	}))
	token := s.token(t, auth.Token{Name: "bot"})
	edit := func(name, accept string) reply {
		return s.ask(t, "POST", "/api/v1/tools/widget.edit", token, `{"name": "`+name+`"}`, "Accept", accept)
	}
	r := edit("a", "application/x-ndjson")
	got := strings.Split(r.body, "\n")
	if r.header.Get("Content-Type") != "application/x-ndjson" || got[0] != `{"item":{"step":"one"}}` || !strings.Contains(got[1], `"output":{"name":"a"}`) {
		t.Errorf("lines: %s", r.body)
	}
	if r := edit("none", "application/x-ndjson"); r.problem(t).Status != 404 {
		t.Errorf("lines of a failure: %s", r.body)
	}
	r = edit("a", "text/event-stream")
	for _, part := range []string{"event: progress\ndata: {\"done\":1,", "event: item\ndata: {\"step\":\"one\"}\n\n", "event: answer\ndata: {\"call\""} {
		if !strings.Contains(r.body, part) {
			t.Errorf("events lack %q:\n%s", part, r.body)
		}
	}
}

func TestAClientThatGoesAwayEndsTheCall(t *testing.T) {
	waiting := tooltest.Wait()
	s := serve(t, waiting.Tool)
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, "POST", s.url+"/api/v1/tools/widget.wait", strings.NewReader(`{"name": "a"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.token(t, auth.Token{Name: "bot"}))
	req.Header.Set("Content-Type", "application/json")
	go func() {
		<-waiting.Begun
		cancel()
	}()
	if _, err := http.DefaultClient.Do(req); err == nil {
		t.Error("answered")
	}
	waiting.Canceled(t)
}

func TestMetricsAndLog(t *testing.T) {
	s := serve(t, widget("show", tool.Read, same))
	token := s.token(t, auth.Token{Name: "bot"})
	s.ask(t, "POST", show, token, `{"name": "secret-value"}`, "X-Request-Id", "mine-1")
	s.ask(t, "POST", show, token, `{"nmae": 1}`)
	r := s.ask(t, "GET", "/metrics", token, "")
	for _, line := range []string{`hawser_calls_total{tool="widget.show"} 2`, `hawser_call_errors_total{kind="invalid",tool="widget.show"} 1`, `hawser_call_duration_seconds_count{tool="widget.show"} 2`} {
		if !strings.Contains(r.body, line) {
			t.Errorf("metrics lack %s:\n%s", line, r.body)
		}
	}
	said := s.said.String()
	if !strings.Contains(said, `"id":"mine-1"`) || !strings.Contains(said, `"token":"bot"`) || !strings.Contains(said, `"status":200`) {
		t.Errorf("the log says %s", said)
	}
	for _, secret := range []string{token, "secret-value", "Bearer"} {
		if strings.Contains(said, secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
}

func TestReady(t *testing.T) {
	now := time.Now()
	broken, looks := false, 0
	var log strings.Builder
	server := httptest.NewServer(web.New(registryOf(t, &tooltest.Memory{}), web.Options{
		Clock: func() time.Time { return now },
		Log:   &log,
		Ready: func(context.Context) error {
			looks++
			if broken {
				return errors.New("/secret/path is gone")
			}
			return nil
		},
	}).Handler())
	t.Cleanup(server.Close)
	s := &site{url: server.URL}
	for range 3 {
		if r := s.ask(t, "GET", "/readyz", "", ""); r.status != 200 {
			t.Errorf("%d %s", r.status, r.body)
		}
	}
	if looks != 1 {
		t.Errorf("%d looks in one moment", looks)
	}
	broken, now = true, now.Add(time.Minute)
	if r := s.ask(t, "GET", "/readyz", "", ""); r.status != 503 || strings.Contains(r.body, "secret") {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := s.ask(t, "GET", "/healthz", "", ""); r.status != 200 {
		t.Errorf("%d %s", r.status, r.body)
	}
	server.Close() // all is logged
	if !strings.Contains(log.String(), "/secret/path is gone") {
		t.Errorf("the log does not say why: %s", log.String())
	}
}
