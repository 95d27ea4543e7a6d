package web

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"

	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/fault"
)

// Problem is an error in an HTTP answer; see RFC 9457. Every door reports kind,
// cause and fix of a fault.
type Problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	*fault.Error
	// Unconfirmed and Confirm are set if the kind is unconfirmed: the effect of
	// the call, and the text to send as Hawser-Confirm to confirm it.
	Unconfirmed *Unconfirmed `json:"plan,omitempty"`
	Confirm     string       `json:"confirm,omitempty"`
	// Call names the call in the audit log. Outcome, if present, is running, done
	// or unknown. Unknown means that the call may have been carried out.
	Call    string `json:"call,omitempty"`
	Outcome string `json:"outcome,omitempty"`
	// Answer is set if the call was made, and its output reports the problem.
	Answer *Answer `json:"answer,omitempty"`
}

func problemOf(status int, f *fault.Error) Problem {
	return Problem{Type: "urn:hawser:" + string(f.Kind), Title: string(f.Kind), Status: status, Detail: f.Message, Error: f}
}

func writeProblem(w http.ResponseWriter, err error) {
	p := problemOf(auth.StatusOf(err), fault.From(err))
	var past pastCall
	if errors.As(err, &past) {
		p.Call, p.Outcome = past.record.Call, string(past.record.Stage)
	}
	send(w, p.Status, "application/problem+json", p)
}

func writeProblemAs(w http.ResponseWriter, status int, f *fault.Error) {
	send(w, status, "application/problem+json", problemOf(status, f))
}

func writeJSON(w http.ResponseWriter, status int, v any) { send(w, status, "application/json", v) }

func send(w http.ResponseWriter, status int, kind string, v any) {
	raw, err := json.Marshal(v)
	if err != nil {
		status, raw = http.StatusInternalServerError, []byte(`{"type":"urn:hawser:internal","title":"internal","status":500,"detail":"the answer is not JSON","kind":"internal","message":"the answer is not JSON"}`)
		kind = "application/problem+json"
	}
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_, _ = w.Write(append(raw, '\n')) // a client that went away gets no error
}

func attr(key string, value any) slog.Attr { return slog.Any(key, value) }
