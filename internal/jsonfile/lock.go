package jsonfile

import (
	"os"
	"syscall"

	"github.com/gofrs/flock"
)

// NewLock gives the lock that is the file at path. It is opened without waiting: for a
// FIFO in its place the other end would be waited for.
func NewLock(path string) *flock.Flock {
	return flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDONLY|syscall.O_NONBLOCK))
}
