package files_test

import (
	"encoding/binary"
	"io/fs"
	"testing"

	"golang.org/x/sys/unix"
)

// list is an access control list: the owner may read and write, user 1234 may read, the
// group may do nothing, and the mask allows reading.
//
// https://elixir.bootlin.com/linux/v6.8/source/include/uapi/linux/posix_acl_xattr.h
func list() []byte {
	text := binary.LittleEndian.AppendUint32(nil, 2) // the version
	for _, entry := range [][3]uint32{{0x01, 6, ^uint32(0)}, {0x02, 4, 1234}, {0x04, 0, ^uint32(0)}, {0x10, 4, ^uint32(0)}, {0x20, 0, ^uint32(0)}} {
		text = binary.LittleEndian.AppendUint16(text, uint16(entry[0]))
		text = binary.LittleEndian.AppendUint16(text, uint16(entry[1]))
		text = binary.LittleEndian.AppendUint32(text, entry[2])
	}
	return text
}

// Of a file with an access control list, the mode's bits of the group are the list's
// mask. A new file without the list does not give them to the group.
func TestReplaceOfAFileWithAList(t *testing.T) {
	got := replaced(t, 0o600, func(path string) {
		if err := unix.Setxattr(path, "system.posix_acl_access", list(), 0); err != nil {
			t.Skipf("no access control lists here: %v", err)
		}
	}, func(fs.FileInfo) {})
	if got.Mode() != 0o600 {
		t.Errorf("%v", got.Mode())
	}
}
