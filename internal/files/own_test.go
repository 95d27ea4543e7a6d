package files_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
)

// put writes a file with its directory.
func put(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
}

// owned is a directory with own files of every kind, and links to them.
func owned(t *testing.T) (dir string, own *files.Own) {
	t.Helper()
	dir = t.TempDir()
	for _, name := range []string{
		"hawser.yaml", "state/tokens.json", "state/deep/hawser.db", "log/audit.jsonl", "log/audit.jsonl.1",
		"log/auditor.txt", "state/exchange/bot/note.txt", "plain.txt",
	} {
		put(t, filepath.Join(dir, name))
	}
	for link, target := range map[string]string{
		"config-link": "hawser.yaml", "tokens-link": "state/tokens.json", "rotated-link": "log/audit.jsonl.1",
	} {
		if err := os.Link(filepath.Join(dir, target), filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, filepath.Join(dir, link+"-soft")); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("state", filepath.Join(dir, "way")); err != nil {
		t.Fatal(err)
	}
	return dir, &files.Own{
		Files:    []string{filepath.Join(dir, "hawser.yaml"), filepath.Join(dir, "hawser.json")},
		Families: []string{filepath.Join(dir, "log/audit.jsonl")},
		Dirs:     []string{filepath.Join(dir, "state")},
		Except:   []string{filepath.Join(dir, "state/exchange")},
	}
}

func TestOwnFilesAreNeitherReadNorWritten(t *testing.T) {
	dir, own := owned(t)
	bounded, err := files.Open(dir, own)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	free, err := files.User(dir, own)
	if err != nil {
		t.Fatal(err)
	}
	for kind, access := range map[string]*files.Access{"bounded": bounded, "the user's": free} {
		for _, name := range []string{
			"hawser.yaml", "./state/../hawser.yaml", "config-link", "config-link-soft", "state/tokens.json", "tokens-link",
			"tokens-link-soft", "way/tokens.json", "state/deep/hawser.db", "log/audit.jsonl", "log/audit.jsonl.1",
			"rotated-link", "rotated-link-soft", filepath.Join(dir, "hawser.yaml"),
		} {
			if _, err := access.Open(name); !errors.Is(err, fault.Refused) {
				t.Errorf("%s files: reading %s: %v", kind, name, err)
			}
			if _, err := access.Stat(name); !errors.Is(err, fault.Refused) {
				t.Errorf("%s files: looking at %s: %v", kind, name, err)
			}
		}
		for _, name := range []string{
			"hawser.yaml", "hawser.json", "HAWSER.json", "config-link", "state/new", "way/new", "state/deep/new",
			"log/audit.jsonl", "log/audit.jsonl.2", "log/audit.jsonl-wal", "tokens-link",
		} {
			if _, err := access.Replace(name, nil); !errors.Is(err, fault.Refused) {
				t.Errorf("%s files: replacing %s: %v", kind, name, err)
			}
			if _, err := access.Create(name); !errors.Is(err, fault.Refused) {
				t.Errorf("%s files: making %s: %v", kind, name, err)
			}
		}
		for _, name := range []string{"state/a/b", "way/a", "hawser.json", "hawser.json/sub"} {
			if err := access.MkdirAll(name); !errors.Is(err, fault.Refused) {
				t.Errorf("%s files: making the directory %s: %v", kind, name, err)
			}
		}
		if _, err := access.ReadDir("state"); !errors.Is(err, fault.Refused) {
			t.Errorf("%s files: listing the state: %v", kind, err)
		}
		if _, err := access.Below("way/deep"); !errors.Is(err, fault.Refused) {
			t.Errorf("%s files: a root within the state: %v", kind, err)
		}
		for _, name := range []string{"plain.txt", "log/auditor.txt", "state/exchange/bot/note.txt"} {
			file, err := access.Open(name)
			if err != nil {
				t.Errorf("%s files: reading %s: %v", kind, name, err)
				continue
			}
			_ = file.Close()
		}
		exchange, err := access.Below("state/exchange/bot")
		if err != nil {
			t.Fatal(err)
		}
		write(t, exchange, "new "+kind)
	}
	if _, err := files.Open(filepath.Join(dir, "state/deep"), own); !errors.Is(err, fault.Refused) {
		t.Errorf("a root within the state: %v", err)
	}
}

func write(t *testing.T, access *files.Access, name string) {
	t.Helper()
	file, err := access.Create(name)
	if err == nil {
		err = file.Commit()
	}
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
}

// What is Hawser's own by the time of the commit is not replaced.
func TestOwnFilesAreCheckedAtCommit(t *testing.T) {
	dir, own := owned(t)
	access, err := files.Open(dir, own)
	if err != nil {
		t.Fatal(err)
	}
	file, err := access.Replace("plain.txt", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "plain.txt")); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(filepath.Join(dir, "state/tokens.json"), filepath.Join(dir, "plain.txt")); err != nil {
		t.Fatal(err)
	}
	if err := file.Commit(); !errors.Is(err, fault.Refused) {
		t.Errorf("a link to the tokens was replaced: %v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if files.IsPartial(e.Name()) {
			t.Errorf("%s was left behind", e.Name())
		}
	}
}

// A directory whose path leads elsewhere by the time of the commit is still
// the one that was checked.
func TestDirectoryIsHeldUntilCommit(t *testing.T) {
	dir, own := owned(t)
	access, err := files.Open(dir, own)
	if err != nil {
		t.Fatal(err)
	}
	if err := access.MkdirAll("out"); err != nil {
		t.Fatal(err)
	}
	file, err := access.Create("out/new")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(dir, "out"), filepath.Join(dir, "moved")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("state", filepath.Join(dir, "out")); err != nil {
		t.Fatal(err)
	}
	if err := file.Commit(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "state/new")); err == nil {
		t.Error("the file went into the state directory")
	}
	if _, err := os.Stat(filepath.Join(dir, "moved/new")); err != nil {
		t.Error(err)
	}
}
