// Package jsonfile keeps a JSON document in a file that its owner alone writes.
// Several processes may use it: each changes it under a lock beside it and replaces
// it whole, so that whoever reads it sees the old document or the new one.
package jsonfile

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"

	"github.com/hawser/hawser/internal/fault"
)

// File is a document of type T.
type File[T any] struct {
	// Path need not exist yet, nor its folder.
	Path string
	// Name is what the document holds, in the plural, for messages: "tokens".
	Name string
	// Secret is true if others may not read the file either.
	Secret bool
	// Parse reads the document and checks it. No document is the zero T.
	Parse func(text []byte) (T, error)
	// Remedy is what to do about a file that cannot be used, where it is not to be
	// repaired: "remove it and create the tokens anew".
	Remedy string
}

// Seen is a document as it was read. The zero Seen means that none was read yet.
type Seen[T any] struct {
	Value T
	info  fs.FileInfo // nil for no document
}

// most bounds the file that is read, in bytes.
const most = 16 << 20

// LockPath is the file whose lock is held for a change.
func (f File[T]) LockPath() string { return f.Path + ".lock" }

// Read returns the document, or before if the file has not changed since. Errors are
// of kind Refused, also for an unchanged file, if others can write it (or read it, if
// it is secret), if it belongs to another user, or if it is not a regular file;
// Invalid if Parse refuses the content; otherwise Internal.
func (f File[T]) Read(before Seen[T]) (Seen[T], error) {
	// Looked at first, since opening a named pipe waits for somebody to write.
	info, err := os.Stat(f.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return Seen[T]{}, nil
	}
	if err == nil {
		err = f.check(info)
	}
	if err != nil {
		return Seen[T]{}, f.unread(err)
	}
	file, err := os.OpenFile(f.Path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // it may be another one by now
	if errors.Is(err, fs.ErrNotExist) {
		return Seen[T]{}, nil
	}
	if err != nil {
		return Seen[T]{}, f.unread(err)
	}
	defer func() { _ = file.Close() }()
	if info, err = file.Stat(); err == nil {
		err = f.check(info)
	}
	if err != nil {
		return Seen[T]{}, f.unread(err)
	}
	if old := before.info; old != nil && os.SameFile(info, old) && info.ModTime().Equal(old.ModTime()) && info.Size() == old.Size() {
		return before, nil
	}
	text, err := io.ReadAll(io.LimitReader(file, most+1))
	switch {
	case err != nil:
		return Seen[T]{}, f.unread(err)
	case len(text) > most:
		return Seen[T]{}, f.damaged(errors.New("it is too large"))
	}
	value, err := f.Parse(text)
	if err != nil {
		return Seen[T]{}, f.damaged(err)
	}
	return Seen[T]{value, info}, nil
}

// Change replaces the document by what change makes of it, under the lock, and
// gives the new one. An error of change is given as it is, and nothing is written.
// The context bounds only the waiting for the lock.
func (f File[T]) Change(ctx context.Context, change func(T) (T, error)) (Seen[T], error) {
	if err := os.MkdirAll(filepath.Dir(f.Path), 0o700); err != nil {
		return Seen[T]{}, f.unwritten(err)
	}
	lock := NewLock(f.LockPath())
	if err := Hold(ctx, lock); err != nil {
		return Seen[T]{}, f.unwritten(err)
	}
	defer func() { _ = lock.Unlock() }()
	old, err := f.Read(Seen[T]{})
	if err != nil {
		return Seen[T]{}, err
	}
	value, err := change(old.Value)
	if err != nil {
		return Seen[T]{}, err
	}
	text, err := json.MarshalIndent(value, "", "  ")
	if err == nil {
		err = Replace(f.Path, append(text, '\n'))
	}
	if err != nil {
		return Seen[T]{}, f.unwritten(err)
	}
	return f.Read(Seen[T]{})
}

// check refuses a file that others could have written.
func (f File[T]) check(info fs.FileInfo) error {
	may, others := "write", fs.FileMode(0o022)
	if f.Secret {
		may, others = "read or write", 0o077
	}
	switch {
	case !info.Mode().IsRegular():
		return fault.New(fault.Refused, "%s, which should hold the %s, is not a regular file", f.Path, f.Name).WithFix("%s", f.Remedy)
	case runtime.GOOS != "windows" && info.Mode().Perm()&others != 0:
		return fault.New(fault.Refused, "other users can %s the %s in %s", may, f.Name, f.Path).
			WithCause("its mode is %04o", info.Mode().Perm()).
			WithFix("check that it holds only what you put there, then: chmod 600 %s; or %s", f.Path, f.Remedy)
	case !ownedByUser(info):
		return fault.New(fault.Refused, "the %s in %s belong to another user", f.Name, f.Path).
			WithFix("run Hawser as the owner of the file, or %s", f.Remedy)
	}
	return nil
}

// unread is the fault of a file that cannot be read; one that was refused stays.
func (f File[T]) unread(err error) error {
	var refused *fault.Error
	if errors.As(err, &refused) {
		return refused
	}
	return fault.Wrap(err, fault.Internal, "the %s in %s can't be read", f.Name, f.Path).WithCause("%v", err).WithFix("let this user read the file, or %s", f.Remedy)
}

// damaged is the fault of a file that holds something else.
func (f File[T]) damaged(err error) error {
	return fault.Wrap(err, fault.Invalid, "the %s in %s can't be read: it has other content", f.Name, f.Path).WithCause("%v", err).
		WithFix("restore its content, or %s", f.Remedy)
}

func (f File[T]) unwritten(err error) error {
	return fault.Wrap(err, fault.Internal, "the %s in %s can't be written", f.Name, f.Path).WithCause("%v", err).WithFix("let this user write there")
}
