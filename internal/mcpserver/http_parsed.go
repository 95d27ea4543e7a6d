package mcpserver

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
)

// parsed passes on only valid messages, as stdio does, in the form in which they were
// read. The SDK itself changes ids, ignores what follows a message, and refuses other
// bodies in plain text.
//
// https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#sending-messages-to-the-server
func (s *Server) parsed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			next.ServeHTTP(w, r)
			return
		}
		body, ok := readMessage(w, r)
		if !ok {
			return
		}
		message, problem := parseMessage(body)
		if message != nil {
			text, err := jsonrpc.EncodeMessage(message)
			if err != nil {
				http.Error(w, "the message cannot be read", http.StatusBadRequest)
				return
			}
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
		}
		request, ok := message.(*jsonrpc.Request)
		switch {
		case problem == nil && message == nil: // ignored
			w.WriteHeader(http.StatusAccepted)
		case problem == nil && ok && request.IsCall():
			running, key := s.sessionOf(r)
			wait := &waiting{key: key}
			id, done := running.wait(wait)
			defer done()
			r.Header.Set(waitingHeader, id)
			answer := &coded{ResponseWriter: w, id: request.ID}
			next.ServeHTTP(answer, r)
			answer.close(wait.why(r.Context()))
		case problem == nil:
			next.ServeHTTP(w, r)
		default:
			if message != nil {
				next.ServeHTTP(unsent{http.Header{}}, r) // let whoever waits for it stop waiting
			}
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write(problem.answer()) // a client that went away gets no error
		}
	})
}

// readMessage reads the body of a request. It returns false if the body was refused.
func readMessage(w http.ResponseWriter, r *http.Request) ([]byte, bool) {
	var large *http.MaxBytesError
	var body []byte
	var err error
	if r.ContentLength <= maxMessage {
		body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, maxMessage))
	}
	switch {
	case r.ContentLength > maxMessage, errors.As(err, &large):
		http.Error(w, "the message is over 4 MiB", http.StatusRequestEntityTooLarge)
	case errors.Is(err, os.ErrDeadlineExceeded):
		http.Error(w, "the message came too slowly", http.StatusRequestTimeout)
	case err != nil:
		http.Error(w, "the message did not come whole", http.StatusBadRequest)
	default:
		return body, true
	}
	return nil, false
}

// unsent discards an answer.
type unsent struct{ header http.Header }

// Header implements http.ResponseWriter.
func (u unsent) Header() http.Header { return u.header }

// Write implements http.ResponseWriter.
func (unsent) Write(text []byte) (int, error) { return len(text), nil }

// WriteHeader implements http.ResponseWriter.
func (unsent) WriteHeader(int) {}
