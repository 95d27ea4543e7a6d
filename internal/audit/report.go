package audit

import (
	"fmt"
	"time"
)

// Report is what Verify found.
type Report struct {
	// Records is the number of good records up to the first bad line.
	Records uint64 `json:"records"`
	// HeadSeq and Head are the number and hash of the last of them. Kept
	// elsewhere, Head shows later that nothing up to it was changed.
	HeadSeq uint64 `json:"head_seq"`
	Head    string `json:"head"`
	// Files are the log's files, the oldest first.
	Files []string `json:"files,omitempty"`
	// From is the number of the first record that is kept, where earlier files
	// were removed as the log's configuration says.
	From uint64 `json:"from,omitempty"`
	// Crashes are the places where a write ended in the middle.
	Crashes []Crash `json:"crashes,omitempty"`
	// Unended is the number of calls that began and have not ended: they were
	// cut short, or still run. Began lists the newest of them.
	Unended int     `json:"unended"`
	Began   []Begun `json:"began,omitempty"`
	// TimesBack is the number of records whose time lies more than a second
	// before that of an earlier one. ClockBack lists the first of them.
	TimesBack int    `json:"times_back"`
	ClockBack []Back `json:"clock_back,omitempty"`
	// Keys are the keys with which the records' digests were made, in the order of
	// their first records. More than one means that the key was made anew, or that
	// several installations write the log. Records of before keys had ids have none.
	Keys []KeyUse `json:"keys,omitempty"`
	// Witnesses are the second places, and how far they agree.
	Witnesses []Witnessed `json:"witnesses,omitempty"`
	// Bad is the first thing that no crash explains, nil if all is well.
	Bad *Bad `json:"bad,omitempty"`
}

// maxListed is how many things of one sort a report lists; all are counted.
const maxListed = 100

// Crash is a place where a crash left part of a record. What was cut off was
// never acknowledged to its caller.
type Crash struct {
	File string `json:"file,omitempty"`
	// Line counts from 1.
	Line  int   `json:"line"`
	Bytes int64 `json:"bytes"`
	// Vouched says that the record after it carries the digest of these bytes.
	Vouched bool `json:"vouched"`
}

// Begun is a call that began.
type Begun struct {
	Seq        uint64    `json:"seq"`
	ID         string    `json:"id"`
	Time       time.Time `json:"time"`
	Tool       string    `json:"tool"`
	Door       string    `json:"door,omitempty"`
	Actor      string    `json:"actor,omitempty"`
	OnBehalfOf string    `json:"on_behalf_of,omitempty"`
	Token      string    `json:"token,omitempty"`
}

// Of reports whether the call is of a caller.
func (b Begun) Of(c Caller) bool { return c == Caller{b.Door, b.Actor, b.OnBehalfOf, b.Token} }

// KeyUse is for which records a key was used.
type KeyUse struct {
	ID string `json:"id"`
	// First and Last are the numbers of the first and the last of them.
	First uint64 `json:"first"`
	Last  uint64 `json:"last"`
}

// Back is a record whose time lies before that of an earlier one.
type Back struct {
	Seq  uint64    `json:"seq"`
	Time time.Time `json:"time"`
	// Seconds is by how much.
	Seconds float64 `json:"seconds"`
}

// clockNoise is how far calls that run side by side may be written in another
// order than they began, without being told of.
const clockNoise = time.Second

// Witnessed is what a second place said.
type Witnessed struct {
	Name string `json:"name"`
	// Heads is the number of heads that it holds, Newest the number of the
	// latest record that one of them names.
	Heads  int    `json:"heads"`
	Newest uint64 `json:"newest,omitempty"`
	// Problem says why it was not compared.
	Problem string `json:"problem,omitempty"`
	// Lost says which heads it took and does not hold any more, as the file
	// NotedIn tells.
	Lost    string `json:"lost,omitempty"`
	NotedIn string `json:"noted_in,omitempty"`
	// WriteOnly: it cannot be asked; compare by hand.
	WriteOnly bool `json:"write_only,omitempty"`
}

// Bad says where a chain breaks and why.
type Bad struct {
	// File is the log's file; empty if the fault is not in any.
	File string `json:"file,omitempty"`
	// Line counts from 1; it is left out if the fault is not in any line.
	Line int `json:"line,omitempty"`
	// Seq is the number that the line gives itself, or should have had.
	Seq    uint64 `json:"seq"`
	Reason string `json:"reason"`
}

// String is the reason with its place in the log's files, if it has one.
func (b Bad) String() string {
	switch {
	case b.File == "":
		return b.Reason
	case b.Line == 0:
		return b.File + ": " + b.Reason
	}
	return fmt.Sprintf("%s, line %d: %s", b.File, b.Line, b.Reason)
}
