package tool

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

// Files is the one directory that tools may read files from and write files
// to. Names that lead out of it, by "..", by an absolute path or by a symbolic
// link, are refused by the operating system's own means (os.Root).
type Files struct {
	dir  string
	root *os.Root
}

// OpenFiles opens the directory. The error is of kind Invalid or NotFound.
func OpenFiles(dir string) (*Files, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "the files directory %q cannot be resolved", dir)
	}
	root, err := os.OpenRoot(abs)
	if err != nil {
		return nil, fault.Wrap(err, fault.NotFound, "the files directory %q cannot be opened", abs).
			WithCause("%v", reason(err)).WithFix("set files.root in hawser.yaml to a directory that exists")
	}
	return &Files{dir: abs, root: root}, nil
}

// Close releases the directory.
func (f *Files) Close() error { return f.root.Close() }

// Dir is the directory's absolute path.
func (f *Files) Dir() string { return f.dir }

// Open opens a file for reading. Errors are of kind Refused where the name
// leads out of the directory, NotFound, or Invalid.
func (f *Files) Open(name string) (*os.File, error) {
	rel, err := f.inside(name)
	if err != nil {
		return nil, err
	}
	file, err := f.root.Open(rel)
	if err != nil {
		return nil, f.explain(name, err)
	}
	return file, nil
}

// Create begins a new file that appears under its name only when Commit is
// called, whole; until then it stands beside as a hidden partial file, and an
// interrupted write leaves nothing under the name. A name that exists already
// is a Conflict.
func (f *Files) Create(name string) (*NewFile, error) {
	rel, err := f.inside(name)
	if err != nil {
		return nil, err
	}
	if _, err := f.root.Lstat(rel); err == nil {
		return nil, exists(name)
	}
	return f.begin(name, rel)
}

// Replace is Create for a name that may exist: Commit then puts the new file
// in the place of the old one, which until then stands whole.
func (f *Files) Replace(name string) (*NewFile, error) {
	rel, err := f.inside(name)
	if err != nil {
		return nil, err
	}
	file, err := f.begin(name, rel)
	if err == nil {
		file.replaces = true
	}
	return file, err
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

// begin opens the partial file that stands in for rel.
func (f *Files) begin(name, rel string) (*NewFile, error) {
	partial := filepath.Join(filepath.Dir(rel), partialPrefix+rand.Text()[:10]+partialSuffix)
	file, err := f.root.OpenFile(partial, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, f.explain(name, err)
	}
	return &NewFile{File: file, files: f, partial: partial, name: rel}, nil
}

// Stat tells of a file or directory, symbolic links followed within the
// directory. Errors are those of Open.
func (f *Files) Stat(name string) (fs.FileInfo, error) {
	rel, err := f.inside(name)
	if err != nil {
		return nil, err
	}
	info, err := f.root.Stat(rel)
	if err != nil {
		return nil, f.explain(name, err)
	}
	return info, nil
}

// Rel gives name as a slashed path in FS. The error is of kind Refused.
func (f *Files) Rel(name string) (string, error) {
	rel, err := f.inside(name)
	return filepath.ToSlash(rel), err
}

// MkdirAll makes a directory and its parents, inside.
func (f *Files) MkdirAll(name string) error {
	rel, err := f.inside(name)
	if err != nil {
		return err
	}
	if err := f.root.MkdirAll(rel, 0o755); err != nil {
		return f.explain(name, err)
	}
	return nil
}

// FS gives the directory for walking.
func (f *Files) FS() fs.FS { return f.root.FS() }

// inside makes name relative to the directory.
func (f *Files) inside(name string) (string, error) {
	rel := name
	if filepath.IsAbs(name) {
		var err error
		if rel, err = filepath.Rel(f.dir, name); err != nil {
			return "", f.outside(name)
		}
	}
	if strings.ContainsRune(rel, 0) || !filepath.IsLocal(rel) {
		return "", f.outside(name)
	}
	return filepath.Clean(rel), nil
}

// NewFile is a file being written.
type NewFile struct {
	*os.File
	files         *Files
	partial, name string
	replaces      bool
	done          bool
}

// Commit closes the file and gives it its name; over another file only where
// it was begun by Replace. It does not wait for the disk: whatever becomes of
// this process the file is whole, but a power cut moments later may take it.
func (n *NewFile) Commit() error {
	if err := n.Close(); err != nil {
		return errors.Join(n.files.explain(n.name, err), n.remove())
	}
	if n.replaces {
		return n.replace()
	}
	if err := n.files.root.Link(n.partial, n.name); err != nil {
		err = n.renameWhereLinksAreNot(err)
		if err != nil {
			return errors.Join(n.files.explain(n.name, err), n.remove())
		}
		n.done = true
		return nil
	}
	return n.remove()
}

// replace gives the name even where it is taken, but never a directory's.
func (n *NewFile) replace() error {
	if err := n.files.root.Rename(n.partial, n.name); err != nil {
		return errors.Join(n.files.explain(n.name, err), n.remove())
	}
	n.done = true
	return nil
}

// renameWhereLinksAreNot gives the name on a file system without hard links.
func (n *NewFile) renameWhereLinksAreNot(linkErr error) error {
	if errors.Is(linkErr, fs.ErrExist) {
		return linkErr
	}
	if _, err := n.files.root.Lstat(n.name); err == nil {
		return fs.ErrExist
	}
	return n.files.root.Rename(n.partial, n.name)
}

// Abort removes what was written, unless it was committed; it is meant for
// defer. Its error is that of the removal.
func (n *NewFile) Abort() error {
	if n.done {
		return nil
	}
	return errors.Join(ignoreClosed(n.Close()), n.remove())
}

func (n *NewFile) remove() error {
	n.done = true
	return n.files.root.Remove(n.partial)
}

func ignoreClosed(err error) error {
	if errors.Is(err, os.ErrClosed) {
		return nil
	}
	return err
}

var _ io.WriterAt = (*NewFile)(nil) // parts are written in parallel

func exists(name string) *fault.Error {
	return fault.New(fault.Conflict, "the file %q exists already", name).
		WithFix("choose another name, or move the file away")
}

func (f *Files) outside(name string) *fault.Error {
	return fault.New(fault.Refused, "%q lies outside the allowed directory %s", name, f.dir).
		WithFix("name a file inside it, or set files.root in hawser.yaml")
}

// explain turns an operating system's error about name into a fault.
func (f *Files) explain(name string, err error) *fault.Error {
	switch {
	case errors.Is(err, fs.ErrExist):
		return exists(name)
	case errors.Is(err, fs.ErrNotExist):
		return fault.Wrap(err, fault.NotFound, "there is no file %q in %s", name, f.dir)
	case errors.Is(err, fs.ErrPermission):
		return fault.Wrap(err, fault.Refused, "the system does not allow to open %q", name).
			WithFix("check the file's owner and mode")
	case leadsOut(err):
		return f.outside(name)
	default:
		return fault.Wrap(err, fault.Invalid, "the file %q cannot be used", name).WithCause("%v", reason(err))
	}
}

// leadsOut reports os.Root's refusal of a path that escapes, which has no
// exported value: it is a PathError whose cause is no system error.
func leadsOut(err error) bool {
	var path *fs.PathError
	if !errors.As(err, &path) {
		return false
	}
	var system interface{ Timeout() bool } // syscall.Errno on every platform
	return !errors.As(path.Err, &system)
}

func reason(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
