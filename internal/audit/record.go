// Package audit records what was done, by whom and through which door, in a
// local file in which every record carries the hash of the one before.
//
// The file is JSON Lines. A line's hash is the SHA-256 of the line's bytes
// without the hash member itself, and those bytes hold the hash of the record
// before, so that no line can be edited, removed, added or moved without
// Verify seeing it. Who may write the file can still cut off its end, or write
// it anew from some line on; to see that too, pin a head hash elsewhere and
// give it to Verify.
//
// Several goroutines and processes may append to one file at a time.
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

// Record is one entry. Seq, Prev, Torn and Hash are set by Append. The order
// of the fields is the order in the file: the chain's ends stand outermost.
type Record struct {
	// Seq counts from 1.
	Seq uint64 `json:"seq"`
	// Prev is the hash of the record before, empty in the first.
	Prev string `json:"prev"`
	// Time is in UTC. Append sets it if it is zero.
	Time time.Time `json:"time"`
	// ID names the call; both of its records bear it. Append makes one where it
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
	Connection string `json:"connection,omitempty"`
	Account    string `json:"account,omitempty"`
	Region     string `json:"region,omitempty"`
	// Input is the call's, as JSON, with its secrets already taken out.
	Input   json.RawMessage `json:"input,omitempty"`
	Outcome Outcome         `json:"outcome,omitempty"`
	Error   *Failure        `json:"error,omitempty"`
	// DurationMS is how long the call took, in milliseconds.
	DurationMS int64 `json:"duration_ms,omitempty"`
	// Torn is set in the first record after a crash in the middle of a write.
	Torn *Torn `json:"torn,omitempty"`
	// Hash is in hexadecimal.
	Hash string `json:"hash,omitempty"`

	// Durable asks Append to return only when the record is on the disk.
	Durable bool `json:"-"`
}

// Failure is what of an error is kept.
type Failure struct {
	Kind    fault.Kind `json:"kind"`
	Message string     `json:"message"`
}

// Torn vouches for the bytes that a crashed write left just before a record.
type Torn struct {
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
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
	r.Time = r.Time.UTC()
	r.Seq, r.Prev, r.Torn = after.seq+1, after.hash, after.torn
}

// encode gives r its hash and gives the line that holds it, with its newline.
func (r *Record) encode() ([]byte, error) {
	r.Hash = ""
	body, err := json.Marshal(r)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "the audit record's input is not JSON").At("input")
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

// digest stands in for an input that is too large to keep.
func digest(input json.RawMessage) json.RawMessage {
	if len(input) <= MaxInput {
		return input
	}
	sum := sha256.Sum256(input)
	return fmt.Appendf(nil, `{"omitted_bytes":%d,"sha256":"%x"}`, len(input), sum)
}
