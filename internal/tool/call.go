package tool

import (
	"context"
	"encoding/json"
	"time"

	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
)

// Request is one call as a door makes it.
type Request struct {
	// Tool is the tool's name; Input its input as one JSON object.
	Tool  string
	Input json.RawMessage
	// ID identifies the call in the audit log. It must be new; if it is empty, the log
	// makes one.
	ID string
	// Caller is who made the request, and through which door.
	Caller caller.Caller
	// Files are the local files that the call may use, as the door grants them;
	// nil is none.
	Files *files.Access
	// Stdio is standard input and output, if the door has them.
	Stdio *Stdio
	// Confirm asks a person. If it is nil, nobody can be asked, and a call that needs
	// confirmation is refused as Unconfirmed.
	Confirm Confirmer
	// Began is called when the tool starts to run, after all gates and questions, with
	// the effect of the call. It may be nil.
	Began func(Effect)
	// Progress receives the progress of a long call. It may be nil, and must be safe
	// for concurrent use.
	Progress func(Progress)
	// Emit receives the items of a following call as they come. If it is nil, such a
	// call collects items until it reaches its time limit or its limit of items. It is
	// called by one goroutine at a time.
	Emit func(item any) error
}

// Confirmer asks a person to confirm a call.
type Confirmer interface {
	// Confirm reports the person's answer. An error means that nobody could
	// be asked.
	Confirm(ctx context.Context, q Question) (bool, error)
}

// Beforehand is a Confirmer that may already have a person's approval of a tool. Then
// nobody is asked, and no preview is taken.
type Beforehand interface {
	Given(tool string) bool
}

// Progress is how far a call has come.
type Progress struct {
	Subject string `json:"subject"`         // what it is about, such as a key
	Done    int64  `json:"done"`            // in Unit
	Total   int64  `json:"total,omitempty"` // in Unit; 0 where unknown
	Unit    string `json:"unit"`            // "bytes", "accounts", "objects"
	// Calls counts requests so far, and Left is about how long the rest takes; 0 where
	// they are not known.
	Calls int64         `json:"calls,omitempty"`
	Left  time.Duration `json:"left,omitempty"` // nanoseconds
	// Event says what just happened; it may be empty.
	Event any `json:"event,omitempty"`
}

// Call is what a tool's function gets in addition to its input.
type Call struct {
	// ID names the call in the audit log.
	ID string
	// Caller is who made it.
	Caller caller.Caller
	// Files are the local files that the request grants; nil where the input
	// says that the call uses none.
	Files *files.Access
	// Stdio is set if the input names standard input or output.
	Stdio *Stdio
	// Following reports that the door receives items as they come.
	Following bool
	// Expected is the state that the tool's preview found; nil if no preview was taken.
	Expected any

	clock    func() time.Time
	progress func(Progress)
	emit     func(any) error
}

// Now is the time by the registry's clock.
func (c *Call) Now() time.Time { return c.clock() }

// Progress reports how far the call has come.
func (c *Call) Progress(p Progress) {
	if c.progress != nil {
		c.progress(p)
	}
}

// Emit passes one item to the door; call it only when Following is set.
func (c *Call) Emit(item any) error { return c.emit(item) }

// Result is a call's outcome.
type Result struct {
	// Output is the tool's output, and JSON its encoding within the output cap.
	Output any
	JSON   json.RawMessage
	// Effect is what this call did at most.
	Effect Effect
	// Unchanged tells that the call changed nothing, as far as that is known: see Changer,
	// and OutcomeUnknown of the error.
	Unchanged bool
	// Cut says that the output was larger than the cap and how it was cut.
	Cut string
	// Failures are the cells that could not be read, for a partial answer.
	Failures []Failure
	// Notes tell the caller more about the call, such as that it went to another region
	// than requested.
	Notes []string
	// Nothing says what a listing without items has looked at; empty for any other.
	Nothing string
	// ID names the call in the audit log.
	ID string
}

// Unanswered returns err, because of which the caller does not get the answer of the
// call. If the call changed something, the error says so.
func (r *Result) Unanswered(err error) error {
	if !r.Effect.Exceeds(Read) || r.Unchanged {
		return err
	}
	return fault.From(err).WithMade(r.ID)
}
