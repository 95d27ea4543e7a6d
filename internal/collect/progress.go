package collect

import (
	"time"

	"github.com/hawser/hawser/internal/snapshot"
)

// Event is a cell that ended, and how far the run is.
type Event struct {
	Run     snapshot.RunID   `json:"run"`
	Outcome snapshot.Outcome `json:"cell"`
	Delta   snapshot.Delta   `json:"delta"`
	// Done and Total count the accounts that are read; Total is 0 until they are
	// known.
	Done  int `json:"done"`
	Total int `json:"total"`
	// Calls counts the requests to AWS so far.
	Calls int `json:"calls"`
	// Left is about how long the rest takes, by what was read so far; 0 until it can
	// be told.
	Left time.Duration `json:"left,omitempty"`
}

// advance is how far a run is. The run's mutex guards it.
type advance struct {
	begun       time.Time
	done, total int // accounts
	cells, all  int // cells that ended, and that are expected
	calls       int
}

// expectAccounts says which accounts will be read.
func (r *run) expectAccounts(accounts []Account) {
	cells := 0
	for _, a := range accounts {
		if a.Skip == "" && !r.finished(a.ID) {
			cells += len(r.cellsOf(a.ID))
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range accounts {
		if a.Skip == "" {
			r.advance.total++
		}
	}
	r.advance.all += cells
}

// expectSources says that some sources will be read once.
func (r *run) expectSources(sources []Source) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range sources {
		r.advance.all += len(s.Facets())
	}
}

// reached says that an account was read.
func (r *run) reached(a Account) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if a.Skip == "" {
		r.advance.done++
	}
}

// tell reports a cell. The run's mutex is held.
func (r *run) tell(o snapshot.Outcome, delta snapshot.Delta) {
	a := &r.advance
	if o.Status != snapshot.Skipped {
		a.cells++
	}
	if r.options.Progress == nil {
		return
	}
	r.options.Progress(Event{Run: r.result.Run, Outcome: o, Delta: delta, Done: a.done, Total: a.total, Calls: a.calls, Left: a.left(r.options.now())})
}

// leastCells is how many cells must have ended before the rest is estimated.
const leastCells = 20

// left estimates how long the rest takes.
func (a advance) left(now time.Time) time.Duration {
	if a.total == 0 || a.cells < leastCells || a.cells >= a.all {
		return 0
	}
	return time.Duration(float64(now.Sub(a.begun)) * float64(a.all-a.cells) / float64(a.cells))
}
