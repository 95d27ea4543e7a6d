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

// outlet sends a call's progress and items as they come, where the form of its
// answer has a place for them, and its answer last.
type outlet struct {
	w       http.ResponseWriter
	control *http.ResponseController
	form    form
	// loose lets a call go on whose client has gone.
	loose bool

	mu    sync.Mutex
	begun bool
	last  time.Time // of progress
}

func newOutlet(w http.ResponseWriter, f form) *outlet {
	return &outlet{w: w, control: http.NewResponseController(w), form: f}
}

// piece sends a named value.
func (o *outlet) piece(name string, v any) error {
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

// emit sends the items of a call that follows something; nil where the form has
// no place for them.
func (o *outlet) emit() func(any) error {
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

// eventPause is the least time between two events of progress.
const eventPause = 200 * time.Millisecond

// progress sends events of progress, now and then.
func (o *outlet) progress() func(tool.Progress) {
	if o.form != events {
		return nil
	}
	return func(p tool.Progress) {
		if o.due(p) {
			_ = o.piece("progress", map[string]any{"subject": p.Subject, "done": p.Done, "total": p.Total, "unit": p.Unit})
		}
	}
}

func (o *outlet) due(p tool.Progress) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if time.Since(o.last) < eventPause && (p.Total == 0 || p.Done < p.Total) {
		return false
	}
	o.last = time.Now()
	return true
}

// finish sends what the call came to. A client that went away is not told. A
// problem has a status of its own as long as nothing was sent; server-sent
// events have it as an event.
func (o *outlet) finish(r response) {
	switch {
	case o.form == whole, o.form == lines && r.problem != nil && !o.begun:
		r.send(o.w)
	case r.problem != nil:
		_ = o.piece("problem", r.problem)
	default:
		_ = o.piece("answer", r.answer)
	}
}
