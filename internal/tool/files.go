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

// Files are the local files that one request may name: those below one
// directory, or all that the program's user may use. A bounded Files refuses
// names that lead out of its directory, by "..", by an absolute path or by a
// symbolic link, by the operating system's own means (os.Root).
type Files struct {
	dir     string // names that are not absolute are relative to it
	home    string // what ~ stands for; "" where it stands for nothing
	bounded bool
	disk    disk
}

// OpenFiles gives the files below a directory. The error is of kind Invalid or
// NotFound.
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
	return &Files{dir: abs, bounded: true, disk: root}, nil
}

// UserFiles gives all files of the program's user: absolute names, names
// relative to the working directory, and names that begin with ~/, which
// stands for home. The error is of kind Invalid.
func UserFiles(home string) (*Files, error) {
	dir, err := os.Getwd()
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "the working directory is unknown").WithCause("%v", err)
	}
	return &Files{dir: dir, home: home, disk: host{}}, nil
}

// Close releases the directory.
func (f *Files) Close() error { return f.disk.Close() }

// Dir is the directory's absolute path.
func (f *Files) Dir() string { return f.dir }

// Open opens a file for reading. Errors are of kind Refused where the name
// leads out of the directory, NotFound, or Invalid.
func (f *Files) Open(name string) (*os.File, error) {
	rel, err := f.inside(name)
	if err != nil {
		return nil, err
	}
	file, err := f.disk.OpenFile(rel, os.O_RDONLY, 0)
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
	if _, err := f.disk.Lstat(rel); err == nil {
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
	file, err := f.disk.OpenFile(partial, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
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
	info, err := f.disk.Stat(rel)
	if err != nil {
		return nil, f.explain(name, err)
	}
	return info, nil
}

// ReadDir lists a directory, in no particular order. Errors are those of Open.
func (f *Files) ReadDir(name string) (entries []fs.DirEntry, err error) {
	dir, err := f.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, dir.Close()) }()
	if entries, err = dir.ReadDir(-1); err != nil {
		return nil, f.explain(name, err)
	}
	return entries, nil
}

// Path gives the name in the shortest form that still names the same file.
// The error is of kind Refused.
func (f *Files) Path(name string) (string, error) { return f.inside(name) }

// MkdirAll makes a directory and its parents, inside.
func (f *Files) MkdirAll(name string) error {
	rel, err := f.inside(name)
	if err != nil {
		return err
	}
	if err := f.disk.MkdirAll(rel, 0o755); err != nil {
		return f.explain(name, err)
	}
	return nil
}

// inside gives the name as the disk takes it: relative to the directory where
// that bounds the names, else absolute.
func (f *Files) inside(name string) (string, error) {
	if strings.ContainsRune(name, 0) {
		return "", f.outside(name)
	}
	if !f.bounded {
		return f.anywhere(name), nil
	}
	rel := name
	if filepath.IsAbs(name) {
		var err error
		if rel, err = filepath.Rel(f.dir, name); err != nil {
			return "", f.outside(name)
		}
	}
	if !filepath.IsLocal(rel) {
		return "", f.outside(name)
	}
	return filepath.Clean(rel), nil
}

// anywhere makes a name absolute.
func (f *Files) anywhere(name string) string {
	rest, ok := strings.CutPrefix(filepath.ToSlash(name), "~")
	switch {
	case ok && f.home != "" && (rest == "" || rest[0] == '/'):
		return filepath.Join(f.home, filepath.FromSlash(rest))
	case filepath.IsAbs(name):
		return filepath.Clean(name)
	}
	return filepath.Join(f.dir, name)
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
	if err := n.files.disk.Link(n.partial, n.name); err != nil {
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
	if err := n.files.disk.Rename(n.partial, n.name); err != nil {
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
	if _, err := n.files.disk.Lstat(n.name); err == nil {
		return fs.ErrExist
	}
	return n.files.disk.Rename(n.partial, n.name)
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
	return n.files.disk.Remove(n.partial)
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
	if !f.bounded {
		return fault.New(fault.Invalid, "%q is no file name", name).WithFix("give the path of a file")
	}
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
	case f.bounded && leadsOut(err):
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
