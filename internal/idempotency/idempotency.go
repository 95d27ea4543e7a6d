// Package idempotency remembers calls by the keys that clients give them, so that
// a call that is sent again is not made twice.
//
// https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
package idempotency

import (
	"context"
	"time"
)

// Header is the HTTP header with a call's key.
const Header = "Idempotency-Key"

// Record is what is remembered of a call.
type Record struct {
	Digest string    `json:"subject"` // digest of caller, tool and input
	Call   string    `json:"call"`    // its id in the audit log
	Stage  Stage     `json:"stage"`
	At     time.Time `json:"at"`
}

// Stage is how far a call has come.
type Stage string

// The stages. A call that was not made is forgotten.
const (
	NotMade Stage = ""
	Running Stage = "running"
	Done    Stage = "done"
	Unknown Stage = "unknown" // it may have been carried out
)

// Claim is a key that is held for the call that is made.
type Claim interface {
	// Close remembers how the call ended.
	Close(context.Context, Stage) error
}
