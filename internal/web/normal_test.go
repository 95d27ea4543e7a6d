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
	s := serve(t, widget("remove", tool.Destroy, same), widget("edit", tool.Write, same))
	token := s.token(t, auth.Token{Name: "bot"})
	p := s.ask(t, "POST", "/api/v1/tools/widget.remove", token, `{"name": "Blue", "region": null}`).problem(t)
	if p.Confirm == "" {
		t.Fatalf("%+v", p)
	}
	if r := s.ask(t, "POST", "/api/v1/tools/widget.remove", token, `{"name": "Blue"}`, "Hawser-Confirm", p.Confirm); r.status != 200 {
		t.Errorf("confirmed: %d %s", r.status, r.body)
	}
	for _, body := range []string{`{"name": "Red", "account": null}`, `{"name": "Red"}`} {
		if r := s.ask(t, "POST", "/api/v1/tools/widget.edit", token, body, "Idempotency-Key", "k"); r.status != 200 {
			t.Errorf("%s: %d %s", body, r.status, r.body)
		}
	}
	records := s.log.Records()
	if got := string(records[0].Input); got != `{"name":"Blue"}` {
		t.Errorf("recorded %s", got)
	}
}

// TestBodiesAreUnicode: a name that is not UTF-8 would be another one when it is
// decoded, and the record of the call would be no JSON.
func TestBodiesAreUnicode(t *testing.T) {
	s := serve(t, widget("show", tool.Read, same))
	token := s.token(t, auth.Token{Name: "bot"})
	for _, body := range []string{"{\"name\":\"a\xff\"}", `{"name":"a\ud800"}`} {
		r := s.ask(t, "POST", "/api/v1/tools/widget.show", token, body)
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
