// Package audit records what was done, by whom and through which door, in
// local files in which every record carries the hash of the one before.
//
// A file is JSON Lines. A line's hash is the SHA-256 of the line's bytes
// without the hash member itself, and those bytes hold the hash of the record
// before, so that no line can be edited, removed, added or moved without
// Verify seeing it. The number, hash and end of the last record are kept in a
// head file beside the log, so that a tail that was cut off or written anew is
// seen too. Whoever can write both files can still change both: to see that,
// keep heads with a Witness, or pin one by hand and give it to Verify.
//
// A file that has become large or old is renamed, and the chain goes on in a
// new one. Several goroutines and processes may append at a time.
package audit

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/hawser/hawser/internal/fault"
)

// MaxInput is the number of bytes of a record's Input that are kept. Of a
// larger one its size and digest are kept instead.
const MaxInput = 256 << 10

// Phase tells a record made before a call from the one made after it.
type Phase string

// The phases of a call.
const (
	Before Phase = "before"
	After  Phase = "after"
)

// Outcome is how a call ended.
type Outcome string

// The outcomes. A Before record has none.
const (
	OK       Outcome = "ok"
	Failed   Outcome = "error"
	Refused  Outcome = "refused"
	Canceled Outcome = "canceled"
	Partial  Outcome = "partial"
)

// format is the version of the records that are written now. Those of version
// 2 have a head file beside them, and tell the latest time before them.
const format = 2

// Record is one entry. Seq, Prev, Latest, Torn, Beside, Rotation, KeyID,
// Format and Hash are set by Append. The order of the fields is the order in the
// file: the chain's ends stand outermost.
type Record struct {
	// Seq counts from 1.
	Seq uint64 `json:"seq"`
	// Prev is the hash of the record before, empty in the first.
	Prev string `json:"prev"`
	// Time is in UTC. Append sets it if it is zero.
	Time time.Time `json:"time"`
	// ID names the call; both of its records have it. Append makes one where it
	// is empty.
	ID    string `json:"id"`
	Phase Phase  `json:"phase"`
	Tool  string `json:"tool"`
	// Effect is the tool's: read, write or destroy.
	Effect string `json:"effect,omitempty"`
	// Door is cli, mcp, http or ui.
	Door string `json:"door,omitempty"`
	// Actor is a local user's or an agent's name.
	Actor string `json:"actor,omitempty"`
	// OnBehalfOf is whom an agent acts for.
	OnBehalfOf string `json:"on_behalf_of,omitempty"`
	// Token is the id of the token that the caller bore.
	Token      string `json:"token,omitempty"`
	Connection string `json:"connection,omitempty"`
	Account    string `json:"account,omitempty"`
	Region     string `json:"region,omitempty"`
	// Input is the call's, as JSON, with its secrets already taken out.
	Input   json.RawMessage `json:"input,omitempty"`
	Outcome Outcome         `json:"outcome,omitempty"`
	// Reached are the accounts in which calls of AWS were made, or whose things
	// they named, in an After record.
	Reached []string `json:"reached,omitempty"`
	Error   *Failure `json:"error,omitempty"`
	// DurationMS is how long the call took, in milliseconds.
	DurationMS int64 `json:"duration_ms,omitempty"`
	// Latest is the latest time of all records up to this one, where it is
	// later than Time: the clock was set back, or calls that ran side by side
	// were written in another order than they began.
	Latest time.Time `json:"latest,omitzero"`
	// Beside says what was wrong with the head file when this was written.
	Beside Beside `json:"beside,omitempty"`
	// Rotation is set in the first record of a file that another one preceded.
	Rotation *Rotation `json:"rotation,omitempty"`
	// Torn is set in the first record after a crash in the middle of a write.
	Torn *Torn `json:"torn,omitempty"`
	// KeyID is the id of the key with which digests in Input were made, where
	// there is an input.
	KeyID string `json:"key_id,omitempty"`
	// Format is the version of the record; 0 is the first.
	Format int `json:"v,omitempty"`
	// Hash is in hexadecimal.
	Hash string `json:"hash,omitempty"`

	// Durable asks Append to return only when the record is on the disk.
	Durable bool `json:"-"`
}

// Failure is what of an error is kept.
type Failure struct {
	Kind    fault.Kind `json:"kind"`
	Message string     `json:"message"`
	// OutcomeUnknown tells that the call may have been carried out nevertheless.
	OutcomeUnknown bool `json:"outcome_unknown,omitempty"`
}

// Torn describes the bytes that a crashed write left just before a record.
type Torn struct {
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Rotation is what a new file knows of those before it.
type Rotation struct {
	// KeptFrom is the number of the first record of the oldest file that is
	// kept. It grows only by what is removed as Options.Keep says.
	KeptFrom uint64 `json:"kept_from"`
	// Bad is the first thing that was found wrong with those files. Each later
	// file repeats it.
	Bad *Bad `json:"bad,omitempty"`
}

// note keeps the first thing that is wrong.
func (r *Rotation) note(bad *Bad) {
	if r.Bad == nil {
		r.Bad = bad
	}
}

// hashSize is the length of a hash in hexadecimal.
const hashSize = 2 * sha256.Size

// hashMember is what stands between a line's hashed bytes and its hash.
const hashMember = `,"hash":"`

// complete fills in what the caller leaves to Append.
func (r *Record) complete(after tail) {
	if r.ID == "" {
		r.ID = strings.ToLower(rand.Text()[:16])
	}
	if r.Time.IsZero() {
		r.Time = time.Now()
	}
	r.Time = r.Time.Round(0).UTC() // the wall clock alone, as it is written
	r.Seq, r.Prev, r.Torn, r.Beside = after.seq+1, after.hash, after.torn, after.beside
	r.Format, r.Latest = format, time.Time{}
	if after.latest.After(r.Time) {
		r.Latest = after.latest
	}
}

// upTo is the latest time of all records up to r, as r tells it.
func (r *Record) upTo() time.Time {
	if r.Latest.IsZero() {
		return r.Time
	}
	return r.Latest
}

// encode gives r its hash and gives the line that holds it, with its newline.
func (r *Record) encode() ([]byte, error) {
	r.Hash = ""
	body, err := json.Marshal(r)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "the audit record's input is not JSON").At("input")
	}
	if !utf8.Valid(body) { // json.Marshal takes the input's bytes as they are
		return nil, fault.New(fault.Invalid, "the audit record's input is not UTF-8").At("input")
	}
	r.Hash = hashOf(body)
	line := append(body[:len(body)-1], hashMember...)
	line = append(line, r.Hash...)
	return append(line, '"', '}', '\n'), nil
}

// hashOf gives the hash of a record's bytes without their hash member.
func hashOf(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// decode reads a line without its newline, and gives also the bytes that its
// hash is to be taken over. It does not check the hash.
func decode(line []byte) (r Record, body []byte, err error) {
	cut := len(line) - len(hashMember) - hashSize - len(`"}`)
	if cut < 1 || !bytes.HasPrefix(line[cut:], []byte(hashMember)) {
		return r, nil, fault.New(fault.Invalid, "the line does not end in a hash")
	}
	if err := json.Unmarshal(line, &r); err != nil {
		return r, nil, fault.Wrap(err, fault.Invalid, "the line is not a record in JSON")
	}
	body = append(bytes.Clone(line[:cut]), '}')
	return r, body, nil
}

// crashLeft reports whether fragment may be what a crash left of a record
// with this sequence number after the record with the hash prev: its first
// bytes, or zeros where a file system had not yet written them.
func crashLeft(fragment []byte, seq uint64, prev string) bool {
	fragment = bytes.TrimRight(fragment, "\x00")
	want := fmt.Appendf(nil, `{"seq":%d,"prev":"%s",`, seq, prev)
	n := min(len(fragment), len(want))
	return bytes.Equal(fragment[:n], want[:n]) && !json.Valid(fragment)
}

// digest stands in for an input that is too large to keep. Without a key there
// is none: a plain hash of a secret can be found by trying.
func digest(input json.RawMessage, key Key) json.RawMessage {
	switch {
	case len(input) <= MaxInput:
		return input
	case len(key) == 0:
		return fmt.Appendf(nil, `{"omitted_bytes":%d}`, len(input))
	}
	return fmt.Appendf(nil, `{"omitted_bytes":%d,"hmac_sha256":"%s"}`, len(input), key.Digest(input))
}
