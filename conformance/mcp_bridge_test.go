package conformance

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"
)

// The suite speaks HTTP alone. The bridge gives each of its sessions a `hawser
// mcp` on standard input and output, and hands messages on as they are, so that
// what the suite judges is what a client on stdio would hear.
type bridge struct {
	run func() *exec.Cmd

	mu       sync.Mutex
	sessions map[string]*piped
	last     int
}

// serveBridge serves a bridge to a command and gives its URL.
func serveBridge(t *testing.T, run func() *exec.Cmd) string {
	t.Helper()
	b := &bridge{run: run, sessions: map[string]*piped{}}
	server := httptest.NewServer(b)
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, s := range b.sessions {
			s.end()
		}
		server.CloseClientConnections()
		server.Close()
	})
	return server.URL + "/mcp"
}

// envelope is what the bridge reads of a message.
type envelope struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
}

// answers reports whether a message is the response to a request.
func (e envelope) answers(request envelope) bool {
	return e.Method == "" && string(e.ID) == string(request.ID)
}

const sessionHeader = "Mcp-Session-Id"

// ServeHTTP implements http.Handler for POST, GET and DELETE of streamable HTTP.
func (b *bridge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s, once, err := b.session(w, r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	if once {
		defer s.end()
	}
	switch r.Method {
	case http.MethodGet:
		s.relay(w, r, func(envelope) bool { return false })
	case http.MethodDelete:
		b.forget(r.Header.Get(sessionHeader))
		s.end()
	case http.MethodPost:
		s.post(w, r)
	default:
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}

// session finds the process of a request, or starts one: for a session that
// begins, or for this request alone where the protocol knows no sessions.
func (b *bridge) session(w http.ResponseWriter, r *http.Request) (s *piped, once bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if id := r.Header.Get(sessionHeader); id != "" {
		if s = b.sessions[id]; s == nil {
			return nil, false, fmt.Errorf("no session %q", id)
		}
		return s, false, nil
	}
	if s, err = pipe(b.run()); err != nil {
		return nil, false, err
	}
	if r.Header.Get("Mcp-Protocol-Version") >= "2026-07-28" {
		return s, true, nil
	}
	b.last++
	id := strconv.Itoa(b.last)
	b.sessions[id] = s
	w.Header().Set(sessionHeader, id)
	return s, false, nil
}

func (b *bridge) forget(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.sessions, id)
}

// piped is a running command and the messages that it wrote.
type piped struct {
	cmd *exec.Cmd
	in  io.WriteCloser

	mu        sync.Mutex
	listeners map[chan []byte]bool
	ended     bool
}

func pipe(cmd *exec.Cmd) (*piped, error) {
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &piped{cmd: cmd, in: in, listeners: map[chan []byte]bool{}}
	go s.read(out)
	return s, nil
}

// read hands every message to whoever listens.
func (s *piped) read(out io.Reader) {
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		message := append([]byte(nil), lines.Bytes()...)
		s.mu.Lock()
		for l := range s.listeners {
			l <- message
		}
		s.mu.Unlock()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	for l := range s.listeners {
		close(l)
		delete(s.listeners, l)
	}
}

func (s *piped) listen() chan []byte {
	l := make(chan []byte, 1000)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		close(l)
		return l
	}
	s.listeners[l] = true
	return l
}

func (s *piped) leave(l chan []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.listeners, l)
}

// post sends a message and, where it is a request, relays what comes until it
// is answered.
func (s *piped) post(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(r.Body)
	var sent envelope
	if err == nil {
		err = json.Unmarshal(text, &sent)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if sent.ID == nil || sent.Method == "" {
		_, _ = s.in.Write(append(text, '\n'))
		w.WriteHeader(http.StatusAccepted)
		return
	}
	l := s.listen()
	defer s.leave(l)
	_, _ = s.in.Write(append(text, '\n'))
	s.relayFrom(l, w, r, func(e envelope) bool { return e.answers(sent) })
}

// relay sends messages as events until one is the last.
func (s *piped) relay(w http.ResponseWriter, r *http.Request, last func(envelope) bool) {
	l := s.listen()
	defer s.leave(l)
	s.relayFrom(l, w, r, last)
}

func (s *piped) relayFrom(l chan []byte, w http.ResponseWriter, r *http.Request, last func(envelope) bool) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	flush := http.NewResponseController(w)
	_ = flush.Flush()
	for {
		select {
		case <-r.Context().Done():
			return
		case message, ok := <-l:
			if !ok {
				return
			}
			var e envelope
			_ = json.Unmarshal(message, &e)
			if e.Method == "" && !last(e) {
				continue // an answer that another request waits for
			}
			_, _ = fmt.Fprintf(w, "event: message\ndata: %s\n\n", message)
			_ = flush.Flush()
			if last(e) {
				return
			}
		}
	}
}

func (s *piped) end() {
	_ = s.in.Close()
	_ = s.cmd.Wait()
}
