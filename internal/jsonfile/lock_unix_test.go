//go:build unix

package jsonfile_test

import (
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/jsonfile"
)

// Nobody waits for the other end of a FIFO in the place of a lock. Some systems lock it,
// and the others give an error.
func TestAFIFOInThePlaceOfALock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	answer := make(chan error, 1)
	go func() {
		lock := jsonfile.NewLock(path)
		_, err := lock.TryLock()
		if err == nil {
			err = lock.Unlock()
		}
		answer <- err
	}()
	select {
	case err := <-answer:
		t.Logf("locking it gives %v", err)
	case <-time.After(time.Minute):
		t.Error("the lock waits for the other end of the FIFO")
	}
}
