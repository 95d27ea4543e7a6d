package mcpserver

import (
	"io"
	"net/http"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"

	"github.com/hawser/hawser/internal/fault"
)

// remedied replaces the SDK's short texts by message and fix, for the statuses
// that package fault knows.
type remedied struct {
	http.ResponseWriter
	fault func(status int) *fault.Error
	said  bool
}

// Unwrap returns the writer below, for http.ResponseController.
func (w *remedied) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader implements http.ResponseWriter.
func (w *remedied) WriteHeader(status int) {
	w.ResponseWriter.WriteHeader(status)
	if !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") {
		return
	}
	if f := w.fault(status); f != nil {
		w.said = true
		_, _ = io.WriteString(w.ResponseWriter, describe(f)+"\n") // a client that went away gets no error
	}
}

// Write implements http.ResponseWriter.
func (w *remedied) Write(text []byte) (int, error) {
	if w.said {
		return len(text), nil
	}
	return w.ResponseWriter.Write(text)
}

// coded replaces the SDK's short text by a JSON-RPC error when the SDK refuses a
// request as a bad one.
type coded struct {
	http.ResponseWriter
	id      jsonrpc.ID
	status  int // 0 before it is known
	refused bool
	// answered is set when the SDK has written the answer.
	answered bool
}

// Unwrap returns the writer below, for http.ResponseController.
func (w *coded) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader implements http.ResponseWriter.
func (w *coded) WriteHeader(status int) {
	w.status = status
	if status == http.StatusBadRequest && strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") {
		w.refused = true
		w.Header().Del("Content-Length")
		w.Header().Set("Content-Type", "application/json")
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter. The SDK writes its text in one call.
func (w *coded) Write(text []byte) (int, error) {
	if !w.refused {
		return w.pass(text)
	}
	raw, err := jsonrpc.EncodeMessage(&jsonrpc.Response{ID: w.id, Error: &jsonrpc.Error{
		Code: jsonrpc.CodeInvalidRequest, Message: strings.TrimSpace(string(text)),
	}})
	if err == nil {
		_, err = w.ResponseWriter.Write(raw)
	}
	return len(text), err
}

// pass writes what the SDK writes, and notes the answer.
func (w *coded) pass(text []byte) (int, error) {
	at, ok := answerIn(text, w.id)
	if !ok {
		return w.ResponseWriter.Write(text)
	}
	w.answered = true
	n, err := w.ResponseWriter.Write(withCode(text, at))
	return min(n, len(text)), err
}

// sessionFault returns the fault of a request whose session was refused.
func sessionFault(status int) *fault.Error {
	switch status {
	case http.StatusForbidden:
		return fault.New(fault.Refused, "the session belongs to another token").
			WithFix("start your own session: send initialize without the header Mcp-Session-Id")
	case http.StatusNotFound:
		return fault.New(fault.NotFound, "there is no such session").
			WithCause("it has ended, or was never started here").
			WithFix("start another: send initialize without the header Mcp-Session-Id")
	}
	return nil
}
