package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/hawser/hawser/internal/fault"
)

// Own are Hawser's own files, such as its configuration, state and audit log.
// No tool reads or writes them, whatever path leads to them: files are compared
// by device and inode, so that symbolic and hard links change nothing. The
// paths are looked at each time, since files may appear later. A nil Own holds
// nothing.
type Own struct {
	// Files are paths of files that need not exist: no file may be made under
	// the name either.
	Files []string
	// Families are paths of files with all that lie beside them and have a
	// name that goes on from theirs with a dot or a hyphen, such as a
	// database's -wal.
	Families []string
	// Dirs are directories with all that lies below, save what lies below the
	// directories in Except.
	Dirs, Except []string
}

// ownSeen is what an Own came to when it was looked at.
type ownSeen struct {
	there []fs.FileInfo // the files and directories
	names []ownName
}

// ownName is a name in a directory that exists.
type ownName struct {
	dir    fs.FileInfo
	base   string
	family bool
}

// refuse refuses what exists and is one of the own files or directories.
func (o *Own) refuse(name string, info fs.FileInfo) error {
	seen, err := o.look()
	if err != nil {
		return err
	}
	if seen.has(info) {
		return ownFault(name)
	}
	return nil
}

// refuseName refuses the name base in the directory parent, where it is that
// of an own file or the directory is an own one.
func (o *Own) refuseName(name string, parent fs.FileInfo, base string) error {
	seen, err := o.look()
	if err != nil {
		return err
	}
	if seen.has(parent) {
		return ownFault(name)
	}
	for _, own := range seen.names {
		if os.SameFile(own.dir, parent) && own.is(base) {
			return ownFault(name)
		}
	}
	return nil
}

func ownFault(name string) error {
	return fault.New(fault.Refused, "%q is one of Hawser's own files, which no tool may read or write", name).
		WithFix("name another file")
}

func (s *ownSeen) has(info fs.FileInfo) bool {
	for _, own := range s.there {
		if os.SameFile(own, info) {
			return true
		}
	}
	return false
}

// is compares without regard to case, as some file systems do.
func (n ownName) is(base string) bool {
	if strings.EqualFold(base, n.base) {
		return true
	}
	return n.family && len(base) > len(n.base) && strings.EqualFold(base[:len(n.base)], n.base) &&
		strings.ContainsRune(".-", rune(base[len(n.base)]))
}

// look finds what there is of the own files now. What cannot be looked at is
// an error: it might be the file in question.
func (o *Own) look() (*ownSeen, error) {
	seen := &ownSeen{}
	if o == nil {
		return seen, nil
	}
	for _, path := range o.Files {
		if err := seen.file(path, false); err != nil {
			return nil, err
		}
	}
	for _, path := range o.Families {
		if err := seen.file(path, true); err != nil {
			return nil, err
		}
	}
	for _, path := range o.Dirs {
		if err := seen.dir(path, o.Except); err != nil {
			return nil, err
		}
	}
	return seen, nil
}

// file takes in a file, and those of its family.
func (s *ownSeen) file(path string, family bool) error {
	parent, err := stat(filepath.Dir(path))
	if parent == nil || err != nil {
		return err
	}
	name := ownName{dir: parent, base: filepath.Base(path), family: family}
	s.names = append(s.names, name)
	if err := s.add(path); err != nil || !family {
		return err
	}
	entries, err := readDir(filepath.Dir(path))
	for _, entry := range entries {
		if name.is(entry.Name()) {
			err = errors.Join(err, s.add(filepath.Join(filepath.Dir(path), entry.Name())))
		}
	}
	return err
}

// dir takes in a directory with all below.
func (s *ownSeen) dir(path string, except []string) error {
	for _, e := range except {
		if filepath.Clean(path) == filepath.Clean(e) {
			return nil
		}
	}
	if err := s.add(path); err != nil {
		return err
	}
	entries, err := readDir(path)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		inner := filepath.Join(path, entry.Name())
		if entry.IsDir() {
			err = s.dir(inner, except)
		} else {
			err = s.add(inner)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// add takes in what a path leads to, if anything.
func (s *ownSeen) add(path string) error {
	info, err := stat(path)
	if info != nil {
		s.there = append(s.there, info)
	}
	return err
}

// stat gives nil for what is not there.
func stat(path string) (fs.FileInfo, error) {
	info, err := os.Stat(path) //nolint:gosec // the paths are the configuration's and the state directory's
	if Missing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, unseen(path, err)
	}
	return info, nil
}

// readDir gives nothing for what is not there.
func readDir(path string) ([]fs.DirEntry, error) {
	entries, err := os.ReadDir(path)
	if Missing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, unseen(path, err)
	}
	return entries, nil
}

// Missing reports whether an error says that there is no such file.
func Missing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

func unseen(path string, err error) error {
	return fault.Wrap(err, fault.Refused, "Hawser's own file %s can't be checked, so no file is used", path).
		WithCause("%v", reason(err)).WithFix("let this user read it")
}
