//go:build unix && !linux

package files

// hasList reports that the file that is replaced has no access control list which its
// mode depends on.
func (*NewFile) hasList() bool { return false }
