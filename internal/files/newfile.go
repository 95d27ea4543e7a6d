package files

import (
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/hawser/hawser/internal/fault"
)

// Create begins a new file that appears under its name only when Commit is
// called, whole; until then it stands beside as a hidden partial file, and an
// interrupted write leaves nothing under the name. A name that exists already
// is a Conflict; the other errors are those of Open.
func (f *Access) Create(name string) (*NewFile, error) {
	n, err := f.begin(name)
	if err != nil {
		return nil, err
	}
	if _, err := n.dir.Lstat(n.base); err == nil {
		return nil, errors.Join(exists(name), n.Abort())
	}
	return n, nil
}

// Replace is Create for a name that may exist: Commit replaces the old file, which is
// unchanged until then. Only regular files and symbolic links are replaced; of a link,
// the link itself. If seen is set, the result of Lstat, Commit replaces only that file:
// it is a Conflict if the file was written since, replaced or removed.
func (f *Access) Replace(name string, seen fs.FileInfo) (*NewFile, error) {
	n, err := f.begin(name)
	if err != nil {
		return nil, err
	}
	n.replaces, n.seen = true, seen
	return n, nil
}

// How the files are called that are not whole yet.
const (
	partialPrefix = ".hawser-"
	partialSuffix = ".partial"
)

// IsPartial reports the name of a file that was begun and not committed; a
// process that was killed may leave one.
func IsPartial(name string) bool {
	return strings.HasPrefix(name, partialPrefix) && strings.HasSuffix(name, partialSuffix)
}

// NewFile is a file being written.
type NewFile struct {
	*os.File
	files               *Access
	dir                 *os.Root // the directory that the file is to stand in
	name, base, partial string
	replaces            bool
	seen                fs.FileInfo // the one that may be replaced; nil is any
	done                bool
}

// begin opens the partial file that stands in for a name, in the directory of
// the name, which is held open so that its path may lead elsewhere by the time
// of Commit.
func (f *Access) begin(name string) (*NewFile, error) {
	rel, err := f.insideFile(name)
	if err != nil {
		return nil, err
	}
	dir, err := openRoot(f.disk, filepath.Dir(rel))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.Wrap(err, fault.NotFound, "there is no directory %q for the file %q", filepath.Dir(name), name).
			WithFix("create the directory first, or name a file in one that exists")
	}
	if err != nil {
		return nil, f.explain(name, err)
	}
	n := &NewFile{files: f, dir: dir, name: name, base: filepath.Base(rel)}
	n.partial = partialPrefix + rand.Text()[:10] + partialSuffix
	if _, err := n.mayTake(); err != nil {
		return nil, errors.Join(err, dir.Close())
	}
	if n.File, err = dir.OpenFile(n.partial, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600); err != nil {
		return nil, errors.Join(f.explain(name, err), dir.Close())
	}
	return n, nil
}

// mayTake refuses a name that is Hawser's own, or that something has which is
// neither a regular file nor a symbolic link. It returns what has the name; nil is
// nothing.
func (n *NewFile) mayTake() (fs.FileInfo, error) {
	parent, err := n.dir.Stat(".")
	if err != nil {
		return nil, n.files.explain(n.name, err)
	}
	if err := n.files.own.refuseName(n.name, parent, n.base); err != nil {
		return nil, err
	}
	info, err := n.dir.Lstat(n.base)
	switch {
	case errors.Is(err, fs.ErrNotExist) && n.seen == nil:
		return nil, nil
	case errors.Is(err, fs.ErrNotExist), err == nil && n.seen != nil && !Unchanged(n.seen, info):
		return nil, changed(n.name)
	case err != nil:
		return nil, n.files.explain(n.name, err)
	case !info.Mode().IsRegular() && info.Mode()&fs.ModeSymlink == 0:
		return nil, notRegular(n.name, info)
	}
	return info, n.files.own.refuse(n.name, info)
}

// Within returns a Conflict if the file is in another directory than dir, since the
// directory's path leads elsewhere by now.
func (n *NewFile) Within(dir fs.FileInfo) error {
	info, err := n.dir.Stat(".")
	switch {
	case err != nil:
		return n.files.explain(n.name, err)
	case !os.SameFile(info, dir):
		return fault.New(fault.Conflict, "the directory of %q was replaced by another one in the meantime", n.name).WithFix("call again")
	}
	return nil
}

// Unchanged reports whether two looks at a name found the same file with nothing
// written to it between them, as far as device, inode, size and time tell.
func Unchanged(before, after fs.FileInfo) bool {
	return os.SameFile(before, after) && before.Mode().Type() == after.Mode().Type() &&
		before.Size() == after.Size() && before.ModTime().Equal(after.ModTime())
}

// Commit closes the file and gives it its name; over another file only where
// it was begun by Replace. It does not wait for the disk: whatever becomes of
// this process the file is whole, but a power cut moments later may take it.
//
// A file that replaces a regular file gets its mode, and its owner and group where the
// system permits it. Every other file can be read by its owner alone.
func (n *NewFile) Commit() error {
	old, err := n.mayTake()
	if err == nil && old != nil && old.Mode().IsRegular() {
		n.keepAccess(old)
	}
	if closed := n.Close(); err == nil && closed != nil {
		err = n.files.explain(n.name, closed)
	}
	if err == nil {
		_, err = n.mayTake()
	}
	if err == nil {
		err = n.give()
	}
	return errors.Join(err, n.discard())
}

// give gives the file its name.
func (n *NewFile) give() error {
	if n.replaces {
		return n.rename()
	}
	err := n.dir.Link(n.partial, n.base)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrExist):
		return exists(n.name)
	}
	// The file system has no hard links.
	if _, err := n.dir.Lstat(n.base); err == nil {
		return exists(n.name)
	}
	return n.rename()
}

func (n *NewFile) rename() error {
	if err := n.dir.Rename(n.partial, n.base); err != nil {
		return n.files.explain(n.name, err)
	}
	return nil
}

// Abort removes what was written, unless it was committed; it is meant for
// defer. Its error is that of the removal.
func (n *NewFile) Abort() error {
	if n.done {
		return nil
	}
	return errors.Join(ignore(n.Close(), os.ErrClosed), n.discard())
}

// discard removes the partial file, unless it was renamed, and lets go of the
// directory.
func (n *NewFile) discard() error {
	n.done = true
	return errors.Join(ignore(n.dir.Remove(n.partial), fs.ErrNotExist), n.dir.Close())
}

func ignore(err, target error) error {
	if errors.Is(err, target) {
		return nil
	}
	return err
}

var _ io.WriterAt = (*NewFile)(nil) // parts are written in parallel
