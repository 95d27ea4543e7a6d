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

// A FIFO in the place of a key's file is refused at once: nobody waits for its other end.
func TestAFIFOInThePlaceOfAKey(t *testing.T) {
	k := OpenFolder(t.TempDir(), nil)
	c, _, err := k.claim(t.Context(), "owner", "other", Record{Digest: "s", Call: "c"})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(t.Context(), Done); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(k.dir, digest("owner")[:16], digest("owner\x00k")), 0o600); err != nil {
		t.Fatal(err)
	}
	answer := make(chan error, 1)
	go func() {
		_, _, err := k.claim(t.Context(), "owner", "k", Record{Digest: "s", Call: "c"})
		answer <- err
	}()
	select {
	case err := <-answer:
		if !errors.Is(err, fault.Internal) {
			t.Errorf("%v", err)
		}
	case <-time.After(time.Minute):
		t.Error("the call waits for the other end of the FIFO")
	}
}
