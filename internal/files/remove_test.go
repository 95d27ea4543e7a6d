package files_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
)

// A file is removed only as it was seen.
func TestRemove(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(t *testing.T, path string)
		want   error
	}{
		"as it was": {func(*testing.T, string) {}, nil},
		"written": {func(t *testing.T, path string) {
			if err := os.WriteFile(path, []byte("longer"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, fault.Conflict},
		"replaced": {func(t *testing.T, path string) {
			if err := errors.Join(os.WriteFile(path+"2", []byte("a"), 0o600), os.Rename(path+"2", path)); err != nil {
				t.Fatal(err)
			}
		}, fault.Conflict},
		"a link by now": {func(t *testing.T, path string) {
			if err := errors.Join(os.Rename(path, path+"2"), os.Symlink("a2", path)); err != nil {
				t.Fatal(err)
			}
		}, fault.Conflict},
		"gone": {func(t *testing.T, path string) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}, fault.Conflict},
	} {
		t.Run(name, func(t *testing.T) {
			access, dir := openFiles(t)
			path := filepath.Join(dir, "a")
			if err := os.WriteFile(path, []byte("a"), 0o600); err != nil {
				t.Fatal(err)
			}
			seen, err := access.Lstat("a")
			if err != nil {
				t.Fatal(err)
			}
			before, _ := os.ReadDir(dir)
			tt.change(t, path)
			err = access.Remove("a", seen)
			if (err != nil || tt.want != nil) && !errors.Is(err, tt.want) {
				t.Errorf("%v, want %v", err, tt.want)
			}
			_, err = os.Lstat(path)
			if there := err == nil; there == (tt.want == nil) && name != "gone" {
				t.Errorf("the file is there: %t, of %d before", there, len(before))
			}
		})
	}
}

// Hawser's own files are not removed, nor what lies outside of the directory.
func TestRemoveRefuses(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "own")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	seen, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	access, err := files.Open(dir, &files.Own{Files: []string{path}})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"own", "../x", "."} {
		if err := access.Remove(name, seen); err == nil {
			t.Errorf("%s was removed", name)
		}
	}
	if _, err := os.Lstat(path); err != nil {
		t.Error(err)
	}
}
