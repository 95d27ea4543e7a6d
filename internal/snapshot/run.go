package snapshot

import "time"

// RunID names a run; later runs have greater numbers.
type RunID int64

// RunStatus is how far a run came.
type RunStatus string

// The statuses of runs.
const (
	Running     RunStatus = "running"     // now, or until its process died
	Complete    RunStatus = "complete"    // without gaps
	Partial     RunStatus = "partial"     // with gaps, which its cells name
	Interrupted RunStatus = "interrupted" // it can be resumed
	Broken      RunStatus = "failed"      // nothing could be read; the reason says why
)

// RunKind is where a run reads.
type RunKind string

// The kinds of runs.
const (
	Sync   RunKind = "sync"   // AWS
	Import RunKind = "import" // files
)

// Run is one sync of a connection, or one import.
type Run struct {
	ID         RunID     `json:"id"`
	Connection string    `json:"connection"`
	Kind       RunKind   `json:"kind,omitempty"`
	Started    time.Time `json:"started"`
	Ended      time.Time `json:"ended,omitzero"`
	Status     RunStatus `json:"status"`
	Reason     string    `json:"reason,omitempty"`
	// Choice is which accounts a sync was to read, in a form of its own. Only a run that
	// can be resumed has it.
	Choice string `json:"-"`
	// Cells counts the run's cells by their status; Calls the calls to AWS.
	Cells map[Status]int `json:"cells,omitempty"`
	Calls int            `json:"calls"`
	Delta
}

// Whole reports whether the run came to its end, with gaps or without. Only an import of a
// snapshot that was not whole has gaps and a reason.
func (r Run) Whole() bool {
	return r.Status == Complete || r.Status == Partial && (r.Kind != Import || r.Reason == "")
}

// Delta counts the changes of a snapshot. That Hawser itself used a role or a key is none.
type Delta struct {
	// Opened counts the parts and edges that are new, Changed those that are another, and
	// Closed those that are gone.
	Opened  int `json:"opened"`
	Changed int `json:"changed,omitempty"`
	Closed  int `json:"closed"`
}

// Add adds the changes of another delta.
func (d *Delta) Add(more Delta) {
	d.Opened, d.Changed, d.Closed = d.Opened+more.Opened, d.Changed+more.Changed, d.Closed+more.Closed
}

// Count adds a change.
func (d *Delta) Count(c Change) {
	switch {
	case c.OfOwnUse():
	case c.Type == Appeared:
		d.Opened++
	case c.Type == Went:
		d.Closed++
	default:
		d.Changed++
	}
}
