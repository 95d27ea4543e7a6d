package mcpclients

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
)

// mostText is how large a client's configuration may be, in bytes.
const mostText = 64 << 20

// Read is the text of a client's configuration; empty where there is none.
func Read(path string) ([]byte, error) {
	text, err := files.ReadRegular(path, mostText)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, unread(path, err)
	}
	return text, nil
}

func unread(path string, err error) error {
	return fault.Wrap(err, fault.Invalid, "%s can't be read", path).WithCause("%v", err).WithFix("make it a regular file that this user may read")
}

// behind is the file that a path leads to. A link to the file stays a link, and clients
// whose paths lead to one file have one backup.
func behind(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}

// unchanged refuses to write over a file that holds something else than was read. The
// error is a Conflict.
func unchanged(path string, before []byte) error {
	now, err := Read(path)
	if err != nil {
		return err
	}
	if !bytes.Equal(now, before) {
		return fault.New(fault.Conflict, "%s was changed in the meantime", path).WithFix("run the command again, to see the change to what is there now")
	}
	return nil
}

// Remove removes a configuration of which nothing is left, where it still holds what
// was read.
func Remove(path string, before []byte) error {
	path = behind(path)
	if err := unchanged(path, before); err != nil {
		return err
	}
	if err := os.Remove(path); err != nil {
		return fault.Wrap(err, fault.Invalid, "%s can't be removed", path).WithCause("%v", err).WithFix("let this user remove it")
	}
	return nil
}

// backupEnding is what the file of before is called by.
const backupEnding = ".before-hawser"

// Replace writes a file whole, where it still holds what was read, and what was there
// beside it. What is undone is not what was there before hawser, and is not kept.
func Replace(path string, before, after []byte, undo bool) error {
	path = behind(path)
	if err := unchanged(path, before); err != nil {
		return err
	}
	failed := func(err error) error {
		return fault.Wrap(err, fault.Invalid, "%s can't be written", path).WithCause("%v", err).WithFix("let this user write it")
	}
	mode := fs.FileMode(0o600)
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
		if undo {
			before = nil
		}
		if err := keepFirst(path+backupEnding, before, mode); err != nil {
			return failed(err)
		}
	} else if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return failed(err)
	}
	part, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".hawser-*")
	if err != nil {
		return failed(err)
	}
	_, err = part.Write(after)
	if err = errors.Join(err, part.Close(), os.Chmod(part.Name(), mode)); err == nil {
		err = os.Rename(part.Name(), path)
	}
	if err != nil {
		return failed(errors.Join(err, os.Remove(part.Name())))
	}
	return nil
}

// keepFirst keeps what a file was before hawser first changed it.
func keepFirst(path string, text []byte, mode fs.FileMode) error {
	if text == nil {
		return nil
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}

// Difference shows what changes, line by line.
func Difference(before, after string) string {
	a, b := strings.Split(strings.TrimRight(before, "\n"), "\n"), strings.Split(strings.TrimRight(after, "\n"), "\n")
	if before == "" {
		a = nil
	}
	if after == "" {
		b = nil
	}
	head := 0
	for head < min(len(a), len(b)) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < min(len(a), len(b))-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	var out strings.Builder
	for _, line := range a[head : len(a)-tail] {
		fmt.Fprintf(&out, "- %s\n", line)
	}
	for _, line := range b[head : len(b)-tail] {
		fmt.Fprintf(&out, "+ %s\n", line)
	}
	return out.String()
}
