// Package files gives tools the local files that a request may use, and no others.
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

// Access is access to the local files that one request may name: those below one
// directory, or all that the program's user may use. A bounded Access refuses
// names that lead out of its directory, by "..", by an absolute path or by a
// symbolic link, by the operating system's own means (os.Root). Either refuses
// Hawser's own files, and what is neither a regular file nor a directory.
type Access struct {
	dir     string // names that are not absolute are relative to it
	home    string // what ~ stands for; "" where it stands for nothing
	bounded bool
	disk    disk
	own     *Own
}

// Open gives the files below a directory, save Hawser's own. The error is
// of kind Invalid, Refused or NotFound.
func Open(dir string, own *Own) (*Access, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "the files directory %q cannot be resolved", dir)
	}
	root, err := openRoot(host{}, abs)
	if err != nil {
		return nil, fault.Wrap(err, fault.NotFound, "the files directory %q cannot be opened", abs).
			WithCause("%v", reason(err)).WithFix("set files.root in hawser.yaml to a directory that exists")
	}
	return within(abs, root, own)
}

// User gives all files of the program's user, save Hawser's own: absolute
// names, names relative to the working directory, and names that begin with
// ~/, which stands for home. The error is of kind Invalid.
func User(home string, own *Own) (*Access, error) {
	dir, err := os.Getwd()
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "the working directory is unknown").WithCause("%v", err)
	}
	return &Access{dir: dir, home: home, disk: host{}, own: own}, nil
}

// Below gives the files below a directory, which bounds them from then on
// whatever becomes of its path. Errors are those of Open.
func (f *Access) Below(name string) (*Access, error) {
	rel, err := f.inside(name)
	if err != nil {
		return nil, err
	}
	root, err := openRoot(f.disk, rel)
	if err != nil {
		return nil, f.explain(name, err)
	}
	abs := rel
	if f.bounded {
		abs = filepath.Join(f.dir, rel)
	}
	return within(abs, root, f.own)
}

// within bounds files by an open directory, which must not be Hawser's own.
func within(dir string, root *os.Root, own *Own) (*Access, error) {
	f := &Access{dir: dir, bounded: true, disk: root, own: own}
	info, err := root.Stat(".")
	if err != nil {
		err = f.explain(dir, err)
	} else {
		err = own.refuse(dir, info)
	}
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return f, nil
}

// Close releases the directory.
func (f *Access) Close() error { return f.disk.Close() }

// Dir is the directory's absolute path.
func (f *Access) Dir() string { return f.dir }

// Open opens a regular file for reading; anything else is refused at once,
// without waiting for a FIFO's other end. Errors are of kind Refused where the
// name leads out of the directory or to one of Hawser's own files, NotFound, or
// Invalid.
func (f *Access) Open(name string) (*os.File, error) {
	rel, err := f.insideFile(name)
	if err != nil {
		return nil, err
	}
	// Opening a device may do something, so it is looked at first, and again
	// once it is open.
	info, err := f.disk.Stat(rel)
	if err != nil {
		return nil, f.explain(name, err)
	}
	if !info.Mode().IsRegular() {
		return nil, notRegular(name, info)
	}
	file, err := f.disk.OpenFile(rel, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, f.explain(name, err)
	}
	if err := f.checkOpen(name, file); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// checkOpen refuses an open file that may not be read.
func (f *Access) checkOpen(name string, file *os.File) error {
	info, err := file.Stat()
	switch {
	case err != nil:
		return f.explain(name, err)
	case !info.Mode().IsRegular():
		return notRegular(name, info)
	}
	return f.own.refuse(name, info)
}

// Stat tells of a file or directory, symbolic links followed. Errors are those
// of Open.
func (f *Access) Stat(name string) (fs.FileInfo, error) { return f.look(name, f.disk.Stat) }

// Lstat tells of what has a name itself, be it a symbolic link. Errors are those of
// Open.
func (f *Access) Lstat(name string) (fs.FileInfo, error) { return f.look(name, f.disk.Lstat) }

// look tells of a name by one of the disk's functions.
func (f *Access) look(name string, stat func(string) (fs.FileInfo, error)) (fs.FileInfo, error) {
	rel, err := f.inside(name)
	if err != nil {
		return nil, err
	}
	info, err := stat(rel)
	if err != nil {
		return nil, f.explain(name, err)
	}
	return info, f.own.refuse(name, info)
}

// ReadDir lists a directory, in no particular order. Errors are those of Open.
func (f *Access) ReadDir(name string) (entries []fs.DirEntry, err error) {
	rel, err := f.inside(name)
	if err != nil {
		return nil, err
	}
	info, err := f.disk.Stat(rel)
	if err != nil {
		return nil, f.explain(name, err)
	}
	if !info.IsDir() {
		return nil, fault.New(fault.Invalid, "%q is not a directory", name)
	}
	if err := f.own.refuse(name, info); err != nil {
		return nil, err
	}
	dir, err := f.disk.OpenFile(rel, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, f.explain(name, err)
	}
	defer func() { err = errors.Join(err, dir.Close()) }()
	if entries, err = dir.ReadDir(-1); err != nil {
		return nil, f.explain(name, err)
	}
	return entries, nil
}

// Owns refuses what is one of Hawser's own files, as Open does; it is for
// entries that ReadDir gave.
func (f *Access) Owns(name string, info fs.FileInfo) error { return f.own.refuse(name, info) }

// MkdirAll makes a directory and its parents. Errors are those of Open.
func (f *Access) MkdirAll(name string) error {
	rel, err := f.inside(name)
	if err != nil {
		return err
	}
	if err := f.mayMake(name, rel); err != nil {
		return err
	}
	if err := f.disk.MkdirAll(rel, 0o755); err != nil {
		return f.explain(name, err)
	}
	return nil
}

// mayMake refuses a directory that would begin within Hawser's own.
func (f *Access) mayMake(name, rel string) error {
	for missing := ""; ; missing, rel = filepath.Base(rel), filepath.Dir(rel) {
		info, err := f.disk.Stat(rel)
		switch {
		case err == nil && missing != "":
			return f.own.refuseName(name, info, missing)
		case err == nil:
			return f.own.refuse(name, info)
		case !errors.Is(err, fs.ErrNotExist) || rel == filepath.Dir(rel):
			return f.explain(name, err)
		}
	}
}

// Path gives the name in the shortest form that still names the same file.
// The error is of kind Refused.
func (f *Access) Path(name string) (string, error) { return f.inside(name) }

// inside gives the name as the disk takes it: relative to the directory where
// that bounds the names, else absolute.
func (f *Access) inside(name string) (string, error) {
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

// insideFile is inside for the name of a file. A slash at the end would be the name
// of a directory.
func (f *Access) insideFile(name string) (string, error) {
	if name != "" && os.IsPathSeparator(name[len(name)-1]) {
		return "", fault.New(fault.Invalid, "%q is the name of a directory, not of a file", name).WithFix("add a file's name, or remove the slash at the end")
	}
	return f.inside(name)
}

// anywhere makes a name absolute.
func (f *Access) anywhere(name string) string {
	rest, ok := strings.CutPrefix(filepath.ToSlash(name), "~")
	switch {
	case ok && f.home != "" && (rest == "" || rest[0] == '/'):
		return filepath.Join(f.home, filepath.FromSlash(rest))
	case filepath.IsAbs(name):
		return filepath.Clean(name)
	}
	return filepath.Join(f.dir, name)
}

func (f *Access) outside(name string) *fault.Error {
	if !f.bounded {
		return fault.New(fault.Invalid, "%q is not a file name", name).WithFix("give the path of a file")
	}
	return fault.New(fault.Refused, "%q is outside the allowed directory %s", name, f.dir).
		WithFix("name a file inside it, or set files.root in hawser.yaml")
}

// explain turns an operating system's error about name into a fault.
func (f *Access) explain(name string, err error) *fault.Error {
	switch {
	case errors.Is(err, fs.ErrExist):
		return exists(name)
	case errors.Is(err, fs.ErrNotExist) && !f.bounded:
		return fault.Wrap(err, fault.NotFound, "there is no file %q", name).
			WithFix("check the path; a relative path begins in %s", f.dir)
	case errors.Is(err, fs.ErrNotExist):
		return fault.Wrap(err, fault.NotFound, "there is no file %q in %s", name, f.dir).
			WithFix("check the path; it is relative to that directory")
	case errors.Is(err, fs.ErrPermission):
		return fault.Wrap(err, fault.Refused, "the system does not allow opening %q", name).
			WithFix("check the file's owner and mode")
	case f.bounded && leadsOut(err):
		return f.outside(name)
	default:
		return fault.Wrap(err, fault.Invalid, "the file %q cannot be used", name).WithCause("%v", reason(err))
	}
}

// leadsOut reports os.Root's refusal of a path that escapes, which has no
// exported value: it is a PathError whose cause is not a system error.
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

func exists(name string) *fault.Error {
	return fault.New(fault.Conflict, "the file %q already exists", name).
		WithFix("choose another name, or move the file elsewhere")
}

func changed(name string) *fault.Error {
	return fault.New(fault.Conflict, "the file %q was changed, moved or removed after the check of what would be overwritten", name).
		WithFix("call again, to be asked about what is there now")
}

// notRegular refuses what is not a regular file, and says what it is.
func notRegular(name string, info fs.FileInfo) *fault.Error {
	return fault.New(fault.Invalid, "%q is not a regular file but %s", name, kindOf(info)).WithFix("name a regular file")
}
