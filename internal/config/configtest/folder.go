// Package configtest makes the directories that configurations are found in, for
// tests.
package configtest

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/config"
)

// Folder is a home and a working directory, which is the process's until the test
// ends.
type Folder struct{ Home, Work string }

// New makes both, empty. What Hawser keeps goes below the home.
func New(t testing.TB) Folder {
	t.Helper()
	f := Folder{Home: t.TempDir(), Work: t.TempDir()}
	t.Chdir(f.Work)
	t.Setenv("XDG_STATE_HOME", filepath.Join(f.Home, "state"))
	return f
}

// Env returns the environment in which the home is the user's.
func (f Folder) Env() []string { return []string{"XDG_CONFIG_HOME=" + f.Home} }

// Write makes a file with its directories and gives its path.
func Write(t testing.TB, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// User writes the user's own configuration.
func (f Folder) User(t testing.TB, text string) string {
	t.Helper()
	return Write(t, filepath.Join(f.Home, "hawser", "hawser.yaml"), text)
}

// Project writes the configuration of the working directory.
func (f Folder) Project(t testing.TB, text string) string {
	t.Helper()
	return Write(t, filepath.Join(f.Work, "hawser.yaml"), text)
}

// Trusted writes the configuration of the working directory and trusts it.
func (f Folder) Trusted(t testing.TB, text string) string {
	t.Helper()
	path := f.Project(t, text)
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
