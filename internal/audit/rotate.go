package audit

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/fault"
)

// segment is a file of the log that is no longer written.
type segment struct {
	path string
	// first is the number of its first record.
	first uint64
}

// segmentPath is what a file is renamed to: the log's name with the number of
// the file's first record, such as audit-000000000001.jsonl.
func segmentPath(path string, first uint64) string {
	ext := filepath.Ext(path)
	return fmt.Sprintf("%s-%012d%s", strings.TrimSuffix(path, ext), first, ext)
}

// segments lists the renamed files of the log at path, the oldest first.
func segments(path string) ([]segment, error) {
	found, _, err := named(path)
	return found, err
}

// named lists the renamed files of the log at path, and apart from them what
// has such a name and is not a regular file; the lowest number comes first in both.
func named(path string) (files, foreign []segment, err error) {
	entries, err := os.ReadDir(filepath.Dir(path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, ioFault(err, "the folder of the audit file %s can't be read", path)
	}
	ext := filepath.Ext(path)
	prefix := strings.TrimSuffix(filepath.Base(path), ext) + "-"
	for _, entry := range entries {
		digits, ok := strings.CutPrefix(entry.Name(), prefix)
		if !ok {
			continue
		}
		first, err := strconv.ParseUint(strings.TrimSuffix(digits, ext), 10, 64)
		at := filepath.Join(filepath.Dir(path), entry.Name())
		switch {
		case err != nil || segmentPath(path, first) != at:
		case entry.Type().IsRegular():
			files = append(files, segment{at, first})
		default:
			foreign = append(foreign, segment{at, first})
		}
	}
	byNumber := func(a, b segment) int { return cmp.Compare(a.first, b.first) }
	slices.SortFunc(files, byNumber)
	slices.SortFunc(foreign, byNumber)
	return files, foreign, nil
}

// firstRecord reads the first line of a file.
func firstRecord(file io.ReaderAt) (Record, bool) {
	line, err := bufio.NewReader(io.NewSectionReader(file, 0, 1<<40)).ReadBytes('\n')
	if err != nil {
		return Record{}, false
	}
	r, _, err := decode(line[:len(line)-1])
	return r, err == nil
}

// rotate gives the file another name where it has become too large or too old,
// and goes on in a new one. What a crash left at the file's end stays with the
// record that has its digest, so that comes first. A file that cannot be renamed
// is written on: no call waits for that.
func (f *File) rotate(now time.Time) error {
	f.rotation = nil
	if f.tail.size == 0 || f.tail.open || f.tail.torn != nil || f.tail.beside != "" || !f.due(now) {
		return f.begun()
	}
	first, ok := firstRecord(f.file)
	if !ok {
		return nil
	}
	name := segmentPath(f.path, first.Seq)
	if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
		f.tellTaken(name)
		return nil // never written over; Verify reports the other file
	}
	if err := f.file.Close(); err != nil {
		return ioFault(err, "the audit file %s can't be closed", f.path)
	}
	f.file, f.began = nil, time.Time{}
	renameErr := os.Rename(f.path, name)
	if renameErr != nil {
		f.options.tell(ioFault(renameErr, "the audit file %s can't be renamed to %s", f.path, name))
	}
	head, size := f.tail.head, f.tail.size
	if err := f.reopen(); err != nil {
		f.known = false
		return err
	}
	info, err := f.file.Stat()
	if err != nil {
		return ioFault(err, "the audit file %s can't be read", f.path)
	}
	f.info, f.tail = info, tail{head: head, size: size, format: format}
	if renameErr == nil {
		f.tail.size = 0
	}
	return f.begun()
}

// tellTaken reports, once for a name, that the file can't be renamed because the name
// is taken, so that records are still written to it.
func (f *File) tellTaken(name string) {
	if f.taken == name {
		return
	}
	f.taken = name
	f.options.tell(fault.New(fault.Conflict, "the audit file %s has reached its limit and cannot be renamed, because %s exists", f.path, name).
		WithCause("records are still written, to the same file").
		WithFix("find out what %s is (hawser audit verify says whether it belongs to the log), and move it away", name))
}

// due reports whether the file is to be renamed.
func (f *File) due(now time.Time) bool {
	if f.options.MaxSize > 0 && f.tail.size >= f.options.MaxSize {
		return true
	}
	if f.options.MaxAge <= 0 {
		return false
	}
	if f.began.IsZero() {
		first, ok := firstRecord(f.file)
		if !ok {
			return false
		}
		f.began = first.Time
	}
	return now.Sub(f.began) >= f.options.MaxAge
}

// begun prepares the first record of a file that others precede.
func (f *File) begun() error {
	if f.tail.size > 0 || f.tail.seq == 0 {
		return nil
	}
	old, err := segments(f.path)
	if err != nil || len(old) == 0 {
		return err
	}
	f.rotation, err = f.retain(old)
	return err
}

// retain decides which of the renamed files are kept. What was kept until now
// follows from the chain, not from what lies there: a file that is gone, and that
// Keep did not remove, is missing. What is to be removed is verified first, since
// it takes what is wrong with it along. What is found wrong is carried on from
// file to file, so that no later removal hides it.
func (f *File) retain(old []segment) (*Rotation, error) {
	r, err := keptUntil(old[len(old)-1])
	if err != nil {
		return nil, err
	}
	if old[0].first > r.KeptFrom {
		r.note(&Bad{Seq: r.KeptFrom, Reason: fmt.Sprintf("record %d is no longer in any file, and keep did not remove it: records are missing", r.KeptFrom)})
	}
	if f.options.Keep <= 0 {
		return r, nil
	}
	keptFrom := max(r.KeptFrom, old[max(0, len(old)-f.options.Keep)].first)
	gone := slices.IndexFunc(old, func(s segment) bool { return s.first >= keptFrom })
	if gone == 0 {
		return r, nil
	}
	bad, err := verifyRemoved(old[:gone], old[gone])
	if err != nil {
		f.options.tell(readFault(err, f.path)) // they are kept until the next rotation
		return r, nil
	}
	r.note(bad)
	r.KeptFrom = keptFrom
	return r, nil
}

// keptUntil is what the newest of the renamed files says of those before it.
func keptUntil(newest segment) (*Rotation, error) {
	file, err := os.Open(newest.path)
	if err != nil {
		return nil, readFault(err, newest.path)
	}
	defer file.Close()
	r := &Rotation{}
	first, ok := firstRecord(file)
	switch {
	case !ok || first.Seq != newest.first:
		r.note(&Bad{File: filepath.Base(newest.path), Seq: newest.first, Reason: misnamed(newest.first)})
	case first.Rotation != nil && first.Rotation.KeptFrom <= newest.first:
		r = first.Rotation
	}
	r.KeptFrom = max(r.KeptFrom, 1) // a log's first file has no record of it
	return r, nil
}

// verifyRemoved says what is wrong with files that are to be removed, or between
// them and the one that is kept behind them.
func verifyRemoved(gone []segment, next segment) (*Bad, error) {
	v := newVerifier("")
	for _, s := range gone {
		if err := v.part(context.Background(), part{path: s.path, first: s.first}); err != nil {
			return nil, err
		}
		if v.report.Bad != nil {
			return v.report.Bad, nil
		}
	}
	file, err := os.Open(next.path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	line, err := bufio.NewReader(file).ReadBytes('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	v.file, v.line = filepath.Base(next.path), 0
	v.check(bytes.TrimSuffix(line, []byte("\n")))
	return v.report.Bad, nil
}

// prune removes the files before the oldest that is kept, when the record that
// says so is on the disk. It ends at one that cannot be removed, so that no gap
// is left behind it.
func (f *File) prune() {
	if f.options.Keep <= 0 || f.rotation == nil {
		return
	}
	if err := f.file.Sync(); err != nil {
		return // at the next rotation
	}
	old, err := segments(f.path)
	if err != nil {
		return
	}
	for _, s := range old {
		if s.first >= f.rotation.KeptFrom || os.Remove(s.path) != nil {
			return // what could not be removed is at the next rotation
		}
	}
}
