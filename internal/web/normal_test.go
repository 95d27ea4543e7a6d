package web_test

import (
	"testing"

	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/fault"
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

// TestBodiesAreUnicode: a name that is not UTF-8 would be another one when it is
// decoded, and the record of the call would be no JSON.
func TestBodiesAreUnicode(t *testing.T) {
	s := serve(t, boat("look", tool.Read, same))
	token := s.token(t, auth.Token{Name: "bot"})
	for _, body := range []string{"{\"name\":\"a\xff\"}", `{"name":"a\ud800"}`} {
		r := s.ask(t, "POST", "/api/v1/tools/boat.look", token, body)
		if p := r.problem(t); r.status != 400 || p.Kind != fault.Invalid || p.Field != "name" {
			t.Errorf("%q: %d %s", body, r.status, r.body)
		}
	}
	for _, record := range s.log.Records() {
		if len(record.Input) > 0 {
			t.Errorf("recorded %q", record.Input)
		}
	}
}
