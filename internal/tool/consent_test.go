package tool_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

func TestConsent(t *testing.T) {
	now := time.Now()
	c := tool.NewConsent(func() time.Time { return now })
	subject := tool.CallDigest("bot", "widget.remove", json.RawMessage(`{"name": "a", "crew": 1}`))
	if same := tool.CallDigest("bot", "widget.remove", json.RawMessage(`{"crew":1,"name":"a"}`)); same != subject {
		t.Error("the order of members makes another subject")
	}
	ask := func(c *tool.Consent, subject string) string {
		t.Helper()
		text, err := c.Ask(t.Context(), subject)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	refused := func(name, about, text string) {
		t.Helper()
		if err := c.Take(t.Context(), about, text); !errors.Is(err, fault.Unconfirmed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	asked := ask(c, subject)
	for name, other := range map[string]string{
		"another input":  tool.CallDigest("bot", "widget.remove", json.RawMessage(`{"name":"b","crew":1}`)),
		"another tool":   tool.CallDigest("bot", "widget.erase", json.RawMessage(`{"name":"a","crew":1}`)),
		"another caller": tool.CallDigest("eve", "widget.remove", json.RawMessage(`{"name":"a","crew":1}`)),
	} {
		refused(name, other, asked)
	}
	refused("a changed text", subject, asked+"x")
	refused("another's key", subject, ask(tool.NewConsent(nil), subject))
	if err := c.Take(t.Context(), subject, asked); err != nil {
		t.Errorf("a yes: %v", err)
	}
	refused("a second time", subject, asked)
	late := ask(c, subject)
	now = now.Add(tool.ConsentTime + time.Second)
	refused("too late", subject, late)
}

func FuzzConsent(f *testing.F) {
	c := tool.NewConsent(nil)
	f.Add("a.b")
	f.Add("")
	signed, err := tool.NewConsent(nil).Ask(f.Context(), "s")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(signed)
	f.Fuzz(func(t *testing.T, text string) {
		if err := c.Take(t.Context(), "s", text); err == nil {
			t.Errorf("%q was never signed", text)
		}
	})
}
