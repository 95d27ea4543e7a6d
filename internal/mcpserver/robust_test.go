package mcpserver_test

import (
	"bufio"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/mcpserver"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/tool/tooltest"
)

// wire is a server at the other end of two pipes, without a client between.
type wire struct {
	in    *io.PipeWriter
	out   *bufio.Reader
	ended chan error
}

func newWire(t *testing.T, tools ...*tool.Tool) *wire {
	t.Helper()
	server, err := mcpserver.New(registryOf(t, tool.Guard{}, &tooltest.Memory{}, tools...), mcpserver.Options{})
	if err != nil {
		t.Fatal(err)
	}
	toServer, in := io.Pipe()
	out, fromServer := io.Pipe()
	w := &wire{in: in, out: bufio.NewReader(out), ended: make(chan error, 1)}
	go func() {
		w.ended <- server.Serve(context.Background(), toServer, fromServer)
		_ = fromServer.Close()
	}()
	t.Cleanup(func() { _ = in.Close(); _ = out.Close() })
	return w
}

func (w *wire) send(text string) { go func() { _, _ = io.WriteString(w.in, text+"\n") }() }

const handshake = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}`

func TestALineThatIsNoJSONIsAnswered(t *testing.T) {
	w := newWire(t, boat("look", tool.Read, same))
	w.send("\n{\"jsonrpc\": \n" + handshake)
	for _, want := range []string{`"code":-32700`, `"protocolVersion":"2025-06-18"`} {
		if line, err := w.out.ReadString('\n'); err != nil || !strings.Contains(line, want) {
			t.Fatalf("%q, %v; want %s", line, err, want)
		}
	}
}

// What is no message ends the connection, is answered by an error, or is passed
// over so that the next one is answered; it never hangs, and never ends the
// program.
func TestMalformedMessages(t *testing.T) {
	for name, text := range map[string]string{
		"no JSON": `{"jsonrpc": `, "no object": `[1, 2]`, "no method": `{"jsonrpc":"2.0","id":7}`, "an unknown method": `{"jsonrpc":"2.0","id":7,"method":"frob"}`,
		"another version": `{"jsonrpc":"1.0","id":7,"method":"ping"}`, "parameters of a wrong type": `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":[]}`,
		"ten megabytes": `{"jsonrpc":"2.0","id":7,"method":"ping","params":{"x":"` + strings.Repeat("x", 10<<20) + `"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			w := newWire(t, boat("look", tool.Read, same))
			w.send(handshake)
			if line, err := w.out.ReadString('\n'); err != nil || !strings.Contains(line, `"protocolVersion":"2025-06-18"`) {
				t.Fatalf("%q, %v", line, err)
			}
			w.send(text + "\n" + `{"jsonrpc":"2.0","id":8,"method":"ping"}`)
			answered := make(chan string, 1)
			go func() {
				line, err := w.out.ReadString('\n')
				if err != nil {
					line = "closed"
				}
				answered <- line
			}()
			select {
			case line := <-answered:
				if line != "closed" && !strings.Contains(line, `"error"`) && !strings.Contains(line, `"id":8,"result"`) {
					t.Errorf("answered %s", line)
				}
			case <-time.After(10 * time.Second):
				t.Error("neither answered nor closed")
			}
		})
	}
}

// A client that goes away in the middle takes its call with it.
func TestTheClientGoesAway(t *testing.T) {
	waiting := tooltest.Wait()
	w := newWire(t, waiting.Tool)
	w.send(handshake)
	if _, err := w.out.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	w.send(`{"jsonrpc":"2.0","method":"notifications/initialized"}` + "\n" +
		`{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"boat.wait","arguments":{"name":"a"}}}`)
	<-waiting.Begun
	_ = w.in.Close()
	waiting.Canceled(t)
	select {
	case <-w.ended:
	case <-time.After(10 * time.Second):
		t.Fatal("the server goes on")
	}
}

// A completion that names nothing is answered as wrong.
func TestACompletionWithoutAReference(t *testing.T) {
	w := newWire(t, boat("look", tool.Read, same))
	w.send(handshake)
	if _, err := w.out.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	w.send(`{"jsonrpc":"2.0","id":7,"method":"completion/complete","params":{"argument":{"name":"a","value":""}}}`)
	if line, err := w.out.ReadString('\n'); err != nil || !strings.Contains(line, `"code":-32602`) {
		t.Errorf("%q, %v", line, err)
	}
}
