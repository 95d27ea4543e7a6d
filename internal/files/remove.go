package files

import (
	"errors"
	"io/fs"
	"path/filepath"

	"github.com/hawser/hawser/internal/fault"
)

// Remove removes a regular file that was seen, the result of Lstat. It is a Conflict if
// the file was written since, replaced or removed. Its directory is held open, so that
// the path may lead elsewhere in the meantime. The other errors are those of Open.
func (f *Access) Remove(name string, seen fs.FileInfo) (err error) {
	rel, err := f.insideFile(name)
	if err != nil {
		return err
	}
	dir, err := openRoot(f.disk, filepath.Dir(rel))
	if err != nil {
		return f.explain(name, err)
	}
	defer func() { err = errors.Join(err, dir.Close()) }()
	base := filepath.Base(rel)
	now, err := dir.Lstat(base)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && !Unchanged(seen, now):
		return fault.New(fault.Conflict, "the file %q was written, moved or removed in the meantime", name).WithFix("look at it, and remove it yourself")
	case err != nil:
		return f.explain(name, err)
	case !now.Mode().IsRegular():
		return notRegular(name, now)
	}
	if err := f.own.refuse(name, now); err != nil {
		return err
	}
	if err := dir.Remove(base); err != nil {
		return f.explain(name, err)
	}
	return nil
}
