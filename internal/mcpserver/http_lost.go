package mcpserver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// waitingHeader is the header with the ID of an HTTP request. Of a request the SDK
// passes only the header on to the call.
const waitingHeader = "Hawser-Waiting"

// errorField is the member of an error's data that holds the fault.
const errorField = "hawser/error"

// waiting is an HTTP request that waits for its answer. If the token or the session of
// a call ends, the SDK does not answer, and the client would get an empty body. It is
// safe for concurrent use.
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

// begin notes that the request's call starts to run. If the request will get no answer
// any more, it returns the reason.
func (w *waiting) begin(effect tool.Effect) *fault.Error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open = w.open || effect.Exceeds(tool.Read)
	return w.lost
}

// why returns the fault with which a request is answered that the SDK does not answer;
// nil if the client cancelled the request itself. If the call began to do more than
// read, the fault says that it may have been carried out.
func (w *waiting) why(ctx context.Context) *fault.Error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.lost == nil && !errors.As(context.Cause(ctx), &w.lost) {
		return nil
	}
	if w.open {
		return w.lost.WithOutcomeUnknown()
	}
	return w.lost
}

// answerIn finds where the result or the error begins in a text, if it is the answer to a
// request. The SDK writes an event or a message in one piece, and the members of messages
// always in the same order.
func answerIn(text []byte, id jsonrpc.ID) (at int, ok bool) {
	const result = `"result":0}`
	sample, err := jsonrpc.EncodeMessage(&jsonrpc.Response{ID: id, Result: json.RawMessage("0")})
	if err != nil {
		return 0, false
	}
	if data := bytes.Index(text, []byte("data: ")); data >= 0 && !bytes.HasPrefix(text, []byte("{")) {
		at = data + len("data: ")
	}
	head := bytes.TrimSuffix(sample, []byte(result))
	if !bytes.HasPrefix(text[at:], head) {
		return 0, false
	}
	at += len(head)
	return at, bytes.HasPrefix(text[at:], []byte(`"result"`)) || bytes.HasPrefix(text[at:], []byte(`"error"`))
}

// withCode gives an answer whose error the SDK left without a code, such as that to a
// second initialize, the code of an invalid request, as stdio does. The result or error
// begins at a place in the text.
func withCode(text []byte, at int) []byte {
	const none = `"error":{"code":0,`
	if !bytes.HasPrefix(text[at:], []byte(none)) {
		return text
	}
	coded := fmt.Appendf(slices.Clone(text[:at]), `"error":{"code":%d,`, jsonrpc.CodeInvalidRequest)
	return append(coded, text[at+len(none):]...)
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
