//go:build unix

package files

import (
	"io/fs"
	"syscall"
)

// keepAccess gives the new file owner, group and mode of the one that it replaces. If the
// group cannot be kept, or an access control list decides what the group may do, the
// group may do no more than everybody: others than before could read the file otherwise.
// The file is its owner's alone until the end, and stays so on a file system without
// modes. Set-user-ID bits are not kept.
func (n *NewFile) keepAccess(old fs.FileInfo) {
	mode := old.Mode().Perm()
	was, ok := old.Sys().(*syscall.Stat_t)
	if !ok {
		return
	}
	uid, gid := int(was.Uid), int(was.Gid)
	if n.Chown(uid, gid) != nil && n.Chown(-1, gid) != nil || n.hasList() {
		const group, others = 0o070, 0o007
		mode &= ^fs.FileMode(group) | (mode&others)<<3
	}
	_ = n.Chmod(mode)
}
