package audit

import (
	"bytes"
	"context"
	"io"
	"os"
	"testing"
	"time"

	"github.com/gofrs/flock"
)

// HoldLock takes the lock that other processes would.
func HoldLock(t *testing.T, f *File) (release func()) {
	t.Helper()
	l := flock.New(f.path + ".lock")
	if err := l.Lock(); err != nil {
		t.Fatal(err)
	}
	return func() { _ = l.Unlock() }
}

// Parts of the package that tests look into.
var (
	Decode    = decode
	CrashLeft = crashLeft
	Verify    = verify

	DecodeHead    = decodeHead
	DecodeWitness = decodeWitness
	DecodeGiven   = decodeGiven
)

// PutHead makes the head file one of the log as it stands, as if every line had
// been written by us.
func PutHead(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f := &File{path: path}
	if f.tail, err = readTail(bytes.NewReader(data), int64(len(data))); err != nil {
		t.Fatal(err)
	}
	if f.tail.seq == 0 {
		_ = os.Remove(headPath(path))
		return
	}
	if err := f.putHead(); err != nil {
		t.Fatal(err)
	}
	f.closeHead()
}

// Segments gives the paths of the renamed files.
func Segments(t *testing.T, path string) (paths []string) {
	t.Helper()
	found, err := segments(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range found {
		paths = append(paths, s.path)
	}
	return paths
}

// EncodeHead is what a head file would hold.
func EncodeHead(seq uint64, hash string, size int64, latest time.Time) ([]byte, error) {
	return headState{seq, hash, size, latest}.encode()
}

// Backward gives all lines of r, last first.
func Backward(r io.ReaderAt, size int64) (lines []string, at []int64) {
	for b := readBackward(r, size); ; {
		line, start, err := b.next()
		if err != nil {
			return lines, at
		}
		lines, at = append(lines, string(line)), append(at, start)
	}
}

// verify checks the chain that r holds.
func verify(ctx context.Context, r io.Reader, pin string) (Report, error) {
	v := newVerifier(pin)
	if err := v.read(ctx, r); err != nil {
		return Report{}, err
	}
	v.finish()
	return v.done(), nil
}
