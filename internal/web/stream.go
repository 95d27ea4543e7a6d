package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/hawser/hawser/internal/tool"
)

// form is how an answer is sent.
type form int

const (
	whole  form = iota
	lines       // a line of JSON for each item, and the answer last
	events      // server-sent events: progress, items, and the answer last
)

// accepted is the form that a request asks for.
func accepted(r *http.Request) form {
	accept := r.Header.Get("Accept")
	switch {
	case strings.Contains(accept, "application/x-ndjson"):
		return lines
	case strings.Contains(accept, "text/event-stream"):
		return events
	}
	return whole
}

// stream sends pieces as they come.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController

	mu    sync.Mutex
	begun bool
	kind  string
}

// piece sends one.
func (s *stream) piece(text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.begun {
		s.begun = true
		s.w.Header().Set("Content-Type", s.kind)
		s.w.WriteHeader(http.StatusOK)
	}
	if _, err := fmt.Fprint(s.w, text); err != nil {
		return err
	}
	return s.control.Flush()
}

func newStream(w http.ResponseWriter, kind string) *stream {
	return &stream{w: w, control: http.NewResponseController(w), kind: kind}
}

// lines answers with items as they come, {"item": ...} each, and {"answer": ...}
// or {"problem": ...} at the end.
func (c *call) lines(w http.ResponseWriter, r *http.Request) error {
	s := newStream(w, "application/x-ndjson")
	write := func(name string, v any) error {
		raw, err := json.Marshal(map[string]any{name: v})
		if err != nil {
			return err
		}
		return s.piece(string(raw) + "\n")
	}
	done := c.run(r.Context(), nil, func(item any) error { return write("item", item) })
	if !s.begun && done.problem != nil {
		done.send(w)
		return nil
	}
	if done.problem != nil {
		_ = write("problem", done.problem)
		return nil
	}
	_ = write("answer", done.answer) // a client that went away is not told
	return nil
}

// eventPause is the least time between two events of progress.
const eventPause = 200 * time.Millisecond

// events answers with server-sent events: progress, item, and answer or problem.
//
// https://html.spec.whatwg.org/multipage/server-sent-events.html
func (c *call) events(w http.ResponseWriter, r *http.Request) error {
	s := newStream(w, "text/event-stream")
	write := func(name string, v any) error {
		raw, err := json.Marshal(v)
		if err != nil {
			return err
		}
		return s.piece("event: " + name + "\ndata: " + string(raw) + "\n\n")
	}
	var mu sync.Mutex
	var last time.Time
	progress := func(p tool.Progress) {
		mu.Lock()
		defer mu.Unlock()
		if time.Since(last) < eventPause && (p.Total == 0 || p.Done < p.Total) {
			return
		}
		last = time.Now()
		_ = write("progress", map[string]any{"subject": p.Subject, "done": p.Done, "total": p.Total, "unit": p.Unit})
	}
	done := c.run(r.Context(), progress, func(item any) error { return write("item", item) })
	if done.problem != nil {
		_ = write("problem", done.problem)
		return nil
	}
	_ = write("answer", done.answer)
	return nil
}
