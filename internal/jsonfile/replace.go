package jsonfile

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
)

// Replace writes a file whole, for its owner alone: whoever reads it sees the old
// one or the new one, after a crash as well. Its folder must be there.
func Replace(path string, text []byte) error {
	part, err := os.CreateTemp(filepath.Dir(path), ".part-*") // for its owner alone, by its documentation
	if err != nil {
		return err
	}
	_, err = part.Write(text)
	err = errors.Join(err, part.Sync(), part.Close())
	if err == nil {
		err = os.Rename(part.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(part.Name()))
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder makes the names in a folder last through a crash.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" { // which knows no such thing
		return nil
	}
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
