package web_test

import (
	"net/http/httptest"
	"testing"

	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/tool/tooltest"
	"github.com/hawser/hawser/internal/web"
)

// A question of one process can be answered to another where they share what
// keeps questions, and nowhere else.
func TestConsentMayBeShared(t *testing.T) {
	const remove = "/api/v1/tools/widget.remove"
	for name, consent := range map[string]web.Consent{"shared": tool.NewConsent(nil), "of each": nil} {
		s := serve(t, widget("remove", tool.Destroy, same))
		s.consent = consent
		token := s.token(t, auth.Token{Name: "bot"})
		s.url = s.start(t)
		asked := s.ask(t, "POST", remove, token, `{"name": "Blue"}`).problem(t)
		want := 428
		if consent != nil {
			want = 200
		}
		s.elsewhere(t, func() {
			if r := s.ask(t, "POST", remove, token, `{"name": "Blue"}`, "Hawser-Confirm", asked.Confirm); r.status != want {
				t.Errorf("%s: %d %s", name, r.status, r.body)
			}
		})
		if r := s.ask(t, "POST", remove, token, `{"name": "Blue"}`, "Hawser-Confirm", asked.Confirm); r.status == want {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
}

// An empty yes is not a yes, and not a call without one.
func TestAnEmptyYesIsRefused(t *testing.T) {
	s := serve(t, widget("remove", tool.Destroy, same))
	token := s.token(t, auth.Token{Name: "bot"})
	p := s.ask(t, "POST", "/api/v1/tools/widget.remove", token, `{"name": "Blue"}`, "Hawser-Confirm", "").problem(t)
	if p.Kind != fault.Invalid || p.Field != "Hawser-Confirm" {
		t.Errorf("%+v", p)
	}
}

// A server that keeps no questions refuses what needs a yes.
func TestNobodyIsAsked(t *testing.T) {
	server := httptest.NewServer(web.New(registryOf(t, &tooltest.Memory{}, widget("remove", tool.Destroy, same)), web.Options{}).Handler())
	t.Cleanup(server.Close)
	s := &site{url: server.URL}
	if p := s.ask(t, "POST", "/api/v1/tools/widget.remove", "", `{"name": "Blue"}`).problem(t); p.Kind != fault.Unconfirmed || p.Confirm != "" {
		t.Errorf("%+v", p)
	}
}
