package mcpserver_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/mcpserver"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/tool/tooltest"
)

// holding is a write that goes on until it is ended. It tells when it begins.
func holding() (hold *tool.Tool, begun chan struct{}) {
	begun = make(chan struct{}, 2)
	return widget("hold", tool.Write, func(ctx context.Context, _ *tool.Call, _ widgetInput) (widgetOutput, error) {
		begun <- struct{}{}
		<-ctx.Done()
		return widgetOutput{}, context.Cause(ctx)
	}), begun
}

// holdCall is a call of that tool.
func holdCall(id string) string {
	return `{"jsonrpc":"2.0","id":` + id + `,"method":"tools/call","params":{"name":"widget.hold","arguments":{"name":"Red"}}}`
}

// begin makes a session in which that tool runs, as the request 2.
func (w *wire) begin(t *testing.T, begun chan struct{}) {
	t.Helper()
	w.send(handshake)
	w.send(`{"jsonrpc":"2.0","method":"notifications/initialized"}`)
	w.send(holdCall("2"))
	if line, err := w.out.ReadString('\n'); err != nil || !strings.Contains(line, `"id":1`) {
		t.Fatalf("%q, %v", line, err)
	}
	<-begun
}

// At the end of its input a server ends the calls that run, answers them, and those that
// have just arrived, and exits. What a write has done by then is not known.
func TestCallsAreAnsweredAtTheEndOfTheInput(t *testing.T) {
	hold, begun := holding()
	log := &tooltest.Memory{}
	w := newWireOf(t.Context(), newServer(t, registryOf(t, tool.Guard{}, log, hold), mcpserver.Options{}), t)
	w.begin(t, begun)
	// This returns when the server has read the line, and the end comes right after it.
	if _, err := io.WriteString(w.in, holdCall("3")+"\n"); err != nil {
		t.Fatal(err)
	}
	if err := w.in.Close(); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(w.out)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{`"id":2`, `"id":3`} {
		if !strings.Contains(string(rest), id) {
			t.Errorf("%s is not answered: %s", id, rest)
		}
	}
	if n := strings.Count(string(rest), "ended the session"); n < 2 {
		t.Errorf("%s", rest)
	}
	if err := <-w.ended; err != nil {
		t.Error(err)
	}
	unknown(t, log.Records())
}

// unknown expects that the first write that ended is recorded with an unknown outcome.
func unknown(t *testing.T, records []audit.Record) {
	t.Helper()
	for _, r := range records {
		if r.Phase != audit.After {
			continue
		}
		if r.Error == nil || !r.Error.OutcomeUnknown {
			t.Errorf("%+v", r)
		}
		return
	}
	t.Errorf("no call is recorded as ended: %+v", records)
}

// A client that closes its side and reads no answers does not hold the server.
func TestAClientThatReadsNothingGoesAway(t *testing.T) {
	hold, begun := holding()
	log := &tooltest.Memory{}
	w := newWireOf(t.Context(), newServer(t, registryOf(t, tool.Guard{}, log, hold), mcpserver.Options{EndTime: 50 * time.Millisecond}), t)
	w.begin(t, begun)
	if err := w.in.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-w.ended; err != nil {
		t.Error(err)
	}
	unknown(t, log.Wait(2))
}

// A call that does not end holds the server no longer.
func TestACallThatDoesNotEnd(t *testing.T) {
	begun, letGo := make(chan struct{}), make(chan struct{})
	hold := widget("hold", tool.Read, func(context.Context, *tool.Call, widgetInput) (widgetOutput, error) {
		close(begun)
		<-letGo
		return widgetOutput{}, nil
	})
	defer close(letGo)
	w := newWireOf(t.Context(), newServer(t, registryOf(t, tool.Guard{}, &tooltest.Memory{}, hold), mcpserver.Options{EndTime: 50 * time.Millisecond}), t)
	w.begin(t, begun)
	if err := w.in.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-w.ended; err != nil {
		t.Error(err)
	}
}

// A client that reads nothing does not hold a server that is asked to end. The call that
// runs goes on to its end first.
func TestAServerEndsThoughNothingIsRead(t *testing.T) {
	hold, begun, letGo := held(tool.Write)
	log := &tooltest.Memory{}
	ctx, end := context.WithCancel(t.Context())
	w := newWireOf(ctx, newServer(t, registryOf(t, tool.Guard{}, log, hold), mcpserver.Options{EndTime: 50 * time.Millisecond}), t)
	w.begin(t, begun)
	w.send(`{"jsonrpc":"2.0","id":3,"method":"ping"}`)
	end()
	close(letGo)
	if err := <-w.ended; err != nil {
		t.Error(err)
	}
	if records := log.Records(); len(records) != 2 || records[1].Phase != audit.After || records[1].Error != nil {
		t.Errorf("%+v", records)
	}
}

// A second initialize is an invalid request.
func TestASecondInitialize(t *testing.T) {
	w := newWire(t)
	w.send(handshake)
	w.send(strings.Replace(handshake, `"id":1`, `"id":2`, 1))
	for _, want := range []string{`"result"`, `"code":-32600`} {
		if line, err := w.out.ReadString('\n'); err != nil || !strings.Contains(line, want) {
			t.Errorf("%q, %v, want %s", line, err, want)
		}
	}
}

// Over HTTP it is one too, and so is a call before the first.
func TestASecondInitializeOverHTTP(t *testing.T) {
	url, _ := listen(t, tool.Guard{}, mcpserver.HTTPOptions{Verify: auth.StaticToken("bot", "right")}, widget("show", tool.Read, same))
	session := post(t, url, "right", "", initialize).Header.Get("Mcp-Session-Id")
	for name, tt := range map[string]struct{ session, body string }{
		"a second initialize":     {session, strings.Replace(initialize, `"id":0`, `"id":7`, 1)},
		"a call before the first": {"", `{"jsonrpc":"2.0","id":7,"method":"tools/list"}`},
	} {
		text, err := io.ReadAll(post(t, url, "right", tt.session, tt.body).Body)
		if err != nil || !strings.Contains(string(text), `"id":7`) || !strings.Contains(string(text), `"code":-32600`) {
			t.Errorf("%s: %s, %v", name, text, err)
		}
	}
}
