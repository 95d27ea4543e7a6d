package jsonfile

import (
	"context"
	"os"
	"syscall"
	"time"

	"github.com/gofrs/flock"

	"github.com/hawser/hawser/internal/fault"
)

const (
	// lockTime is how long a lock is waited for. Its holders have it for milliseconds.
	lockTime = 30 * time.Second
	// lockStep is how often a lock that another process holds is tried.
	lockStep = time.Millisecond
)

// NewLock gives the lock that is the file at path. It is opened without waiting: for a
// FIFO in its place the other end would be waited for.
func NewLock(path string) *flock.Flock {
	return flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDONLY|syscall.O_NONBLOCK))
}

// Hold takes a lock that other processes hold for milliseconds. Errors are of kind
// Canceled or Timeout if the context ended, Unavailable if the lock was not free for
// half a minute, and others if its file can't be used.
func Hold(ctx context.Context, lock *flock.Flock) error { return hold(ctx, lock, lockTime) }

func hold(ctx context.Context, lock *flock.Flock, within time.Duration) error {
	bounded, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	_, err := lock.TryLockContext(bounded, lockStep)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fault.From(ctx.Err())
	case bounded.Err() != nil:
		return fault.New(fault.Unavailable, "another process has held the lock %s for %s", lock.Path(), within).
			WithFix("find the process, such as one that is stopped or a backup that locks the file, and end it")
	}
	return err
}
