//go:build unix

package files

import (
	"io/fs"
	"syscall"
)

// identity tells a file from all others of this machine.
type identity struct{ device, inode uint64 }

// identify gives a file's identity, where the system told it.
func identify(info fs.FileInfo) (identity, bool) {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return identity{}, false
	}
	return identity{device: uint64(stat.Dev), inode: stat.Ino}, true //nolint:unconvert // the type depends on the system
}
