package audit

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
)

// Report is what Verify found.
type Report struct {
	// Records is the number of good records up to the first bad line.
	Records uint64 `json:"records"`
	// HeadSeq and Head are the number and hash of the last of them. Kept
	// elsewhere, Head shows later that nothing up to it was changed.
	HeadSeq uint64 `json:"head_seq"`
	Head    string `json:"head"`
	// Crashes are the places where a write ended in the middle.
	Crashes []Crash `json:"crashes,omitempty"`
	// Bad is the first thing that no crash explains, nil if all is well.
	Bad *Bad `json:"bad,omitempty"`
}

// Crash is a place where a crash left part of a record. What was cut off was
// never acknowledged to its caller.
type Crash struct {
	// Line counts from 1.
	Line  int   `json:"line"`
	Bytes int64 `json:"bytes"`
	// Vouched says that the record after it carries the digest of these bytes.
	Vouched bool `json:"vouched"`
}

// Bad says where a chain breaks and why.
type Bad struct {
	// Line counts from 1; 0 if the fault is not in any line.
	Line int `json:"line"`
	// Seq is the number that the line gives itself, or should have had.
	Seq    uint64 `json:"seq"`
	Reason string `json:"reason"`
}

// Verify reads the whole file, line by line, and checks the chain. If pin is
// not empty, it is the hash of a record that must be in it: a head that was
// kept elsewhere. A broken chain is no error but a Report with Bad set; errors
// are those of reading.
func (f *File) Verify(ctx context.Context, pin string) (Report, error) {
	file, size, err := f.snapshot(ctx)
	if err != nil {
		return Report{}, err
	}
	defer file.Close()
	report, err := verify(ctx, io.LimitReader(file, size), pin)
	if err != nil {
		return Report{}, readFault(err, f.path)
	}
	return report, nil
}

// verify checks the chain that r holds.
func verify(ctx context.Context, r io.Reader, pin string) (Report, error) {
	v := verifier{pin: pin, torn: sha256.New()}
	lines := bufio.NewReaderSize(r, 256<<10)
	for v.report.Bad == nil {
		if err := ctx.Err(); err != nil {
			return Report{}, err
		}
		line, err := lines.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return Report{}, err
		}
		if len(line) > 0 {
			v.check(bytes.TrimSuffix(line, []byte("\n")))
		}
		if err != nil {
			v.finish()
			break
		}
	}
	return v.report, nil
}

// verifier walks a chain.
type verifier struct {
	report Report
	line   int
	pin    string
	pinned bool
	// torn and crash are what of a crash precedes the next record.
	torn  hash.Hash
	crash Crash
}

// check takes in the next line.
func (v *verifier) check(line []byte) {
	v.line++
	r, body, err := decode(line)
	if err != nil {
		v.fragment(line)
		return
	}
	if reason := v.fault(&r, body); reason != "" {
		v.report.Bad = &Bad{Line: v.line, Seq: r.Seq, Reason: reason}
		return
	}
	v.endCrash(r.Torn != nil)
	v.report.Records++
	v.report.HeadSeq, v.report.Head = r.Seq, r.Hash
	v.pinned = v.pinned || r.Hash == v.pin
}

// fragment takes in a line that is no record.
func (v *verifier) fragment(line []byte) {
	if len(line) == 0 || !crashLeft(line, v.report.HeadSeq+1, v.report.Head) {
		v.report.Bad = &Bad{Line: v.line, Seq: v.report.HeadSeq + 1, Reason: "this is not a record, nor what a crash leaves of the one due here"}
		return
	}
	if v.crash.Line == 0 {
		v.crash.Line = v.line
	} else {
		v.torn.Write([]byte("\n"))
		v.crash.Bytes++
	}
	v.torn.Write(line)
	v.crash.Bytes += int64(len(line))
}

// fault says what is wrong with a record at this place; nothing if it is good.
func (v *verifier) fault(r *Record, body []byte) string {
	due := v.report.HeadSeq + 1
	switch {
	case hashOf(body) != r.Hash:
		return "the record's bytes do not have its hash: it was edited"
	case r.Seq > due:
		return fmt.Sprintf("record %d is due here: records are missing, or moved", due)
	case r.Seq < due:
		return fmt.Sprintf("record %d is due here: records were added, or moved", due)
	case r.Prev != v.report.Head:
		return "the record does not follow the one before it: one of them was replaced"
	case !v.vouches(r.Torn):
		return "the record's digest of what a crash left before it is not of what stands there"
	}
	return ""
}

// vouches reports whether t speaks of the fragments before this line.
func (v *verifier) vouches(t *Torn) bool {
	if t == nil {
		return v.crash.Line == 0
	}
	return v.crash.Line != 0 && t.Bytes == v.crash.Bytes && t.SHA256 == hex.EncodeToString(v.torn.Sum(nil))
}

func (v *verifier) endCrash(vouched bool) {
	if v.crash.Line == 0 {
		return
	}
	v.crash.Vouched = vouched
	v.report.Crashes = append(v.report.Crashes, v.crash)
	v.crash = Crash{}
	v.torn.Reset()
}

// finish takes in the file's end.
func (v *verifier) finish() {
	v.endCrash(false)
	if v.report.Bad == nil && v.pin != "" && !v.pinned {
		v.report.Bad = &Bad{Seq: v.report.HeadSeq, Reason: "no record has the pinned hash: the file was cut off before it, or written anew"}
	}
}
