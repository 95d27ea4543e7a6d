package mcpserver_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/mcpserver"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/tool/tooltest"
)

// wire is a server at the other end of two pipes, without a client between.
type wire struct {
	in    *io.PipeWriter
	lines chan string
	out   *bufio.Reader
	ended chan error
}

func newWire(t *testing.T, tools ...*tool.Tool) *wire {
	t.Helper()
	return newWireIn(context.Background(), t, tools...)
}

// newWireIn is newWire for a server that ends with ctx.
func newWireIn(ctx context.Context, t *testing.T, tools ...*tool.Tool) *wire {
	t.Helper()
	return newWireOf(ctx, newServer(t, registryOf(t, tool.Guard{}, &tooltest.Memory{}, tools...), mcpserver.Options{}), t)
}

// newWireOf is newWireIn for a server that there is.
func newWireOf(ctx context.Context, server *mcpserver.Server, t *testing.T) *wire {
	t.Helper()
	toServer, in := io.Pipe()
	out, fromServer := io.Pipe()
	w := &wire{in: in, lines: make(chan string, 10000), out: bufio.NewReader(out), ended: make(chan error, 1)}
	go func() {
		for line := range w.lines {
			_, _ = io.WriteString(in, line)
		}
	}()
	go func() {
		w.ended <- server.Serve(ctx, toServer, fromServer)
		_ = fromServer.Close()
	}()
	t.Cleanup(func() { close(w.lines); _ = in.Close(); _ = out.Close() })
	return w
}

// send sends lines, one after the other.
func (w *wire) send(text string) { w.lines <- text + "\n" }

const handshake = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}`

// A server that is asked to end answers what runs first, and takes nothing more.
func TestCallsThatRunAreAnsweredWhenTheServerEnds(t *testing.T) {
	hold, begun, letGo := held(tool.Write)
	ctx, end := context.WithCancel(t.Context())
	w := newWireIn(ctx, t, hold)
	w.send(handshake)
	w.send(`{"jsonrpc":"2.0","method":"notifications/initialized"}`)
	w.send(`{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"widget.hold","arguments":{"name":"Red"}}}`)
	if line, err := w.out.ReadString('\n'); err != nil || !strings.Contains(line, `"id":1`) {
		t.Fatalf("%q, %v", line, err)
	}
	<-begun
	end()
	for id := 3; ; id++ { // until the server knows that it ends
		w.send(fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"ping"}`, id))
		line, err := w.out.ReadString('\n')
		if err != nil || !strings.Contains(line, fmt.Sprintf(`"id":%d`, id)) {
			t.Fatalf("%q, %v", line, err)
		}
		if strings.Contains(line, "the server is ending") {
			break
		}
	}
	close(letGo)
	if line, err := w.out.ReadString('\n'); err != nil || !strings.Contains(line, `"id":2`) || !strings.Contains(line, "Red") || strings.Contains(line, `"isError":true`) {
		t.Errorf("%q, %v", line, err)
	}
	if err := <-w.ended; err != nil {
		t.Error(err)
	}
}

func TestALineThatIsNoJSONIsAnswered(t *testing.T) {
	w := newWire(t, widget("show", tool.Read, same))
	w.send("\n{\"jsonrpc\": \n" + handshake)
	for _, want := range []string{`"code":-32700`, `"protocolVersion":"2025-06-18"`} {
		if line, err := w.out.ReadString('\n'); err != nil || !strings.Contains(line, want) {
			t.Fatalf("%q, %v; want %s", line, err, want)
		}
	}
}

// What is not a message is answered, and the session goes on: a call that was
// running before is answered too.
func TestMalformedMessages(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	ping := func(params string) string { return `{"jsonrpc":"2.0","id":7,"method":"ping","params":` + params + `}` }
	for name, tt := range map[string]struct{ text, id, code string }{
		"cut off":                         {`{"jsonrpc": `, "null", "-32700"},
		"no JSON":                         {`hello`, "null", "-32700"},
		"two values":                      {`{} {}`, "null", "-32700"},
		"not UTF-8":                       {"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"\xff\"}", "null", "-32700"},
		"a byte order mark":               {"\ufeff" + ping("{}"), "null", "-32700"},
		"white space that is not JSON's":  {"\v", "null", "-32700"},
		"a raw null byte":                 {"\x00", "null", "-32700"},
		"null":                            {`null`, "null", "-32600"},
		"a number":                        {`7`, "null", "-32600"},
		"a text":                          {`"ping"`, "null", "-32600"},
		"true":                            {`true`, "null", "-32600"},
		"an empty object":                 {`{}`, "null", "-32600"},
		"an empty batch":                  {`[]`, "null", "-32600"},
		"a batch":                         {`[` + ping("{}") + `]`, "null", "-32600"},
		"a list of numbers":               {`[1,2]`, "null", "-32600"},
		"the id is an object":             {`{"jsonrpc":"2.0","id":{"a":1},"method":"ping"}`, "null", "-32600"},
		"the id is a list":                {`{"jsonrpc":"2.0","id":[7],"method":"ping"}`, "null", "-32600"},
		"the id is true":                  {`{"jsonrpc":"2.0","id":true,"method":"ping"}`, "null", "-32600"},
		"the id is null":                  {`{"jsonrpc":"2.0","id":null,"method":"ping"}`, "null", "-32600"},
		"the id is a fraction":            {`{"jsonrpc":"2.0","id":7.5,"method":"ping"}`, "null", "-32600"},
		"the id is too large":             {`{"jsonrpc":"2.0","id":9007199254740993,"method":"ping"}`, "null", "-32600"},
		"the id is out of range":          {`{"jsonrpc":"2.0","id":1e999,"method":"ping"}`, "null", "-32600"},
		"the id twice":                    {`{"jsonrpc":"2.0","id":7,"id":8,"method":"ping"}`, "null", "-32600"},
		"the id is one that is in flight": {`{"jsonrpc":"2.0","id":2,"method":"ping"}`, "null", "-32600"},
		"no method":                       {`{"jsonrpc":"2.0","id":7}`, "7", "-32600"},
		"the method is a number":          {`{"jsonrpc":"2.0","id":"x","method":5}`, `"x"`, "-32600"},
		"the method is null":              {`{"jsonrpc":"2.0","id":7,"method":null}`, "7", "-32600"},
		"a method and a result":           {`{"jsonrpc":"2.0","id":7,"method":"ping","result":{}}`, "7", "-32600"},
		"another version":                 {`{"jsonrpc":"1.0","id":7,"method":"ping"}`, "7", "-32600"},
		"no version":                      {`{"id":7,"method":"ping"}`, "7", "-32600"},
		"members of another case":         {`{"JSONRPC":"2.0","ID":7,"Method":"ping"}`, "null", "-32600"},
		"params are a list":               {ping(`[]`), "7", "-32602"},
		"a cursor that is a list":         {`{"jsonrpc":"2.0","id":7,"method":"tools/list","params":{"cursor":[]}}`, "7", "-32602"},
		"a level that is none":            {`{"jsonrpc":"2.0","id":7,"method":"logging/setLevel","params":{"level":"loud"}}`, "7", "-32602"},
		"params are a text":               {ping(`"x"`), "7", "-32602"},
		"nested deep":                     {ping(`{"x":` + deep(300) + `}`), "7", "-32600"},
		"nested deeper than JSON readers": {deep(20000), "null", "-32700"},
		"an answer without an id":         {`{"jsonrpc":"2.0","result":{}}`, "null", "-32600"},
		"an answer of two kinds":          {`{"jsonrpc":"2.0","id":9,"result":{},"error":{"code":1,"message":"a"}}`, "null", "-32600"},
		"an error that is a text":         {`{"jsonrpc":"2.0","id":9,"error":"no"}`, "null", "-32600"},
		"an unknown method":               {`{"jsonrpc":"2.0","id":7,"method":"frob"}`, "7", "-32601"},
		"initialized twice":               {`{"jsonrpc":"2.0","id":7,"method":"initialize","params":{}}`, "7", "-32600"},
		"a tool's name is a number":       {`{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":7}}`, "7", "-32602"},
		"over the limit":                  {ping(`{"x":"` + strings.Repeat("x", 10<<20) + `"}`), "null", "-32600"},
		"over the limit and no JSON":      {strings.Repeat("[", 5<<20), "null", "-32600"},
	} {
		t.Run(name, func(t *testing.T) {
			waiting := tooltest.Wait()
			w := newWire(t, waiting.Tool)
			w.greet(t)
			w.send(`{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"widget.wait","arguments":{"name":"a"}}}`)
			<-waiting.Begun
			w.send(tt.text)
			if line := w.line(t); !strings.Contains(line, `"id":`+tt.id+`,"error":{"code":`+tt.code+`,`) || strings.Contains(line, "mcp.") || strings.Contains(line, "Go ") {
				t.Errorf("answered %s", line)
			}
			w.send(`{"jsonrpc":"2.0","id":8,"method":"ping"}`)
			if line := w.line(t); !strings.Contains(line, `"id":8,"result"`) {
				t.Errorf("the next message is answered %s", line)
			}
			w.send(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":2}}`)
			waiting.Canceled(t)
			if line := w.line(t); !strings.Contains(line, `"id":2,`) {
				t.Errorf("the call that was running is answered %s", line)
			}
		})
	}
}

// What wants no answer gets none.
func TestMessagesPassedOver(t *testing.T) {
	w := newWire(t, widget("show", tool.Read, same))
	w.greet(t)
	for _, text := range []string{
		"", " \t ", "\r",
		`{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"what?"}}`,
		`{"jsonrpc":"2.0","id":99,"result":{}}`,
		`{"jsonrpc":"2.0","method":"notifications/none"}`,
		`{"jsonrpc":"2.0","method":"notifications/cancelled","params":[]}`,
		`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":{}}}`,
		`{"jsonrpc":"2.0","method":"notifications/progress","params":null}`,
	} {
		w.send(text)
		w.send(`{"jsonrpc":"2.0","id":8,"method":"ping"}`)
		if line := w.line(t); !strings.Contains(line, `"id":8,"result"`) {
			t.Errorf("after %q: %s", text, line)
		}
	}
}

// The SDK's reading of parameters ends no session either.
func TestOddParameters(t *testing.T) {
	w := newWire(t, widget("show", tool.Read, same))
	w.greet(t)
	id := 100
	for _, method := range []string{
		"initialize", "server/discover", "ping", "logging/setLevel", "completion/complete", "prompts/get", "prompts/list",
		"resources/list", "resources/read", "resources/templates/list", "resources/subscribe", "resources/unsubscribe",
		"tools/call", "tools/list", "tasks/get", "elicitation/create",
		"notifications/initialized", "notifications/cancelled", "notifications/progress", "notifications/roots/list_changed",
	} {
		for _, params := range []string{
			`null`, `{}`, `{"_meta":null}`, `{"_meta":[]}`, `{"_meta":{"progressToken":{}}}`, `{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}`,
			`{"_meta":{"io.modelcontextprotocol/protocolVersion":"9999","io.modelcontextprotocol/clientCapabilities":null}}`,
			`{"name":null,"arguments":null}`, `{"name":"widget.show","arguments":[]}`, `{"name":"widget.show","arguments":{"name":"a"},"_meta":{"progressToken":1.5}}`,
			`{"name":"widget.show","inputResponses":{"confirm":null},"requestState":"x"}`, `{"ref":null,"argument":null}`, `{"ref":{"type":"ref/prompt"},"argument":{}}`,
			`{"ref":{"type":"ref/none","name":"x"},"argument":{"name":"a","value":"b"}}`, `{"uri":null}`, `{"uri":"hawser://tools/"}`, `{"uri":"\u0000"}`,
			`{"cursor":"x"}`, `{"cursor":5}`, `{"level":"loud"}`, `{"level":[]}`, `{"requestId":null}`, `{"protocolVersion":null,"capabilities":null,"clientInfo":null}`,
		} {
			id++
			call := fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":%q,"params":%s}`, id, method, params)
			w.send(call)
			if line := w.answer(t); !strings.Contains(line, fmt.Sprintf(`"id":%d,`, id)) || strings.Contains(line, `"code":0`) {
				t.Errorf("%s is answered %s", call, line)
			}
			w.send(fmt.Sprintf(`{"jsonrpc":"2.0","method":%q,"params":%s}`, method, params))
		}
	}
}

// greet opens the session.
func (w *wire) greet(t *testing.T) {
	t.Helper()
	w.send(handshake)
	if line := w.line(t); !strings.Contains(line, `"protocolVersion":"2025-06-18"`) {
		t.Fatalf("%q", line)
	}
	w.send(`{"jsonrpc":"2.0","method":"notifications/initialized"}`)
}

// line reads the next line.
func (w *wire) line(t *testing.T) string {
	t.Helper()
	line, err := w.out.ReadString('\n')
	if err != nil {
		t.Fatalf("%q, %v, and the server ended with %v", line, err, <-w.ended)
	}
	return line
}

// answer reads up to the next answer.
func (w *wire) answer(t *testing.T) string {
	t.Helper()
	for {
		if line := w.line(t); !strings.Contains(line, `"method":`) {
			return line
		}
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
		`{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"widget.wait","arguments":{"name":"a"}}}`)
	<-waiting.Begun
	_ = w.in.Close()
	waiting.Canceled(t)
	if _, err := io.Copy(io.Discard, w.out); err != nil {
		t.Error(err)
	}
	<-w.ended
}

// A completion that names nothing is answered as wrong.
func TestACompletionWithoutAReference(t *testing.T) {
	w := newWire(t, widget("show", tool.Read, same))
	w.send(handshake)
	if _, err := w.out.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	w.send(`{"jsonrpc":"2.0","id":7,"method":"completion/complete","params":{"argument":{"name":"a","value":""}}}`)
	if line, err := w.out.ReadString('\n'); err != nil || !strings.Contains(line, `"code":-32602`) {
		t.Errorf("%q, %v", line, err)
	}
}
