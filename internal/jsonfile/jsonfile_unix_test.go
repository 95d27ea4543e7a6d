//go:build unix

package jsonfile_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/jsonfile"
)

type numbers = jsonfile.File[[]int]

func parse(text []byte) (all []int, err error) { return all, json.Unmarshal(text, &all) }

func fileIn(t *testing.T) numbers {
	return numbers{Path: filepath.Join(t.TempDir(), "state", "numbers.json"), Name: "numbers", Parse: parse, Remedy: "remove it"}
}

func plus(n int) func([]int) ([]int, error) {
	return func(all []int) ([]int, error) { return append(all, n), nil }
}

// Changes made side by side all last, and leave nothing but the file and its lock.
func TestChangesSideBySide(t *testing.T) {
	f := fileIn(t)
	if seen, err := f.Read(jsonfile.Seen[[]int]{}); err != nil || seen.Value != nil {
		t.Fatalf("%v, %v", seen, err)
	}
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			if _, err := f.Change(t.Context(), plus(i)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	seen, err := f.Read(jsonfile.Seen[[]int]{})
	entries, _ := os.ReadDir(filepath.Dir(f.Path))
	info, _ := os.Stat(f.Path)
	if err != nil || len(seen.Value) != 16 || len(entries) != 2 || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v, %v, %v", seen.Value, err, entries, info.Mode())
	}
}

// A change that fails writes nothing, and a file is read anew only where it changed.
func TestReadingAnew(t *testing.T) {
	f := fileIn(t)
	reads := 0
	f.Parse = func(text []byte) ([]int, error) { reads++; return parse(text) }
	seen, err := f.Change(t.Context(), plus(1))
	if err != nil {
		t.Fatal(err)
	}
	before := reads
	if seen, err = f.Read(seen); err != nil || reads != before || len(seen.Value) != 1 {
		t.Errorf("%v, %v, read %d times", seen.Value, err, reads-before)
	}
	own := errors.New("no")
	if _, err := f.Change(t.Context(), func([]int) ([]int, error) { return nil, own }); !errors.Is(err, own) {
		t.Errorf("%v", err)
	}
	if _, err := f.Change(t.Context(), plus(2)); err != nil {
		t.Fatal(err)
	}
	if seen, err = f.Read(seen); err != nil || len(seen.Value) != 2 {
		t.Errorf("%v, %v", seen.Value, err)
	}
}

// What others could have written, what is not a file and what holds something else
// is neither read nor written over; a named pipe is not waited for.
func TestWhatIsNotTaken(t *testing.T) {
	tests := map[string]struct {
		secret bool
		make   func(path string) error
		want   error
	}{
		"others write":          {false, func(path string) error { return os.Chmod(path, 0o622) }, fault.Refused},
		"the group writes":      {false, func(path string) error { return os.Chmod(path, 0o660) }, fault.Refused},
		"others read":           {false, func(path string) error { return os.Chmod(path, 0o644) }, nil},
		"others read a secret":  {true, func(path string) error { return os.Chmod(path, 0o640) }, fault.Refused},
		"a folder":              {false, func(path string) error { return errors.Join(os.Remove(path), os.Mkdir(path, 0o700)) }, fault.Refused},
		"a pipe":                {false, func(path string) error { return errors.Join(os.Remove(path), syscall.Mkfifo(path, 0o600)) }, fault.Refused},
		"something else":        {false, func(path string) error { return os.WriteFile(path, []byte("x"), 0o600) }, fault.Invalid},
		"nothing":               {false, func(path string) error { return os.Truncate(path, 0) }, fault.Invalid},
		"more than can be held": {false, func(path string) error { return os.Truncate(path, 17<<20) }, fault.Invalid},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := fileIn(t)
			f.Secret = tt.secret
			seen, err := f.Change(t.Context(), plus(1))
			if err == nil {
				err = tt.make(f.Path)
			}
			if err != nil {
				t.Fatal(err)
			}
			before, _ := os.Lstat(f.Path)
			_, err = f.Read(seen)
			_, err2 := f.Change(t.Context(), plus(2))
			for _, err := range []error{err, err2} {
				if !errors.Is(err, tt.want) || err != nil && (fault.From(err).Fix == "" || !strings.Contains(err.Error(), f.Path)) {
					t.Errorf("%v", err)
				}
			}
			if after, err := os.Lstat(f.Path); tt.want != nil && (err != nil || !os.SameFile(before, after)) {
				t.Errorf("written over: %v", err)
			}
		})
	}
}
