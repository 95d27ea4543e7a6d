package mcpserver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"

	"github.com/hawser/hawser/internal/fault"
)

// waiting is a request over HTTP that waits for its answer. The SDK gives none once
// the token or the session of a call has ended, and the client would get an empty
// body.
type waiting struct{ lost atomic.Pointer[fault.Error] }

type waitingKey struct{}

// waitingOf is the request that waits in a context; nil for none.
func waitingOf(ctx context.Context) *waiting {
	w, _ := ctx.Value(waitingKey{}).(*waiting)
	return w
}

// why says why a request got no answer; nil where its client may know. One that a
// client took back is not answered.
func (w *waiting) why(ctx context.Context) *fault.Error {
	if f := w.lost.Load(); f != nil {
		return f
	}
	var ended *fault.Error
	if errors.As(context.Cause(ctx), &ended) {
		return ended
	}
	return nil
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
	raw, err := jsonrpc.EncodeMessage(&jsonrpc.Response{ID: w.id, Error: &jsonrpc.Error{Code: jsonrpc.CodeInternalError, Message: describe(why)}})
	if err != nil {
		return
	}
	if strings.HasPrefix(w.Header().Get("Content-Type"), "text/event-stream") {
		raw = append(append([]byte("event: message\ndata: "), raw...), "\n\n"...)
	} else {
		w.Header().Del("Content-Length")
		w.Header().Set("Content-Type", "application/json")
	}
	_, _ = w.ResponseWriter.Write(raw) // a client that went away is not told
}
