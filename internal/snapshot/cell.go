package snapshot

import (
	"cmp"
	"slices"
	"time"
)

// Facet is a part of the snapshot that is read, and fails, by itself in an
// account and region: an entity's existence, its tags, its memberships.
type Facet string

// Cell is the smallest unit of a sync.
type Cell struct {
	Account string `json:"account"`          // twelve digits
	Region  string `json:"region,omitempty"` // empty where the service has none
	Facet   Facet  `json:"facet"`
}

// Compare orders cells by account, region and facet.
func (c Cell) Compare(o Cell) int {
	return cmp.Or(cmp.Compare(c.Account, o.Account), cmp.Compare(c.Region, o.Region), cmp.Compare(c.Facet, o.Facet))
}

// Status is what became of a cell in a run.
type Status string

// The statuses. All but OK leave what the cell was to read unread, which is not
// the same as absent; all but OK and Skipped are gaps.
const (
	OK        Status = "ok"
	Denied    Status = "denied"
	Throttled Status = "throttled"
	Failed    Status = "failed"
	Skipped   Status = "skipped" // on purpose, such as a suspended account or one that is excluded
	Held      Status = "held"    // read, but so much was gone that nothing was closed
)

// Outcome is what became of a cell.
type Outcome struct {
	Cell
	Status Status `json:"status"`
	// Reason says why a gap is one, and Fix what would close it.
	Reason string `json:"reason,omitempty"`
	Fix    string `json:"fix,omitempty"`
	// Action is the IAM action that would close the gap, where a policy lacks one.
	Action string `json:"action,omitempty"`
	// Way is how the cell was read, such as GetAccountAuthorizationDetails.
	Way   string        `json:"way,omitempty"`
	Calls int           `json:"calls"`
	Took  time.Duration `json:"took"` // nanoseconds
	Seen  int           `json:"seen"` // entities and edges
	// AsOf is when what was read was so, where AWS's answer is older than the
	// run, as a credential report may be.
	AsOf time.Time `json:"as_of,omitzero"`
	// ReadAt is when the run began that read what the cell holds. Only a cell of a file, or
	// for one, has it.
	ReadAt time.Time `json:"read,omitzero"`
	// Unclear is set for a gap whose cell was read, but holds something that is not
	// understood or lacks a part that could not be read: the cell gets what was read.
	Unclear bool `json:"-"`
}

// Gap reports whether the cell was to be read, and was not.
func (o Outcome) Gap() bool { return o.Status != OK && o.Status != Skipped }

// Gaps are those of some outcomes that were to be read, and were not.
func Gaps(outcomes []Outcome) []Outcome {
	return slices.DeleteFunc(slices.Clone(outcomes), func(o Outcome) bool { return !o.Gap() })
}

// Read reports whether the cell was read whole.
func (o Outcome) Read() bool { return o.Status == OK }

// CellTime is the time of what a snapshot has of a cell.
type CellTime struct {
	// AsOf is when it was so.
	AsOf time.Time
	// Read is when the sync began that read it, which may be later than AsOf. What was
	// imported has it from the file, or is as old as AsOf says.
	Read time.Time
}
