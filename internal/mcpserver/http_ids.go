package mcpserver

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
)

// distinct refuses a request whose parameters have the wrong type, and a batch in
// which two requests have the same id: the SDK would answer one of them alone. Ids that requests in other messages have at
// the time the SDK refuses itself.
//
// https://www.jsonrpc.org/specification#batch
func distinct(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			next.ServeHTTP(w, r)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxMessage))
		var large *http.MaxBytesError
		switch {
		case errors.As(err, &large):
			http.Error(w, "the message is over 4 MiB", http.StatusRequestEntityTooLarge)
			return
		case errors.Is(err, os.ErrDeadlineExceeded):
			http.Error(w, "the message came too slowly", http.StatusRequestTimeout)
			return
		case err != nil:
			http.Error(w, "the message did not come whole", http.StatusBadRequest)
			return
		}
		if id, twice := twiceIn(body); twice {
			answerRefused(w, id, jsonrpc.CodeInvalidRequest, "two requests have the same id")
			return
		}
		if message, err := jsonrpc.DecodeMessage(body); err == nil {
			if r, ok := message.(*jsonrpc.Request); ok && r.IsCall() {
				if wrong := mistyped(r.Method, r.Params); wrong != "" {
					answerRefused(w, r.ID, jsonrpc.CodeInvalidParams, wrong)
					return
				}
			}
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		next.ServeHTTP(w, r)
	})
}

// twiceIn finds an id that two requests of a batch have. What is no batch has
// none.
func twiceIn(body []byte) (id jsonrpc.ID, twice bool) {
	var batch []json.RawMessage
	if trimmed := bytes.TrimSpace(body); len(trimmed) == 0 || trimmed[0] != '[' || json.Unmarshal(body, &batch) != nil {
		return id, false
	}
	seen := map[jsonrpc.ID]bool{}
	for _, raw := range batch {
		message, err := jsonrpc.DecodeMessage(raw)
		if err != nil {
			continue
		}
		request, ok := message.(*jsonrpc.Request)
		if !ok || !request.IsCall() {
			continue
		}
		if seen[request.ID] {
			return request.ID, true
		}
		seen[request.ID] = true
	}
	return id, false
}

// answerRefused answers a request that goes no further than HTTP.
func answerRefused(w http.ResponseWriter, id jsonrpc.ID, code int64, text string) {
	raw, err := jsonrpc.EncodeMessage(&jsonrpc.Response{ID: id, Error: &jsonrpc.Error{Code: code, Message: text}})
	if err != nil {
		http.Error(w, text, http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusBadRequest)
	_, _ = w.Write(raw) // a client that went away is not told
}
