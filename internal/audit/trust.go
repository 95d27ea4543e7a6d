package audit

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"

	"github.com/hawser/hawser/internal/fault"
)

// reopen opens what stands at path, after making sure that it is ours alone.
func (f *File) reopen() error {
	if err := refuse(f.path); err != nil {
		return err
	}
	file, err := os.OpenFile(f.path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return ioFault(err, "the audit file %s can't be opened", f.path)
	}
	named, err := os.Lstat(f.path)
	opened, err2 := file.Stat()
	if err := errors.Join(err, err2); err != nil || !os.SameFile(named, opened) {
		_ = file.Close()
		return fault.Wrap(err, fault.Refused, "the audit file %s was changed while it was opened", f.path)
	}
	f.file = file
	if opened.Size() == 0 {
		syncDir(filepath.Dir(f.path))
	}
	return nil
}

// syncDir makes a new file's name last. Where folders can't be synced nothing
// is lost but that.
func syncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}

// refuse tells why the file at path, or its folder, is not to be trusted. A
// folder that a group may write is let pass, for on many systems that group is
// the owner alone.
func refuse(path string) error {
	dir, err := os.Stat(filepath.Dir(path))
	if err != nil {
		return ioFault(err, "the folder of the audit file %s can't be read", path)
	}
	if writable(dir, 0o002) && dir.Mode()&fs.ModeSticky == 0 {
		return fault.New(fault.Refused, "all users can write to %s, the directory of the audit file", filepath.Dir(path)).
			WithFix("chmod o-w %s", filepath.Dir(path))
	}
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return ioFault(err, "the audit file %s can't be read", path)
	case !info.Mode().IsRegular():
		return fault.New(fault.Refused, "the audit file %s is a link or not a regular file", path).
			WithFix("use a regular file for the audit log")
	case writable(info, 0o022):
		return fault.New(fault.Refused, "other users can write to the audit file %s", path).WithFix("chmod 600 %s", path)
	}
	return nil
}

// writable looks at permissions where they mean something.
func writable(info fs.FileInfo, bits fs.FileMode) bool {
	return runtime.GOOS != "windows" && info.Mode().Perm()&bits != 0
}

func ioFault(err error, format string, args ...any) error {
	e := fault.Wrap(err, fault.Internal, format, args...)
	var at *fs.PathError
	if errors.As(err, &at) {
		e = e.WithCause("%s: %v", at.Path, at.Err).WithFix("check that path, or use another file for the audit log")
	}
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EFBIG):
		return e.WithCause("no space is left on the disk").WithFix("free space on the disk, or use another file for the audit log")
	case errors.Is(err, fs.ErrPermission):
		return e.WithCause("permission denied").WithFix("run as the file's owner, or use another file for the audit log")
	}
	return e
}
