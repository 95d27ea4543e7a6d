package mcpclients

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/hawser/hawser/internal/fault"
)

// Read is the text of a client's configuration; empty where there is none.
func Read(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fault.Wrap(err, fault.Invalid, "%s can't be read", path).WithCause("%v", err).WithFix("let this user read it")
	}
	return text, nil
}

// Remove removes a configuration of which nothing is left.
func Remove(path string) error {
	if err := os.Remove(path); err != nil {
		return fault.Wrap(err, fault.Invalid, "%s can't be removed", path).WithCause("%v", err).WithFix("let this user remove it")
	}
	return nil
}

// backupEnding is what the file of before is called by.
const backupEnding = ".before-hawser"

// Replace writes a file whole, and what was there beside it. What is undone
// is not what was there before hawser, and is not kept.
func Replace(path string, before, after []byte, undo bool) error {
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
	// A link to the file stays a link: the file it leads to is replaced.
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	part := path + ".hawser-part"
	if err := os.WriteFile(part, after, mode); err != nil {
		return failed(err)
	}
	if err := os.Rename(part, path); err != nil {
		return failed(errors.Join(err, os.Remove(part)))
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
