package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/idempotency"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/tool/tooltest"
	"github.com/hawser/hawser/internal/web"
)

const edit = "/api/v1/tools/widget.edit"

// edits is the tool widget.edit, whose calls wait to be let go.
type edits struct {
	*tool.Tool
	begun, ended chan struct{}
	edited       int
}

func newEdits() *edits {
	o := &edits{begun: make(chan struct{}, 9), ended: make(chan struct{})}
	o.Tool = widget("edit", tool.Write, func(ctx context.Context, c *tool.Call, in widgetInput) (widgetOutput, error) {
		o.begun <- struct{}{}
		select {
		case <-o.ended:
		case <-ctx.Done():
			return widgetOutput{}, ctx.Err()
		}
		o.edited++
		if c.Following {
			if err := c.Emit(map[string]int{"step": o.edited}); err != nil {
				return widgetOutput{}, err
			}
		}
		return same(ctx, c, in)
	})
	return o
}

// A call whose client gave up goes on, and the client gets the answer when it
// asks again; so does another one that asks for a stream.
func TestAKeyOutlastsItsClient(t *testing.T) {
	o := newEdits()
	s := serve(t, o.Tool)
	token := s.token(t, auth.Token{Name: "bot"})
	for _, accept := range []string{"application/json", "application/x-ndjson", "text/event-stream"} {
		before := o.edited
		ctx, giveUp := context.WithCancel(t.Context())
		req, err := http.NewRequestWithContext(ctx, "POST", s.url+edit, strings.NewReader(`{"name": "Red"}`))
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range map[string]string{"Authorization": "Bearer " + token, "Content-Type": "application/json", "Accept": accept, "Idempotency-Key": accept} {
			req.Header.Set(name, value)
		}
		go func() {
			<-o.begun
			giveUp()
		}()
		if _, err := http.DefaultClient.Do(req); err == nil {
			t.Fatal("answered")
		}
		again := make(chan reply)
		go func() {
			again <- s.ask(t, "POST", edit, token, `{"name": "Red"}`, "Accept", accept, "Idempotency-Key", accept)
		}()
		o.ended <- struct{}{}
		r := <-again
		if r.status != 200 || !strings.Contains(r.body, `"output":{"name":"Red"}`) || strings.Contains(r.body, "step") || o.edited != before+1 {
			t.Errorf("%s: %d %s, edited %d times", accept, r.status, r.body, o.edited-before)
		}
	}
}

// Where nobody knows whether the call was carried out that is told, to whoever
// asks again as well, and the call is not made again.
func TestAnUnknownOutcomeIsKept(t *testing.T) {
	edited := 0
	s := serve(t, widget("edit", tool.Write, func(ctx context.Context, _ *tool.Call, _ widgetInput) (widgetOutput, error) {
		edited++
		audit.ReachOf(ctx).NoteWrite()
		return widgetOutput{}, fault.New(fault.Network, "the connection broke")
	}))
	token := s.token(t, auth.Token{Name: "bot"})
	first := s.ask(t, "POST", edit, token, `{"name": "Red"}`, "Idempotency-Key", "k").problem(t)
	if first.Status != 502 || first.Outcome != "unknown" || first.Call == "" || first.Call != s.log.Records()[0].ID {
		t.Errorf("%+v", first)
	}
	again := func(accept string) {
		p := s.ask(t, "POST", edit, token, `{"name": "Red"}`, "Idempotency-Key", "k", "Accept", accept).problem(t)
		if p.Status != 409 || p.Outcome != "unknown" || p.Call != first.Call || edited != 1 {
			t.Errorf("again: %+v, edited %d times", p, edited)
		}
	}
	again("application/json")
	again("text/event-stream")
	s.elsewhere(t, func() { again("application/x-ndjson") })
}

// A call that sent nothing to AWS that could change something is made again with its
// key.
func TestACallThatSentNothingIsMadeAgain(t *testing.T) {
	for _, kind := range []fault.Kind{fault.Network, fault.Endpoint} {
		tries := 0
		s := serve(t, widget("edit", tool.Write, func(context.Context, *tool.Call, widgetInput) (widgetOutput, error) {
			if tries++; tries == 1 {
				return widgetOutput{}, fault.New(kind, "nothing answers there")
			}
			return widgetOutput{}, nil
		}))
		token := s.token(t, auth.Token{Name: "bot"})
		if first := s.ask(t, "POST", edit, token, `{"name": "Red"}`, "Idempotency-Key", "k").problem(t); first.Kind != kind || first.Outcome != "" {
			t.Errorf("%s: %+v", kind, first)
		}
		if again := s.ask(t, "POST", edit, token, `{"name": "Red"}`, "Idempotency-Key", "k"); again.status != 200 || tries != 2 {
			t.Errorf("%s: %d after %d tries: %s", kind, again.status, tries, again.body)
		}
	}
}

// What was made with a key holds for every process of the same state, after a
// restart as well; the answer is the first process's alone.
func TestAKeyHoldsInOtherProcesses(t *testing.T) {
	o := newEdits()
	s := serve(t, o.Tool)
	token := s.token(t, auth.Token{Name: "bot"})
	send := func() reply { return s.ask(t, "POST", edit, token, `{"name": "Red"}`, "Idempotency-Key", "k") }
	first := make(chan reply)
	go func() { first <- send() }()
	<-o.begun
	s.elsewhere(t, func() {
		if p := send().problem(t); p.Status != 409 || p.Outcome != "running" || p.Call == "" {
			t.Errorf("while it runs: %+v", p)
		}
	})
	o.ended <- struct{}{}
	if r := <-first; r.status != 200 {
		t.Errorf("%d %s", r.status, r.body)
	}
	s.elsewhere(t, func() {
		p := send().problem(t)
		if p.Status != 409 || p.Outcome != "done" || p.Call != s.log.Records()[0].ID || o.edited != 1 {
			t.Errorf("after it ended: %+v, edited %d times", p, o.edited)
		}
	})
	if r := send(); r.status != 200 || o.edited != 1 {
		t.Errorf("in the first process: %d %s", r.status, r.body)
	}
}

// A token of the same name is another one: neither keys nor confirmations pass
// to it.
func TestATokenIsNotItsName(t *testing.T) {
	edited := 0
	s := serve(t, widget("edit", tool.Write, func(ctx context.Context, c *tool.Call, in widgetInput) (widgetOutput, error) {
		edited++
		return same(ctx, c, in)
	}), widget("remove", tool.Destroy, same))
	const remove = "/api/v1/tools/widget.remove"
	old := s.token(t, auth.Token{Name: "bot"})
	s.ask(t, "POST", edit, old, `{"name": "Red"}`, "Idempotency-Key", "k")
	asked := s.ask(t, "POST", remove, old, `{"name": "Red"}`).problem(t)
	if err := s.tokens.Revoke("bot"); err != nil {
		t.Fatal(err)
	}
	fresh := s.token(t, auth.Token{Name: "bot"})
	if r := s.ask(t, "POST", edit, fresh, `{"name": "Red"}`, "Idempotency-Key", "k"); r.status != 200 || edited != 2 {
		t.Errorf("%d %s, edited %d times", r.status, r.body, edited)
	}
	if r := s.ask(t, "POST", remove, fresh, `{"name": "Red"}`, "Hawser-Confirm", asked.Confirm); r.status != 428 {
		t.Errorf("the old token's confirmation: %d %s", r.status, r.body)
	}
}

// A call that runs ends with its token, a stream as well, and one with a key.
func TestARevokedTokenEndsItsCalls(t *testing.T) {
	for _, key := range []string{"", "k"} {
		o := newEdits()
		s := serve(t, o.Tool)
		token := s.token(t, auth.Token{Name: "bot"})
		ended := make(chan reply)
		go func() {
			headers := []string{"Accept", "text/event-stream"}
			if key != "" {
				headers = append(headers, "Idempotency-Key", key)
			}
			ended <- s.ask(t, "POST", edit, token, `{"name": "Red"}`, headers...)
		}()
		<-o.begun
		if err := auth.OpenTokens(s.state+"/tokens.json", nil).Revoke("bot"); err != nil { // another process
			t.Fatal(err)
		}
		if r := <-ended; o.edited != 0 || !strings.Contains(r.body, "event: problem") {
			t.Errorf("%d %s, edited %d times", r.status, r.body, o.edited)
		}
	}
}

// brokenKeys are Keys that can remember nothing now.
type brokenKeys struct{}

func (brokenKeys) Claim(context.Context, string, string, idempotency.Record) (idempotency.Claim, *idempotency.Record, error) {
	return nil, nil, fault.New(fault.Unavailable, "the store is down")
}

// Keys may be kept anywhere. A call whose key cannot be remembered is not made.
func TestACallIsNotMadeWithoutItsKey(t *testing.T) {
	made := false
	tools := widget("edit", tool.Write, func(ctx context.Context, c *tool.Call, in widgetInput) (widgetOutput, error) {
		made = true
		return same(ctx, c, in)
	})
	server := httptest.NewServer(web.New(registryOf(t, &tooltest.Memory{}, tools), web.Options{Keys: brokenKeys{}}).Handler())
	t.Cleanup(server.Close)
	s := &site{url: server.URL}
	p := s.ask(t, "POST", edit, "", `{"name": "Red"}`, "Idempotency-Key", "k").problem(t)
	if p.Kind != fault.Unavailable || made {
		t.Errorf("made: %t, %+v", made, p)
	}
}
