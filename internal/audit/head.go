package audit

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"syscall"
	"time"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
	"github.com/hawser/hawser/internal/strictjson"
)

// Beside says what is wrong with a head file.
type Beside string

// What can be wrong with a head file.
const (
	// BesideMissing: it was not there, though it had been written before.
	BesideMissing Beside = "missing"
	// BesideUnreadable: it held something else than a head.
	BesideUnreadable Beside = "unreadable"
	// BesideDiffers: it named another record than the last of the log.
	BesideDiffers Beside = "differs"
)

// headState is what the head file holds: where the log ended when the last
// record was written.
type headState struct {
	Seq  uint64 `json:"seq"`
	Hash string `json:"hash"`
	// Size is where that record ends in its file, in bytes.
	Size   int64     `json:"size"`
	Latest time.Time `json:"latest"`
}

// headBytes is the length of every head file: it is written over in one call, so
// that a process that is killed leaves the old one or the new one.
const headBytes = 256

func headPath(path string) string { return path + ".head" }

func (h headState) encode() ([]byte, error) {
	raw, err := json.Marshal(h)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the head of the audit log cannot be written as JSON")
	}
	return append(append(raw, bytes.Repeat([]byte(" "), max(0, headBytes-1-len(raw)))...), '\n'), nil
}

// decodeHead reads a head file's text.
func decodeHead(text []byte) (h headState, err error) {
	if err := strictjson.Decode(text, &h); err != nil {
		return h, fault.Wrap(err, fault.Invalid, "this is not a head of an audit log").WithCause("%v", err)
	}
	if sum, err := hex.DecodeString(h.Hash); err != nil || len(sum) != hashSize/2 || h.Seq == 0 || h.Size < 0 {
		return h, fault.New(fault.Invalid, "this is not a head of an audit log")
	}
	return h, nil
}

// readHead reads the head file beside a log and changes nothing. An absent one
// gives BesideMissing, one that holds no head BesideUnreadable.
func readHead(path string) (headState, Beside, error) {
	path = headPath(path)
	if info, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return headState{}, BesideMissing, nil
	} else if err == nil && !info.Mode().IsRegular() {
		return headState{}, BesideUnreadable, nil
	}
	text, err := files.ReadRegular(path, 2*headBytes) // it may be another file by now
	var special files.Special
	var tooLarge files.TooLarge
	switch {
	case errors.As(err, &special), errors.As(err, &tooLarge):
		return headState{}, BesideUnreadable, nil
	case err != nil:
		return headState{}, "", ioFault(err, "the head file %s can't be read", path)
	}
	h, err := decodeHead(text)
	if err != nil {
		return headState{}, BesideUnreadable, nil
	}
	return h, "", nil
}

// putHead writes the head file anew, after the record that it names.
func (f *File) putHead() error {
	text, err := headState{f.tail.seq, f.tail.hash, f.tail.size, f.tail.latest}.encode()
	if err != nil {
		return err
	}
	path := headPath(f.path)
	if now, err := os.Lstat(path); f.headFile == nil || err != nil || !os.SameFile(now, f.headInfo) {
		if err := f.openHead(path); err != nil {
			return err
		}
	}
	if _, err := f.headFile.WriteAt(text, 0); err != nil {
		return ioFault(err, "the head file %s can't be written", path)
	}
	return nil
}

// openHead opens the head file for writing. What stands there and is not a regular
// file of ours is refused.
func (f *File) openHead(path string) error {
	f.closeHead()
	if err := refuse(path); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|syscall.O_NONBLOCK, 0o600) // it may be a pipe by now
	if err != nil {
		return ioFault(err, "the head file %s can't be opened", path)
	}
	info, err := file.Stat()
	switch {
	case err != nil:
	case !info.Mode().IsRegular():
		err = errors.New("it is not a regular file")
	case info.Size() > headBytes:
		err = file.Truncate(0)
	}
	if err != nil {
		_ = file.Close()
		return ioFault(err, "the head file %s can't be opened", path)
	}
	f.headFile, f.headInfo = file, info
	return nil
}

func (f *File) closeHead() {
	if f.headFile != nil {
		_ = f.headFile.Close()
		f.headFile = nil
	}
}

// compare compares the log's tail with the head file before anything is written. The
// next record says what is wrong, so that no later write hides it.
//
// A head that is one record behind is accepted: a process that is killed between its
// two writes leaves it so.
func (f *File) compare() error {
	h, beside, err := readHead(f.path)
	if err != nil {
		return err
	}
	f.tail.beside = ""
	switch {
	case beside == BesideMissing && f.tail.format < format:
		return nil // a new log, or one of the first version
	case beside != "":
		f.tail.beside = beside
		return nil
	case h.Seq == f.tail.seq && h.Hash == f.tail.hash:
		return nil
	case h.Seq+1 == f.tail.seq && h.Hash == f.tail.prev:
		return f.putHead()
	}
	f.tail.beside = BesideDiffers
	if h.Seq > f.tail.seq {
		// Records are gone. The next one follows the last that was written, so
		// that the gap stays.
		f.tail.head = head{h.Seq, h.Hash, later(h.Latest, f.tail.latest)}
	}
	return nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
