//go:build unix

package files_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/hawser/hawser/internal/files"
)

// replaced has a file of a mode replaced, and returns what has its name afterwards. Look
// is called while the new file is written, with its hidden name.
func replaced(t *testing.T, mode fs.FileMode, change func(path string), look func(fs.FileInfo)) fs.FileInfo {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	change(path)
	access, err := files.Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	n, err := access.Replace("a", nil)
	if err != nil {
		t.Fatal(err)
	}
	info, err := n.Stat()
	if err != nil {
		t.Fatal(err)
	}
	look(info)
	if err := n.Commit(); err != nil {
		t.Fatal(err)
	}
	info, err = os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// A file that replaces another has its mode, but for set-user-ID bits; while it is
// written it is its owner's alone.
func TestReplaceKeepsTheMode(t *testing.T) {
	for mode, want := range map[fs.FileMode]fs.FileMode{
		0o644: 0o644, 0o640: 0o640, 0o600: 0o600, 0o755: 0o755, 0o400: 0o400, 0o666: 0o666, 0o755 | fs.ModeSetuid: 0o755,
	} {
		got := replaced(t, mode, func(string) {}, func(part fs.FileInfo) {
			if part.Mode() != 0o600 {
				t.Errorf("%v while it is written", part.Mode())
			}
		})
		if got.Mode() != want || got.Size() != 0 {
			t.Errorf("%v became %v, want %v", mode, got.Mode(), want)
		}
	}
}

// A file that replaces a link is its owner's alone: a link has no mode of its own.
func TestReplaceOfALink(t *testing.T) {
	got := replaced(t, 0o644, func(path string) {
		if err := os.Rename(path, path+"2"); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink("a2", path); err != nil {
			t.Fatal(err)
		}
	}, func(fs.FileInfo) {})
	if got.Mode() != 0o600 {
		t.Errorf("%v", got.Mode())
	}
}

// Owner and group are kept by a user who may give them.
func TestReplaceKeepsTheOwner(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root may change the owner of a file")
	}
	got := replaced(t, 0o640, func(path string) {
		if err := os.Chown(path, 1234, 5678); err != nil {
			t.Fatal(err)
		}
	}, func(fs.FileInfo) {})
	if was := got.Sys().(*syscall.Stat_t); was.Uid != 1234 || was.Gid != 5678 || got.Mode() != 0o640 {
		t.Errorf("owner %d, group %d, %v", was.Uid, was.Gid, got.Mode())
	}
}
