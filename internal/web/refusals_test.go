package web_test

import (
	"strings"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/tool"
)

// What the door refuses is recorded: callers that are not known at a bounded
// rate and without what they sent, calls of those that are known each.
func TestRefusalsAreRecorded(t *testing.T) {
	s := serve(t, widget("show", tool.Read, same), widget("edit", tool.Write, same))
	token := s.token(t, auth.Token{Name: "bot", Tools: []string{"widget.show"}})
	agent := s.token(t, auth.Token{Name: "agent", Agent: "triage"})
	before := map[string]int{}
	refused := func(toolName, reason string) {
		t.Helper()
		n := 0
		for _, r := range s.log.Records() {
			if r.Phase == audit.After && r.Tool == toolName && strings.Contains(r.Error.Message, reason) {
				n++
			}
		}
		if n != before[toolName+reason]+1 {
			t.Errorf("%s: %q is recorded %d times", toolName, reason, n)
		}
		before[toolName+reason] = n
	}
	s.ask(t, "POST", show, "", `{"name": "a"}`)
	refused("authentication", "has no token (asked from this machine)")
	s.ask(t, "POST", show, "hawser_guessed", `{"name": "a"}`)
	refused("authentication", "the token is not valid")
	s.ask(t, "POST", show, agent, `{"name": "a"}`)
	refused("authentication", "for an AI agent")
	s.ask(t, "POST", show, token, `{"name": "a"}`, "Origin", "https://evil.example.com")
	refused("authentication", "evil.example.com")
	s.ask(t, "POST", edit, token, `{"name": "a"}`)
	refused("widget.edit", "not on the allow list")
	s.ask(t, "POST", "/api/v1/tools/widget.none", token, `{"name": "a"}`)
	refused("widget.none", "no tool")
	s.ask(t, "POST", show, token, `{"name": "a"}`, "Idempotency-Key", "")
	refused("widget.show", "Idempotency-Key")
	for range 30 {
		s.ask(t, "POST", show, "hawser_guessed", `{}`)
	}
	if n := len(s.log.Records()); n > 2*(5+3) {
		t.Errorf("%d records", n)
	}
	s.now.advance(2 * time.Minute)
	s.ask(t, "POST", show, "", `{}`)
	refused("authentication", "29 more requests were refused")
	for _, r := range s.log.Records() {
		if r.Error != nil && strings.Contains(r.Error.Message, "guessed") {
			t.Errorf("recorded %+v", r.Error)
		}
	}
}

// A token with a pattern that matches no tool is refused alone.
func TestATokenForNoTool(t *testing.T) {
	s := serve(t, widget("show", tool.Read, same))
	wrong := s.token(t, auth.Token{Name: "wrong", Tools: []string{"widget.sohw"}})
	right := s.token(t, auth.Token{Name: "right", Tools: []string{"widget_show"}})
	if r := s.ask(t, "POST", show, wrong, `{"name": "a"}`); r.status != 403 || !strings.Contains(r.body, "widget.show") {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := s.ask(t, "POST", show, right, `{"name": "a"}`); r.status != 200 {
		t.Errorf("%d %s", r.status, r.body)
	}
}
