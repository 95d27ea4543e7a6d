// Package audit keeps what was done, by whom and through which door, as a
// chain of records in which each holds the digest of the one before, so that
// an edit, a deletion or a change of order shows.
package audit

import (
	"encoding/json"
	"time"
)

// Phase says whether a record was written before or after its call.
type Phase string

// The phases.
const (
	Before Phase = "before"
	After  Phase = "after"
)

// Outcome is how a call ended; only After records have one.
type Outcome string

// The outcomes.
const (
	OK       Outcome = "ok"
	Partial  Outcome = "partial"
	Failed   Outcome = "error"
	Refused  Outcome = "refused"
	Canceled Outcome = "canceled"
)

// Record is one link of the chain.
type Record struct {
	// Seq counts from 1 without gaps; Prev and Hash are hex SHA-256. All
	// three are set by Append.
	Seq  int64  `json:"seq"`
	Prev string `json:"prev"`
	Hash string `json:"hash"`
	// Torn is the digest of an unfinished line that a crash left before this
	// record.
	Torn string `json:"torn,omitempty"`

	Time time.Time `json:"time"`
	// ID names the call; both of its records bear it. Append makes one where
	// it is empty.
	ID    string `json:"id"`
	Phase Phase  `json:"phase"`

	Tool       string `json:"tool"`
	Effect     string `json:"effect,omitempty"`
	Door       string `json:"door,omitempty"`
	Actor      string `json:"actor,omitempty"`
	OnBehalfOf string `json:"on_behalf_of,omitempty"`
	Connection string `json:"connection,omitempty"`
	Account    string `json:"account,omitempty"`
	Region     string `json:"region,omitempty"`
	// Input is the call's input, with what must not be kept taken out.
	Input json.RawMessage `json:"input,omitempty"`

	Outcome  Outcome       `json:"outcome,omitempty"`
	Error    string        `json:"error,omitempty"`
	Duration time.Duration `json:"duration_ns,omitempty"`

	// Durable asks Append to return only when the record is on disk.
	Durable bool `json:"-"`
}
