package web_test

import (
	"testing"

	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/tool"
)

// TestNullsAreLeftOut holds that a confirmation and an Idempotency-Key count for
// the input as the tool receives it.
func TestNullsAreLeftOut(t *testing.T) {
	s := serve(t, boat("sink", tool.Destroy, same), boat("row", tool.Write, same))
	token := s.token(t, auth.Token{Name: "bot"})
	p := s.ask(t, "POST", "/api/v1/tools/boat.sink", token, `{"name": "Vasa", "region": null}`).problem(t)
	if p.Confirm == "" {
		t.Fatalf("%+v", p)
	}
	if r := s.ask(t, "POST", "/api/v1/tools/boat.sink", token, `{"name": "Vasa"}`, "Hawser-Confirm", p.Confirm); r.status != 200 {
		t.Errorf("confirmed: %d %s", r.status, r.body)
	}
	for _, body := range []string{`{"name": "Ark", "account": null}`, `{"name": "Ark"}`} {
		if r := s.ask(t, "POST", "/api/v1/tools/boat.row", token, body, "Idempotency-Key", "k"); r.status != 200 {
			t.Errorf("%s: %d %s", body, r.status, r.body)
		}
	}
	records := s.log.Records()
	if got := string(records[0].Input); got != `{"name":"Vasa"}` {
		t.Errorf("recorded %s", got)
	}
}
