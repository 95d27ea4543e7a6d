package toolboxtest

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// Write writes a file into the rig's directory and gives its path.
func (r *Rig) Write(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(r.Dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Read reads a file of the rig's directory.
func (r *Rig) Read(t testing.TB, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(r.Dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// Names lists the files in the rig's directory, including hidden ones.
func (r *Rig) Names(t testing.TB) []string {
	t.Helper()
	entries, err := os.ReadDir(r.Dir)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// Tree lists the files below a directory of the rig's, with their content.
func (r *Rig) Tree(t testing.TB, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	below := os.DirFS(filepath.Join(r.Dir, dir))
	err := fs.WalkDir(below, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(below, name)
		found[name] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
