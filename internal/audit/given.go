package audit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"github.com/hawser/hawser/internal/fault"
)

// given is which heads one witness took. A witness that holds fewer has lost
// some; one that took none is new.
type given struct {
	First Head `json:"first"`
	Last  Head `json:"last"`
	// Count is how many heads it took of records that each came after all before.
	Count int `json:"count"`
}

// givenFile tells what the witnesses of logs took, by the log's path and the
// witness's name. Several processes may use it.
type givenFile struct{ path string }

// givenMost bounds the file that is read, in bytes.
const givenMost = 4 << 20

// givenLock is how often a lock that somebody else holds is tried.
const givenLock = 10 * time.Millisecond

type givenTo map[string]map[string]given

// read gives what the file holds; nothing where it is not there.
func (g givenFile) read() (givenTo, error) {
	file, err := os.Open(g.path)
	if errors.Is(err, fs.ErrNotExist) {
		return givenTo{}, nil
	}
	if err != nil {
		return nil, ioFault(err, "the list of what witnesses took, %s, can't be read", g.path)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, givenMost))
	if err != nil {
		return nil, ioFault(err, "the list of what witnesses took, %s, can't be read", g.path)
	}
	return decodeGiven(text, g.path)
}

// decodeGiven reads the text of such a file.
func decodeGiven(text []byte, path string) (givenTo, error) {
	all := givenTo{}
	if err := json.Unmarshal(text, &all); err != nil || all == nil {
		return nil, fault.Wrap(err, fault.Invalid, "%s holds something else than a list of what witnesses took", path).
			WithFix("put back what it held; or remove it, and what witnesses took until now is forgotten")
	}
	return all, nil
}

// add notes that a witness took a head.
func (g givenFile) add(ctx context.Context, log, place string, h Head) error {
	if err := os.MkdirAll(filepath.Dir(g.path), 0o700); err != nil {
		return ioFault(err, "the folder of %s can't be made", g.path)
	}
	lock := flock.New(g.path + ".lock")
	if ok, err := lock.TryLockContext(ctx, givenLock); err != nil || !ok {
		return ioFault(err, "the lock beside %s can't be taken", g.path)
	}
	defer func() { _ = lock.Unlock() }()
	all, err := g.read()
	if err != nil {
		return err
	}
	if all[log] == nil {
		all[log] = map[string]given{}
	}
	all[log][place] = all[log][place].and(h)
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the list of what witnesses took cannot be written as JSON")
	}
	return g.replace(append(text, '\n'))
}

// replace gives the file another text in one step.
func (g givenFile) replace(text []byte) error {
	next, err := os.CreateTemp(filepath.Dir(g.path), "."+filepath.Base(g.path)+"-*") // of mode 0600
	if err != nil {
		return ioFault(err, "%s can't be written", g.path)
	}
	defer os.Remove(next.Name())
	_, err = next.Write(text)
	if err = errors.Join(err, next.Close()); err == nil {
		err = os.Rename(next.Name(), g.path)
	}
	if err != nil {
		return ioFault(err, "%s can't be written", g.path)
	}
	return nil
}

// and is g after one more head. Processes that write side by side may bring
// theirs in another order than the records'; the older one is not counted.
func (g given) and(h Head) given {
	if g.Count > 0 && h.Seq <= g.Last.Seq {
		return g
	}
	if g.Count == 0 {
		g.First = h
	}
	g.Last, g.Count = h, g.Count+1
	return g
}

// lost says which heads a witness should hold and does not; nothing if it holds
// all.
func (g given) lost(heads []Head) string {
	if g.Count == 0 {
		return ""
	}
	first, last, held := false, false, map[uint64]bool{}
	for _, h := range heads {
		first = first || h.Seq == g.First.Seq && h.Hash == g.First.Hash
		last = last || h.Seq == g.Last.Seq && h.Hash == g.Last.Hash
		held[h.Seq] = true
	}
	switch {
	case len(heads) == 0:
		return fmt.Sprintf("it took %s, and holds none", countOf(g.Count, "head"))
	case !first:
		return fmt.Sprintf("it took the head of record %d, and does not hold it any more", g.First.Seq)
	case !last:
		return fmt.Sprintf("it took the head of record %d, and does not hold it any more", g.Last.Seq)
	case len(held) < g.Count:
		return fmt.Sprintf("it took %s, and holds only %d", countOf(g.Count, "head"), len(held))
	}
	return ""
}

// countOf is a number of things in words.
func countOf(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// givenFile is where this log notes what its witnesses took.
func (f *File) givenFile() givenFile {
	if f.options.Given != "" {
		return givenFile{f.options.Given}
	}
	return givenFile{f.path + ".witnessed"}
}

// logName is the log's name in the list.
func (f *File) logName() string {
	if path, err := filepath.Abs(f.path); err == nil {
		return path
	}
	return f.path
}
