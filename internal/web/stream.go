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

// form is the form in which an answer is sent.
type form int

const (
	whole  form = iota
	lines       // a line of JSON for each item, and the answer last
	events      // server-sent events: progress, items, and the answer last
)

// accepted returns the form that a request accepts.
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

// answerStream sends the progress and the items of a call while it runs, if the form
// allows that, and the answer at the end.
type answerStream struct {
	w       http.ResponseWriter
	control *http.ResponseController
	form    form
	// loose lets the call continue if its client goes away.
	loose bool

	mu    sync.Mutex
	begun bool
	last  time.Time // of progress
}

func newAnswerStream(w http.ResponseWriter, f form) *answerStream {
	return &answerStream{w: w, control: http.NewResponseController(w), form: f}
}

// piece sends a named value.
func (o *answerStream) piece(name string, v any) error {
	text, kind, err := o.form.encode(name, v)
	if err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.begun {
		o.begun = true
		o.w.Header().Set("Content-Type", kind)
		o.w.WriteHeader(http.StatusOK)
	}
	if _, err := fmt.Fprint(o.w, text); err != nil {
		return err
	}
	return o.control.Flush()
}

// encode writes a named value: {"name": ...} on a line, or an event.
//
// https://html.spec.whatwg.org/multipage/server-sent-events.html
func (f form) encode(name string, v any) (text, kind string, err error) {
	if f == lines {
		v = map[string]any{name: v}
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return "", "", err
	}
	if f == lines {
		return string(raw) + "\n", "application/x-ndjson", nil
	}
	return "event: " + name + "\ndata: " + string(raw) + "\n\n", "text/event-stream", nil
}

// emit sends the items of a call that follows something; nil if the form has no
// items.
func (o *answerStream) emit() func(any) error {
	if o.form == whole {
		return nil
	}
	return func(item any) error {
		if err := o.piece("item", item); err != nil && !o.loose {
			return err
		}
		return nil
	}
}

// eventPause is the least time between two progress events.
const eventPause = 200 * time.Millisecond

// progress sends progress events, at most one per eventPause.
func (o *answerStream) progress() func(tool.Progress) {
	if o.form != events {
		return nil
	}
	return func(p tool.Progress) {
		if o.due(p) {
			_ = o.piece("progress", map[string]any{"subject": p.Subject, "done": p.Done, "total": p.Total, "unit": p.Unit})
		}
	}
}

func (o *answerStream) due(p tool.Progress) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if time.Since(o.last) < eventPause && (p.Total == 0 || p.Done < p.Total) {
		return false
	}
	o.last = time.Now()
	return true
}

// finish sends the answer of the call. A client that went away gets none. A
// problem sets the status if nothing was sent yet; server-sent events contain it
// as an event.
func (o *answerStream) finish(r response) {
	switch {
	case o.form == whole, o.form == lines && r.problem != nil && !o.begun:
		r.send(o.w)
	case r.problem != nil:
		_ = o.piece("problem", r.problem)
	default:
		_ = o.piece("answer", r.answer)
	}
}
