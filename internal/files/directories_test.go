package files_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/hawser/hawser/internal/files"
)

// A directory has one number by whatever path it is reached.
func TestDirectoriesAreNumberedOnce(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"real", "other"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("real", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	var known files.Directories
	for i, want := range []struct {
		name   string
		number int
	}{{"real", 0}, {"other", 1}, {"link", 0}, {"other", 1}} {
		info, err := os.Stat(filepath.Join(dir, want.name))
		if err != nil {
			t.Fatal(err)
		}
		if got := known.Number(info); got != want.number {
			t.Errorf("%d: %s has the number %d, want %d", i, want.name, got, want.number)
		}
	}
	if got := known.New(); got != 2 {
		t.Errorf("a directory that does not exist has the number %d", got)
	}
}

// What cannot be told is taken for what is usual, and nothing stays behind.
func TestFolding(t *testing.T) {
	access, dir := openFiles(t)
	folding := access.Folding(".", false)
	if err := os.WriteFile(filepath.Join(dir, "name"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "NAME")); (err == nil) != folding.Case {
		t.Errorf("%+v, and looking for NAME gives %v", folding, err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	for pair, want := range map[[2]string]bool{
		{"README", "readme"}: folding.Case, {"\u00e9", "e\u0301"}: folding.Forms, {"a", "b"}: false,
	} {
		if got := folding.Key(pair[0]) == folding.Key(pair[1]); got != want {
			t.Errorf("%q are one name: %t, want %t", pair, got, want)
		}
	}
}
