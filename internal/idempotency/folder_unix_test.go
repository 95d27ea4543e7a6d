//go:build unix

package idempotency

import (
	"errors"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/fault"
)

// A FIFO in the place of a key's file, or of the lock, is refused at once: nobody waits
// for its other end.
func TestAFIFOInTheFolder(t *testing.T) {
	for _, name := range []string{filepath.Join(digest("owner")[:16], digest("owner\x00k")), ".lock"} {
		k := OpenFolder(t.TempDir(), nil)
		c, _, err := k.claim("owner", "other", Record{Digest: "s", Call: "c"})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Close(t.Context(), Done); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(k.dir, name)
		if name == ".lock" {
			if err := syscall.Unlink(path); err != nil {
				t.Fatal(err)
			}
		}
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
		answer := make(chan error, 1)
		go func() {
			_, _, err := k.claim("owner", "k", Record{Digest: "s", Call: "c"})
			answer <- err
		}()
		select {
		case err := <-answer:
			if !errors.Is(err, fault.Internal) {
				t.Errorf("%s: %v", name, err)
			}
		case <-time.After(10 * time.Second):
			t.Errorf("%s: the call waits for the other end of the FIFO", name)
		}
	}
}
