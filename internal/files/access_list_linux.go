package files

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// hasList reports whether the file that is replaced has an access control list, or may
// have one. Then the mode's bits of the group are the list's mask.
//
// https://man7.org/linux/man-pages/man5/acl.5.html
func (n *NewFile) hasList() bool {
	old, err := n.dir.OpenFile(n.base, os.O_RDONLY|syscall.O_NONBLOCK|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return true
	}
	defer func() { _ = old.Close() }()
	_, err = unix.Fgetxattr(int(old.Fd()), "system.posix_acl_access", nil)
	return err == nil || !errors.Is(err, unix.ENODATA) && !errors.Is(err, unix.ENOTSUP)
}
