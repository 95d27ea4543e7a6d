package files_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
)

func openFiles(t *testing.T) (*files.Access, string) {
	t.Helper()
	dir := t.TempDir()
	access, err := files.Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = access.Close() })
	return access, dir
}

func TestFilesStayInside(t *testing.T) {
	access, dir := openFiles(t)
	outside := t.TempDir()
	if err := os.Symlink(outside, filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(outside, "secret"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "taken"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, file string
		want       fault.Kind
	}{
		{"parent", "../x", fault.Refused},
		{"hidden parent", "a/../../x", fault.Refused},
		{"absolute outside", filepath.Join(outside, "x"), fault.Refused},
		{"through a symlink", "link/x", fault.Refused},
		{"nul", "a\x00b", fault.Refused},
		{"exists", "taken", fault.Conflict},
		{"no such directory", "none/x", fault.NotFound},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := access.Create(tt.file)
			if !errors.Is(err, tt.want) || fault.From(err).Fix == "" && tt.want != fault.NotFound {
				t.Errorf("Create: %v, want %s with a fix", err, tt.want)
			}
		})
	}
	if _, err := access.Open("link/secret"); !errors.Is(err, fault.Refused) {
		t.Errorf("Open through a symlink: %v", err)
	}
}

func TestFileAppearsWholeOrNotAtAll(t *testing.T) {
	access, dir := openFiles(t)
	write := func(name string) *files.NewFile {
		f, err := access.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString("half"); err != nil {
			t.Fatal(err)
		}
		return f
	}
	aborted := write("a.txt")
	if _, err := os.Stat(filepath.Join(dir, "a.txt")); err == nil {
		t.Error("the file has its name before it is whole")
	}
	if err := aborted.Abort(); err != nil {
		t.Error(err)
	}
	committed := write(filepath.Join(dir, "b.txt")) // an absolute name inside is fine
	rival := write("b.txt")
	if err := committed.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := committed.Abort(); err != nil {
		t.Errorf("Abort after Commit: %v", err)
	}
	if err := rival.Commit(); !errors.Is(err, fault.Conflict) {
		t.Errorf("the later of two writers: %v, want a conflict", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 || entries[0].Name() != "b.txt" {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

// A name with a slash at its end is that of a directory, which is neither read nor
// written as a file.
func TestNamesOfDirectoriesAreNotFiles(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := files.Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	if _, err := f.Open("a/"); !errors.Is(err, fault.Invalid) {
		t.Errorf("a/ is read: %v", err)
	}
	if _, err := f.Create("new/"); !errors.Is(err, fault.Invalid) {
		t.Errorf("new/ is made: %v", err)
	}
	if _, err := f.Replace("a/", nil); !errors.Is(err, fault.Invalid) {
		t.Errorf("a/ is replaced: %v", err)
	}
	if names, err := os.ReadDir(dir); err != nil || len(names) != 1 {
		t.Errorf("%v, %v", names, err)
	}
}
