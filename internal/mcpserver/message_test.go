package mcpserver

import (
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
)

// FuzzParseMessage holds the reader of messages against the SDK's, which takes
// more: what it lets through the SDK reads in the same way, and what it says
// against a line is an answer of JSON-RPC.
func FuzzParseMessage(f *testing.F) {
	for _, seed := range []string{
		`{"jsonrpc":"2.0","id":1,"method":"ping"}`, `{"jsonrpc":"2.0","id":"a","method":"m","params":{"a":[{}]}}`, `{"jsonrpc":"2.0","method":"n"}`,
		`{"jsonrpc":"2.0","id":1.0,"result":{}}`, `{"jsonrpc":"2.0","id":-1,"error":{"code":1,"message":"m","data":[]}}`, `{"id":null}`, `[]`, `null`, `{`,
		`{"jsonrpc":"2.0","id":1,"id":2,"method":"a"}`,
		`{"jsonrpc":"2.0","id":0,"error":{"code":0,"message":0,"message":""}}`, `{"jsonrpc":"2.0","id":1,"method":"a","params":null}`, `{"jsonrpc":"2.0","id":{},"method":"a"}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		message, problem := parseMessage([]byte(line))
		if problem != nil {
			var answer struct {
				ID    any           `json:"id"`
				Error jsonrpc.Error `json:"error"`
			}
			if err := json.Unmarshal(problem.answer(), &answer); err != nil || answer.Error.Code > -32600 || answer.Error.Message == "" {
				t.Fatalf("%q is answered %s: %v", line, problem.answer(), err)
			}
		}
		if message == nil || problem != nil {
			return
		}
		if deeperThan([]byte(line), maxDepth) {
			t.Fatalf("%q nests too deep", line)
		}
		want, err := jsonrpc.DecodeMessage([]byte(line))
		if err != nil {
			t.Fatalf("%q: the SDK says %v", line, err)
		}
		if request, ok := want.(*jsonrpc.Request); ok && string(request.Params) == "null" {
			request.Params = nil
		}
		if !same(t, message, want) {
			t.Fatalf("%q: %#v, the SDK reads %#v", line, message, want)
		}
	})
}

// same compares messages as they would be sent on.
func same(t *testing.T, a, b jsonrpc.Message) bool {
	t.Helper()
	var values [2]any
	for i, m := range []jsonrpc.Message{a, b} {
		text, err := jsonrpc.EncodeMessage(m)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &values[i]); err != nil {
			t.Fatal(err)
		}
	}
	return reflect.DeepEqual(values[0], values[1])
}

// closing is a writer with a Close.
type closing struct{ *bytes.Buffer }

func (closing) Close() error { return nil }

// FuzzLines reads any text to its end: every line is a message, is answered, or
// is passed over.
func FuzzLines(f *testing.F) {
	for _, seed := range []string{"{}\n[1]\n", "{\n}\n", "\n\n", "null", "{\"jsonrpc\":\"2.0\",\"method\":\"a\"}\r\n{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\"}\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var answers bytes.Buffer
		c, err := stdio{newLines(io.NopCloser(strings.NewReader(text)), closing{&answers})}.Connect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		good := 0
		for ; ; good++ {
			if _, err = c.Read(t.Context()); err != nil {
				break
			}
		}
		if err != io.EOF {
			t.Fatal(err)
		}
		lines := strings.Count(text, "\n") + 1
		if bad := strings.Count(answers.String(), "\n"); good > lines || bad > lines {
			t.Errorf("%q: %d good and %d bad of %d lines", text, good, bad, lines)
		}
	})
}
