package mcpserver_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/mcpserver"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/tool/tooltest"
)

// held is the tool widget.hold, which goes on until it is let go or its caller has
// gone.
func held(effect tool.Effect) (hold *tool.Tool, begun chan struct{}, letGo chan struct{}) {
	begun, letGo = make(chan struct{}), make(chan struct{})
	return tool.New(tool.Info{Formats: tooltest.Formats(), Name: "widget.hold", Summary: "Holds", Effect: effect, Secrets: []string{"log"}},
		func(ctx context.Context, _ *tool.Call, in widgetInput) (widgetOutput, error) {
			close(begun)
			select {
			case <-letGo:
				return widgetOutput{Name: in.Name}, nil
			case <-ctx.Done():
				return widgetOutput{}, ctx.Err()
			}
		}), begun, letGo
}

// A call that runs while the server is updated ends where it could not begin any
// more, and goes on otherwise.
func TestUpdateEndsCallsThatRun(t *testing.T) {
	refuses := gateFunc(func(a tool.Attempt) error {
		return fault.New(fault.Refused, "%s is not for now", a.Tool.Name)
	})
	tests := []struct {
		name          string
		effect        tool.Effect
		before, after mcpserver.Options
		guard         tool.Guard
		gate          tool.Gate
		reveal        bool
		want          string // of the answer; empty where the call goes on
	}{
		{name: "the same again", effect: tool.Write},
		{name: "another tool is denied", effect: tool.Write, guard: tool.Guard{Deny: []string{"widget.show"}}},
		{name: "more is allowed", effect: tool.Write, before: mcpserver.Options{Role: caller.Operator}, after: mcpserver.Options{Role: caller.Admin}},
		{name: "reading in read-only mode", effect: tool.Read, guard: tool.Guard{ReadOnly: true}},
		{name: "the same reach", effect: tool.Read, before: mcpserver.Options{Reach: []string{"a"}}, after: mcpserver.Options{Reach: []string{"a"}}},

		{name: "read-only mode", effect: tool.Write, guard: tool.Guard{ReadOnly: true}, want: "read-only"},
		{name: "the tool is denied", effect: tool.Read, guard: tool.Guard{Deny: []string{"widget.hold"}}, want: "deny list"},
		{name: "the tool is not allowed", effect: tool.Read, guard: tool.Guard{Allow: []string{"widget.show"}}, want: "allow list"},
		{name: "a lesser role", effect: tool.Write, after: mcpserver.Options{Role: caller.Viewer}, want: "needs the role"},
		{name: "a gate", effect: tool.Read, gate: refuses, want: "not for now"},
		{name: "another reach", effect: tool.Read, before: mcpserver.Options{Reach: []string{"a", "b"}}, after: mcpserver.Options{Reach: []string{"a"}}, want: "have changed"},
		{name: "no reach any more", effect: tool.Read, before: mcpserver.Options{Reach: "a"}, want: "have changed"},
		{name: "the approval is gone", effect: tool.Write, before: mcpserver.Options{Approved: []string{"widget.*"}}, guard: tool.Guard{Confirm: []tool.Effect{tool.Write}}, want: "needs a person's confirmation now"},
		{name: "a question is new", effect: tool.Destroy, guard: destroyAsks, want: "needs a person's confirmation now"},
		{name: "secrets are not shown any more", effect: tool.Read, before: mcpserver.Options{ShowSecrets: true}, reveal: true, want: "may not see secrets"},
		{name: "the audit log is its own alone", effect: tool.Read, before: mcpserver.Options{AuditAll: true}, want: "only its own calls"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			hold, begun, letGo := held(tt.effect)
			show := widget("show", tool.Read, same)
			r := connect(t, tool.Guard{}, tt.before, nil, hold, show)
			answers := make(chan *mcp.CallToolResult, 1)
			go func() {
				arguments := map[string]any{"name": "Red"}
				if tt.reveal {
					arguments["reveal_secrets"] = []string{"log"}
				}
				result, err := r.CallTool(t.Context(), &mcp.CallToolParams{Name: "widget.hold", Arguments: arguments})
				if err != nil {
					t.Error(err)
				}
				answers <- result
			}()
			<-begun
			next := registryOf(t, tt.guard, r.log, hold, show)
			if tt.gate != nil {
				next = next.Through(tt.gate)
			}
			update(t, r.server, next, tt.after)
			if tt.want == "" {
				close(letGo)
			}
			result := <-answers
			records := r.log.Records()
			outcome := records[len(records)-1].Outcome
			switch {
			case tt.want == "" && (result.IsError || outcome != audit.OK):
				t.Errorf("it ended: %s, recorded %s", texts(result), outcome)
			case tt.want != "" && (!result.IsError || !strings.Contains(texts(result), tt.want) || outcome != audit.Canceled):
				t.Errorf("answered %q, recorded %s", texts(result), outcome)
			}
		})
	}
}

// What counts for a call whose tool works is what it was found to do, and whether
// a person said yes to it.
func TestUpdateEndsCallsThatNobodySaidYesTo(t *testing.T) {
	asksWrites := tool.Guard{Confirm: []tool.Effect{tool.Write}}
	for name, tt := range map[string]struct {
		found tool.Effect
		ends  bool
	}{
		"it was found to write":              {tool.Write, true},
		"it was found to read":               {tool.Read, false},
		"it destroys, and a person said yes": {tool.Destroy, false},
	} {
		t.Run(name, func(t *testing.T) {
			hold, begun, letGo := held(tool.Destroy)
			hold = tool.WithPreview(hold, func(context.Context, *tool.Call, widgetInput) tool.Preview {
				return tool.Preview{Effect: tt.found, Does: "hold"}
			})
			p := &person{answer: mcp.ElicitResult{Action: "accept", Content: map[string]any{"confirm": true}}}
			r := connect(t, destroyAsks, mcpserver.Options{}, p.options(), hold)
			go func() {
				<-begun
				update(t, r.server, registryOf(t, asksWrites, r.log, hold), mcpserver.Options{})
				if !tt.ends {
					close(letGo)
				}
			}()
			result := r.call(t, "widget.hold", map[string]any{"name": "Red"})
			if text := texts(result); result.IsError != tt.ends || tt.ends != strings.Contains(text, "needs a person's confirmation now") {
				t.Errorf("%s", text)
			}
		})
	}
}

type gateFunc func(tool.Attempt) error

func (g gateFunc) Admit(_ context.Context, a tool.Attempt) error { return g(a) }

// Updates and calls may come at once; the race detector watches.
func TestUpdatesBesideCalls(t *testing.T) {
	show := widget("show", tool.Read, same)
	r := connect(t, tool.Guard{}, mcpserver.Options{}, nil, show)
	next := registryOf(t, tool.Guard{}, r.log, show)
	var calls sync.WaitGroup
	for range 4 {
		calls.Go(func() {
			for range 50 {
				if result, err := r.CallTool(t.Context(), &mcp.CallToolParams{Name: "widget.show", Arguments: widgetInput{Name: "Red"}}); err != nil || result.IsError {
					t.Errorf("%+v, %v", result, err)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { calls.Wait(); close(done) }()
	for {
		update(t, r.server, next, mcpserver.Options{})
		select {
		case <-done:
			return
		default:
		}
	}
}

// A server that refuses everything ends what runs.
func TestRefuseEndsCallsThatRun(t *testing.T) {
	hold, begun, _ := held(tool.Write)
	r := connect(t, tool.Guard{}, mcpserver.Options{}, nil, hold)
	registry := registryOf(t, tool.Guard{}, r.log)
	go func() {
		<-begun
		r.server.Refuse(registry, fault.New(fault.Refused, "the profile is gone"))
	}()
	result := r.call(t, "widget.hold", map[string]any{"name": "a"})
	if text := texts(result); !strings.Contains(text, "the profile is gone") || !strings.Contains(text, "may have been carried out") {
		t.Errorf("%s", text)
	}
}

// A session that its client ends takes its calls with it, at once, and is not
// found afterwards. Those of other sessions go on.
func TestEndOfASessionEndsItsCalls(t *testing.T) {
	log := &tooltest.Memory{}
	hold, begun, _ := held(tool.Write)
	other, otherBegun, letGo := held(tool.Write)
	other.Name = "widget.other"
	server := newServer(t, registryOf(t, tool.Guard{}, log, hold, other), mcpserver.Options{})
	h := httptest.NewServer(server.Handler(mcpserver.HTTPOptions{}))
	t.Cleanup(h.Close)
	url := h.URL + mcpserver.Path
	ends, stays := dialVersion(t, url, "2025-06-18", nil), dialVersion(t, url, "2025-06-18", nil)
	stayed := make(chan error, 1)
	go func() {
		_, err := stays.CallTool(t.Context(), &mcp.CallToolParams{Name: "widget.other", Arguments: widgetInput{Name: "a"}})
		stayed <- err
	}()
	go func() {
		_, _ = ends.CallTool(t.Context(), &mcp.CallToolParams{Name: "widget.hold", Arguments: widgetInput{Name: "a"}})
	}()
	<-begun
	<-otherBegun
	if status, _ := inSession(t, http.MethodDelete, url, ends.ID(), ""); status != http.StatusNoContent {
		t.Errorf("ending answers %d", status)
	}
	if status, text := inSession(t, http.MethodPost, url, ends.ID(), `{"jsonrpc":"2.0","id":9,"method":"ping"}`); status != http.StatusNotFound {
		t.Errorf("a request afterwards: %d %s", status, text)
	}
	records := log.Records()
	if last := records[len(records)-1]; last.Tool != "widget.hold" || last.Outcome != audit.Canceled {
		t.Errorf("recorded last: %s %s", last.Tool, last.Outcome)
	}
	close(letGo)
	if err := <-stayed; err != nil {
		t.Errorf("the call of the other session: %v", err)
	}
}

// A call over HTTP whose session or token ends is answered once: by its own result
// where the SDK still writes it, else by an error of JSON-RPC. An empty answer would
// tell its client nothing. Where the call does more than read, the answer says that it
// may have been carried out.
func TestACallThatEndsWithItsSessionOrTokenIsAnswered(t *testing.T) {
	for _, tt := range []struct {
		what   string
		effect tool.Effect
	}{{"session", tool.Write}, {"session", tool.Read}, {"token", tool.Write}, {"token", tool.Read}, {"nothing", tool.Write}} {
		what := tt.what
		t.Run(what+" of a call that may "+string(tt.effect), func(t *testing.T) {
			hold, begun, letGo := held(tt.effect)
			server := newServer(t, registryOf(t, tool.Guard{}, &tooltest.Memory{}, hold), mcpserver.Options{})
			revoke := make(chan struct{})
			verify := func(_ context.Context, token string) (auth.Bearer, error) {
				return auth.Bearer{ID: "a", While: func(ctx context.Context) (context.Context, context.CancelFunc) {
					ctx, cancel := context.WithCancelCause(ctx)
					go func() {
						select {
						case <-revoke:
							cancel(auth.ErrEnded())
						case <-ctx.Done():
						}
					}()
					return ctx, func() { cancel(nil) }
				}}, nil
			}
			h := httptest.NewServer(server.Handler(mcpserver.HTTPOptions{Verify: verify}))
			t.Cleanup(h.Close)
			url := h.URL + mcpserver.Path
			session := post(t, url, "x", "", initialize).Header.Get("Mcp-Session-Id")
			post(t, url, "x", session, `{"jsonrpc":"2.0","method":"notifications/initialized"}`)
			answer := make(chan string, 1)
			go func() {
				_, text := inSessionOf(t, http.MethodPost, url, "x", session, `{"jsonrpc":"2.0","id":"call\u003c7","method":"tools/call","params":{"name":"widget.hold","arguments":{"name":"a"}}}`)
				answer <- text
			}()
			<-begun
			says := `"result"`
			switch what {
			case "session":
				inSessionOf(t, http.MethodDelete, url, "x", session, "")
				says = "the client ended the session"
			case "token":
				close(revoke)
				says = "the token was revoked or has expired"
			default:
				close(letGo)
			}
			if text := <-answer; strings.Count(text, `"jsonrpc"`) != 1 || !strings.Contains(text, says) {
				t.Errorf("%q", text)
			} else if open := what != "nothing" && tt.effect == tool.Write; open != strings.Contains(text, "and may have been carried out") ||
				open != strings.Contains(text, `"outcome_unknown":true`) || open != strings.Contains(text, "fix: check whether it was carried out before you repeat it") {
				t.Errorf("leaves open whether it was carried out, want %v: %q", open, text)
			}
		})
	}
}

// inSession sends a message in a session.
func inSession(t *testing.T, method, url, session, body string) (status int, text string) {
	t.Helper()
	return inSessionOf(t, method, url, "", session, body)
}

// inSessionOf sends a message in a session of a token's bearer.
func inSessionOf(t *testing.T, method, url, token, session, body string) (status int, text string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json, text/event-stream")
	req.Header.Set("Mcp-Session-Id", session)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(raw)
}
