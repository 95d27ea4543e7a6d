package jsonfile

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/fault"
)

// A lock that another process holds is waited for as long as the context and the limit
// allow.
func TestALockThatIsHeld(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	other, lock := NewLock(path), NewLock(path)
	if ok, err := other.TryLock(); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if err := hold(t.Context(), lock, time.Millisecond); !errors.Is(err, fault.Unavailable) {
		t.Errorf("held for longer than the limit: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Hold(ctx, lock); !errors.Is(err, fault.Canceled) {
		t.Errorf("with a canceled context: %v", err)
	}
	if err := other.Unlock(); err != nil {
		t.Fatal(err)
	}
	if err := Hold(t.Context(), lock); err != nil {
		t.Errorf("free: %v", err)
	}
}
