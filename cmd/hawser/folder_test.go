package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/config"
)

// folder is a home and a working directory, with what the environment says.
type folder struct {
	home, work string
	env        map[string]string
}

func newFolder(t *testing.T) folder {
	t.Helper()
	f := folder{home: t.TempDir(), work: t.TempDir()}
	t.Chdir(f.work)
	t.Setenv("XDG_STATE_HOME", filepath.Join(f.home, "state"))
	f.env = map[string]string{"XDG_CONFIG_HOME": f.home}
	return f
}

// write makes a file with its directories and gives its path.
func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// user writes the user's own configuration, project that of the working
// directory.
func (f folder) user(t *testing.T, text string) string {
	t.Helper()
	return write(t, filepath.Join(f.home, "hawser", "hawser.yaml"), text)
}

func (f folder) project(t *testing.T, text string) string {
	t.Helper()
	return write(t, filepath.Join(f.work, "hawser.yaml"), text)
}

// trusted writes a project's file and trusts it.
func (f folder) trusted(t *testing.T, text string) string {
	t.Helper()
	path := f.project(t, text)
	known, err := config.TrustedPath(path)
	if err != nil {
		t.Fatal(err)
	}
	record, err := config.OpenTrust()
	if err != nil {
		t.Fatal(err)
	}
	if err := record.Add(known, []byte(text), time.Unix(0, 0)); err != nil {
		t.Fatal(err)
	}
	return path
}
