package audit

import (
	"io"
	"testing"

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
)

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
