package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/fault"
)

// A configuration that is there and cannot be read is never taken for none: its
// guard would be lost.
func TestConfigurationsThatLeadNowhere(t *testing.T) {
	for name, make := range map[string]func(path string) error{
		"a link whose target is gone": func(path string) error { return os.Symlink("nowhere", path) },
		"a directory":                 func(path string) error { return os.Mkdir(path, 0o700) },
		"a device":                    func(path string) error { return os.Symlink(os.DevNull, path) },
	} {
		t.Run(name, func(t *testing.T) {
			home := t.TempDir()
			dir := filepath.Join(home, "hawser")
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := make(filepath.Join(dir, "hawser.yaml")); err != nil {
				t.Skip(err)
			}
			getenv := func(string) string { return home }
			if _, err := User(getenv); !errors.Is(err, fault.Invalid) {
				t.Errorf("it is taken: %v", err)
			}
		})
	}
	home := t.TempDir()
	if _, err := User(func(string) string { return home }); err != nil {
		t.Errorf("none: %v", err)
	}
	if err := os.Symlink("nowhere", filepath.Join(home, "hawser")); err == nil {
		if _, err := User(func(string) string { return home }); !errors.Is(err, fault.Invalid) {
			t.Errorf("a directory that leads nowhere is taken: %v", err)
		}
	}
}

// A session policy that is empty would be none.
func TestAnEmptySessionPolicyIsRefused(t *testing.T) {
	for _, text := range []string{`""`, `" "`} {
		_, err := Parse("hawser.yaml", []byte("agents:\n  a:\n    session_policy: "+text+"\n"))
		if !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "hawser.yaml:3") {
			t.Errorf("%s: %v", text, err)
		}
	}
}
