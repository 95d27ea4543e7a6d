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
	"path/filepath"
	"slices"
	"time"
)

type witnessedHead struct {
	Head
	witness string
}

func newVerifier(pin string) *verifier {
	return &verifier{pin: pin, torn: sha256.New(), began: map[string]Begun{}}
}

// verifier walks a chain.
type verifier struct {
	report Report
	file   string
	line   int
	pin    string
	pinned bool
	// torn and crash are what of a crash precedes the next record.
	torn  hash.Hash
	crash Crash
	// last is the version of the last record, latest the latest time so far.
	last   int
	latest time.Time
	// keptFrom is the first record that the chain says is kept.
	keptFrom uint64
	began    map[string]Begun
	// heads are those of witnesses that are still to be met.
	heads []witnessedHead
	// beside is what the head file says, met that its record was found.
	beside headState
	met    bool
}

// part checks one file of the log.
func (v *verifier) part(ctx context.Context, p part) error {
	file, size, done, err := p.open()
	if err != nil {
		return err
	}
	defer done()
	v.report.Files = append(v.report.Files, p.name())
	v.file, v.line = p.name(), 0
	if p.file == nil { // a renamed one, which must begin as its name says
		if first, ok := firstRecord(file); !ok || first.Seq != p.first {
			v.bad(p.first, "%s", misnamed(p.first))
			return nil
		}
	}
	return v.read(ctx, io.NewSectionReader(file, 0, size))
}

func misnamed(first uint64) string {
	return fmt.Sprintf("the file does not begin with record %d, as its name says", first)
}

// foreign reports entries that have the name of a renamed file, but are something else.
func (v *verifier) foreign(s segment) {
	v.file, v.line = filepath.Base(s.path), 0
	v.bad(s.first, "it has the name of a file of the log, and is a link, a folder or a special file")
}

// read checks lines up to the first bad one.
func (v *verifier) read(ctx context.Context, r io.Reader) error {
	lines := bufio.NewReaderSize(r, 256<<10)
	for v.report.Bad == nil {
		if err := ctx.Err(); err != nil {
			return err
		}
		line, err := lines.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if len(line) > 0 {
			v.check(bytes.TrimSuffix(line, []byte("\n")))
		}
		if err != nil {
			return nil
		}
	}
	return nil
}

func (v *verifier) bad(seq uint64, format string, args ...any) {
	if v.report.Bad == nil {
		v.report.Bad = &Bad{File: v.file, Line: v.line, Seq: seq, Reason: fmt.Sprintf(format, args...)}
	}
}

// check takes in the next line.
func (v *verifier) check(line []byte) {
	v.line++
	r, body, err := decode(line)
	if err != nil {
		v.fragment(line)
		return
	}
	if v.report.Records == 0 && v.crash.Line == 0 && r.Seq > 1 {
		// The files before it may have been removed; finish finds out.
		v.report.From, v.report.HeadSeq, v.report.Head = r.Seq, r.Seq-1, r.Prev
		v.latest = r.upTo()
	}
	if reason := v.fault(&r, body); reason != "" {
		v.bad(r.Seq, "%s", reason)
		return
	}
	v.endCrash(r.Torn != nil)
	v.report.Records++
	v.report.HeadSeq, v.report.Head, v.last = r.Seq, r.Hash, r.Format
	v.pinned = v.pinned || r.Hash == v.pin
	v.time(&r)
	v.key(&r)
	v.call(&r)
	v.witness(&r)
	if r.Rotation != nil {
		v.keptFrom = max(v.keptFrom, r.Rotation.KeptFrom)
	}
}

// fragment takes in a line that is not a record.
func (v *verifier) fragment(line []byte) {
	if len(line) == 0 || !crashLeft(line, v.report.HeadSeq+1, v.report.Head) {
		v.bad(v.report.HeadSeq+1, "this is not a record, nor what a crash leaves of the one due here")
		return
	}
	if v.crash.Line == 0 {
		v.crash.File, v.crash.Line = v.file, v.line
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
	case !v.digestAgrees(r.Torn):
		return "the record's digest of what a crash left before it is not of what stands there"
	case r.Beside != "":
		return besideReasons[r.Beside] + " when this record was written: records before it may be missing or replaced"
	case r.Rotation != nil && r.Rotation.Bad != nil:
		return "when this file was begun, the files before it were not whole: " + r.Rotation.Bad.String()
	case r.Format >= format && !r.upTo().Equal(later(r.Time, v.latest)):
		return "the record does not tell the latest time before it"
	}
	return ""
}

var besideReasons = map[Beside]string{
	BesideMissing:    "the head file beside the log was missing",
	BesideUnreadable: "the head file beside the log held something else",
	BesideDiffers:    "the head file beside the log named another last record",
}

// digestAgrees reports whether t speaks of the fragments before this line.
func (v *verifier) digestAgrees(t *Torn) bool {
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

// time notes a clock that went back.
func (v *verifier) time(r *Record) {
	if by := v.latest.Sub(r.Time); by > clockNoise {
		v.report.TimesBack++
		if len(v.report.ClockBack) < maxListed {
			v.report.ClockBack = append(v.report.ClockBack, Back{r.Seq, r.Time, by.Seconds()})
		}
	}
	v.latest = later(r.Time, v.latest)
}

// key notes with which key a record's digests were made.
func (v *verifier) key(r *Record) {
	if r.KeyID == "" {
		return
	}
	i := slices.IndexFunc(v.report.Keys, func(k KeyUse) bool { return k.ID == r.KeyID })
	switch {
	case i >= 0:
		v.report.Keys[i].Last = r.Seq
	case len(v.report.Keys) < maxListed:
		v.report.Keys = append(v.report.Keys, KeyUse{r.KeyID, r.Seq, r.Seq})
	}
}

// call pairs the two records of a call.
func (v *verifier) call(r *Record) {
	switch r.Phase {
	case Before:
		v.began[r.ID] = Begun{r.Seq, r.ID, r.Time, r.Tool, r.Door, r.Actor, r.OnBehalfOf, r.Token}
	case After:
		delete(v.began, r.ID)
	}
}

// witness holds a record against the heads that name its number.
func (v *verifier) witness(r *Record) {
	if r.Seq == v.beside.Seq {
		v.met = r.Hash == v.beside.Hash
	}
	for len(v.heads) > 0 && v.heads[0].Seq <= r.Seq {
		h := v.heads[0]
		v.heads = v.heads[1:]
		if h.Seq == r.Seq && h.Hash != r.Hash {
			v.bad(r.Seq, "%s has another hash of this record: the log was rewritten", h.witness)
			v.report.Records--
			return
		}
	}
}

// finish takes in the log's end.
func (v *verifier) finish() {
	v.endCrash(false)
	if v.report.From > 0 && v.report.From > v.keptFrom {
		v.line = 1
		if len(v.report.Files) > 0 {
			v.file = v.report.Files[0]
		}
		v.bad(1, "the log begins with record %d, and no record says that those before it may be gone: records are missing", v.report.From)
	}
	v.file, v.line = "", 0
	if v.pin != "" && !v.pinned {
		v.bad(v.report.HeadSeq, "no record has the pinned hash: the log was cut off before it, or rewritten")
	}
	if len(v.heads) > 0 {
		h := v.heads[len(v.heads)-1]
		v.bad(h.Seq, "%s holds the hash of record %d, and the log ends with %d: its end is missing", h.witness, h.Seq, v.report.HeadSeq)
	}
}

// finishBeside holds the log's end against the head file.
func (v *verifier) finishBeside(view *view) {
	last, size := v.report.HeadSeq, int64(0)
	if n := len(view.parts); n > 0 {
		size = view.parts[n-1].size
	}
	switch {
	case view.beside == BesideMissing && v.last < format:
	case view.beside != "":
		v.bad(last, "%s: whether the log's end is missing can't be told", map[Beside]string{
			BesideMissing: "there is no head file beside the log", BesideUnreadable: "the head file beside the log holds something else",
		}[view.beside])
	case view.head.Seq > last:
		v.bad(view.head.Seq, "the head file names record %d, which ended at byte %d, and the log ends with record %d at byte %d: "+
			"its end is missing, by a hand or by a power failure", view.head.Seq, view.head.Size, last, size)
	case !v.met:
		v.bad(view.head.Seq, "record %d has another hash than the head file says: one of them was rewritten", view.head.Seq)
	case last > view.head.Seq+1:
		v.bad(last, "the head file names record %d, and the log ends with %d: a killed process explains one record, no more", view.head.Seq, last)
	}
}

// done completes the report.
func (v *verifier) done() Report {
	r := v.report
	for _, b := range v.began {
		r.Began = append(r.Began, b)
	}
	r.Unended = len(r.Began)
	slices.SortFunc(r.Began, func(a, b Begun) int { return int(b.Seq) - int(a.Seq) })
	return r
}
