package mcpserver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// waitingHeader carries along which request it is, as the SDK gives a call the header
// of its request and nothing else of it.
const waitingHeader = "Hawser-Waiting"

// errorField is the member of an error's data that holds the fault.
const errorField = "hawser/error"

// waiting is a request over HTTP that waits for its answer. The SDK gives none once
// the token or the session of a call has ended, and the client would get an empty
// body. It is safe for concurrent use.
type waiting struct {
	key sessionKey

	mu   sync.Mutex
	lost *fault.Error // why there will be no answer; nil where there may be one
	open bool         // a call that does more than read has begun
}

// lose says that the request gets no answer from the SDK.
func (w *waiting) lose(why *fault.Error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lost = why
}

// begin notes that the call that was asked for begins its work. The error says why
// nobody waits for it any more.
func (w *waiting) begin(effect tool.Effect) *fault.Error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open = w.open || effect.Exceeds(tool.Read)
	return w.lost
}

// why says why a request got no answer; nil where its client may know. One that a
// client took back is not answered. A call that has begun to do more than read may
// have been carried out.
func (w *waiting) why(ctx context.Context) *fault.Error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.lost == nil && !errors.As(context.Cause(ctx), &w.lost) {
		return nil
	}
	if w.open {
		return w.lost.LeftOpen()
	}
	return w.lost
}

// answers tells whether a text that the SDK writes at once, an event or a message
// alone, is the answer to a request. The SDK writes the members of messages in one
// order.
func answers(text []byte, id jsonrpc.ID) bool {
	const result = `"result":0}`
	sample, err := jsonrpc.EncodeMessage(&jsonrpc.Response{ID: id, Result: json.RawMessage("0")})
	if err != nil {
		return false
	}
	if at := bytes.Index(text, []byte("data: ")); at >= 0 && !bytes.HasPrefix(text, []byte("{")) {
		text = text[at+len("data: "):]
	}
	rest, ok := bytes.CutPrefix(text, bytes.TrimSuffix(sample, []byte(result)))
	return ok && (bytes.HasPrefix(rest, []byte(`"result"`)) || bytes.HasPrefix(rest, []byte(`"error"`)))
}

// close answers the request with an error where the SDK has given no answer.
//
// https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#sending-messages-to-the-server
func (w *coded) close(why *fault.Error) {
	if why == nil || w.answered || w.refused || w.status >= http.StatusMultipleChoices {
		return
	}
	data, err := json.Marshal(map[string]*fault.Error{errorField: why})
	if err != nil {
		return
	}
	raw, err := jsonrpc.EncodeMessage(&jsonrpc.Response{ID: w.id, Error: &jsonrpc.Error{Code: jsonrpc.CodeInternalError, Message: describe(why), Data: data}})
	if err != nil {
		return
	}
	if strings.HasPrefix(w.Header().Get("Content-Type"), "text/event-stream") {
		raw = append(append([]byte("event: message\ndata: "), raw...), "\n\n"...)
	} else {
		w.Header().Del("Content-Length")
		w.Header().Set("Content-Type", "application/json")
	}
	_, _ = w.ResponseWriter.Write(raw) // a client that went away gets no error
}
