package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/idempotency"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/tool/tooltest"
	"github.com/hawser/hawser/internal/web"
)

const row = "/api/v1/tools/boat.row"

// oars is the tool boat.row, whose calls wait to be let go.
type oars struct {
	*tool.Tool
	begun, ended chan struct{}
	rowed        int
}

func newOars() *oars {
	o := &oars{begun: make(chan struct{}, 9), ended: make(chan struct{})}
	o.Tool = boat("row", tool.Write, func(ctx context.Context, c *tool.Call, in boatInput) (boatOutput, error) {
		o.begun <- struct{}{}
		select {
		case <-o.ended:
		case <-ctx.Done():
			return boatOutput{}, ctx.Err()
		}
		o.rowed++
		if c.Following {
			if err := c.Emit(map[string]int{"stroke": o.rowed}); err != nil {
				return boatOutput{}, err
			}
		}
		return same(ctx, c, in)
	})
	return o
}

// A call whose client gave up goes on, and the client gets the answer when it
// asks again; so does another one that asks for a stream.
func TestAKeyOutlastsItsClient(t *testing.T) {
	o := newOars()
	s := serve(t, o.Tool)
	token := s.token(t, auth.Token{Name: "bot"})
	for _, accept := range []string{"application/json", "application/x-ndjson", "text/event-stream"} {
		before := o.rowed
		ctx, giveUp := context.WithCancel(t.Context())
		req, err := http.NewRequestWithContext(ctx, "POST", s.url+row, strings.NewReader(`{"name": "Ark"}`))
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
			again <- s.ask(t, "POST", row, token, `{"name": "Ark"}`, "Accept", accept, "Idempotency-Key", accept)
		}()
		o.ended <- struct{}{}
		r := <-again
		if r.status != 200 || !strings.Contains(r.body, `"output":{"name":"Ark"}`) || strings.Contains(r.body, "stroke") || o.rowed != before+1 {
			t.Errorf("%s: %d %s, rowed %d times", accept, r.status, r.body, o.rowed-before)
		}
	}
}

// Where nobody knows whether the call was carried out that is told, to whoever
// asks again as well, and the call is not made again.
func TestAnUnknownOutcomeIsKept(t *testing.T) {
	rowed := 0
	s := serve(t, boat("row", tool.Write, func(context.Context, *tool.Call, boatInput) (boatOutput, error) {
		rowed++
		return boatOutput{}, fault.New(fault.Network, "the connection broke")
	}))
	token := s.token(t, auth.Token{Name: "bot"})
	first := s.ask(t, "POST", row, token, `{"name": "Ark"}`, "Idempotency-Key", "k").problem(t)
	if first.Status != 502 || first.Outcome != "unknown" || first.Call == "" || first.Call != s.log.Records()[0].ID {
		t.Errorf("%+v", first)
	}
	again := func(accept string) {
		p := s.ask(t, "POST", row, token, `{"name": "Ark"}`, "Idempotency-Key", "k", "Accept", accept).problem(t)
		if p.Status != 409 || p.Outcome != "unknown" || p.Call != first.Call || rowed != 1 {
			t.Errorf("again: %+v, rowed %d times", p, rowed)
		}
	}
	again("application/json")
	again("text/event-stream")
	s.elsewhere(t, func() { again("application/x-ndjson") })
}

// What was made with a key holds for every process of the same state, after a
// restart as well; the answer is the first process's alone.
func TestAKeyHoldsInOtherProcesses(t *testing.T) {
	o := newOars()
	s := serve(t, o.Tool)
	token := s.token(t, auth.Token{Name: "bot"})
	send := func() reply { return s.ask(t, "POST", row, token, `{"name": "Ark"}`, "Idempotency-Key", "k") }
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
		if p.Status != 409 || p.Outcome != "done" || p.Call != s.log.Records()[0].ID || o.rowed != 1 {
			t.Errorf("after it ended: %+v, rowed %d times", p, o.rowed)
		}
	})
	if r := send(); r.status != 200 || o.rowed != 1 {
		t.Errorf("in the first process: %d %s", r.status, r.body)
	}
}

// A token of the same name is another one: neither keys nor confirmations pass
// to it.
func TestATokenIsNotItsName(t *testing.T) {
	rowed := 0
	s := serve(t, boat("row", tool.Write, func(ctx context.Context, c *tool.Call, in boatInput) (boatOutput, error) {
		rowed++
		return same(ctx, c, in)
	}), boat("sink", tool.Destroy, same))
	const sink = "/api/v1/tools/boat.sink"
	old := s.token(t, auth.Token{Name: "bot"})
	s.ask(t, "POST", row, old, `{"name": "Ark"}`, "Idempotency-Key", "k")
	asked := s.ask(t, "POST", sink, old, `{"name": "Ark"}`).problem(t)
	if err := s.tokens.Revoke("bot"); err != nil {
		t.Fatal(err)
	}
	fresh := s.token(t, auth.Token{Name: "bot"})
	if r := s.ask(t, "POST", row, fresh, `{"name": "Ark"}`, "Idempotency-Key", "k"); r.status != 200 || rowed != 2 {
		t.Errorf("%d %s, rowed %d times", r.status, r.body, rowed)
	}
	if r := s.ask(t, "POST", sink, fresh, `{"name": "Ark"}`, "Hawser-Confirm", asked.Confirm); r.status != 428 {
		t.Errorf("the old token's confirmation: %d %s", r.status, r.body)
	}
}

// A call that runs ends with its token, a stream as well, and one with a key.
func TestARevokedTokenEndsItsCalls(t *testing.T) {
	for _, key := range []string{"", "k"} {
		o := newOars()
		s := serve(t, o.Tool)
		token := s.token(t, auth.Token{Name: "bot"})
		ended := make(chan reply)
		go func() {
			headers := []string{"Accept", "text/event-stream"}
			if key != "" {
				headers = append(headers, "Idempotency-Key", key)
			}
			ended <- s.ask(t, "POST", row, token, `{"name": "Ark"}`, headers...)
		}()
		<-o.begun
		if err := auth.OpenTokens(s.state+"/tokens.json", nil).Revoke("bot"); err != nil { // another process
			t.Fatal(err)
		}
		if r := <-ended; o.rowed != 0 || !strings.Contains(r.body, "event: problem") {
			t.Errorf("%d %s, rowed %d times", r.status, r.body, o.rowed)
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
	tools := boat("row", tool.Write, func(ctx context.Context, c *tool.Call, in boatInput) (boatOutput, error) {
		made = true
		return same(ctx, c, in)
	})
	server := httptest.NewServer(web.New(registryOf(t, &tooltest.Memory{}, tools), web.Options{Keys: brokenKeys{}}).Handler())
	t.Cleanup(server.Close)
	s := &site{url: server.URL}
	p := s.ask(t, "POST", row, "", `{"name": "Ark"}`, "Idempotency-Key", "k").problem(t)
	if p.Kind != fault.Unavailable || made {
		t.Errorf("made: %t, %+v", made, p)
	}
}
