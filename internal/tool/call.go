package tool

import (
	"context"
	"encoding/json"
	"time"

	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/files"
)

// Request is one call as a door makes it.
type Request struct {
	// Tool is the tool's name; Input its input as one JSON object.
	Tool  string
	Input json.RawMessage
	// ID names the call in the audit log; where it is empty the log makes one.
	// It must be new.
	ID string
	// Caller is who asks, through which door.
	Caller caller.Caller
	// Files are the local files that the call may use, as the door grants them;
	// nil is none.
	Files *files.Access
	// Confirm asks a person. Where it is nil nobody can be asked, and a call
	// that needs a yes is refused as Unconfirmed.
	Confirm Confirmer
	// Began is told when the tool begins its work, past all gates and questions,
	// with the most that the call does. It may be nil.
	Began func(Effect)
	// Progress is told how far long work has come. It may be nil, and must be
	// safe for concurrent use.
	Progress func(Progress)
	// Emit receives the items of a following call as they come. Where it is
	// nil such a call gathers until its time or limit ends. It is called by
	// one goroutine at a time.
	Emit func(item any) error
}

// Confirmer asks a person for a yes.
type Confirmer interface {
	// Confirm reports the person's answer. An error means that nobody could
	// be asked.
	Confirm(ctx context.Context, q Question) (bool, error)
}

// Beforehand is a Confirmer that may have a yes to a tool without asking: then
// nobody is asked, and nothing is looked at for the question.
type Beforehand interface {
	Given(tool string) bool
}

// Progress is how far a call has come.
type Progress struct {
	Subject string `json:"subject"`         // what it is about, such as a key
	Done    int64  `json:"done"`            // in Unit
	Total   int64  `json:"total,omitempty"` // in Unit; 0 where unknown
	Unit    string `json:"unit"`            // "bytes", "cells", "objects"
	// Event is what just happened, where the tool has words for it.
	Event any `json:"event,omitempty"`
}

// Call is what a tool's function gets besides its input.
type Call struct {
	// ID names the call in the audit log.
	ID string
	// Caller is who made it.
	Caller caller.Caller
	// Files are the local files that the request grants; nil where the input
	// says that the call uses none.
	Files *files.Access
	// Following: the door takes items as they come.
	Following bool
	// Expected is what the tool's preview expects to be met; nil where no
	// preview was taken.
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

// Emit hands one item to whoever follows; call it only when Following.
func (c *Call) Emit(item any) error { return c.emit(item) }

// Result is a call's outcome.
type Result struct {
	// Output is the tool's output and JSON the same encoded, within the cap.
	Output any
	JSON   json.RawMessage
	// Effect is what this call did at most.
	Effect Effect
	// Cut says that the output was larger than the cap and how it was cut.
	Cut string
	// Failures are the cells that could not be read, for a partial answer.
	Failures []Failure
	// Notes are what whoever asked should know besides, such as that the call
	// went to another region than was asked for.
	Notes []string
	// ID names the call in the audit log.
	ID string
}
