package mcpclients

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/hawser/hawser/internal/fault"
)

// Two clients whose configurations are one file, by links, have one backup, which holds
// what was there before the first of them was changed.
func TestClientsWithOneFile(t *testing.T) {
	dir := t.TempDir()
	real := filepath.Join(dir, "real.json")
	if err := os.WriteFile(real, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	before := "{}"
	for _, name := range []string{"one.json", "two.json"} {
		link := filepath.Join(dir, name)
		if err := os.Symlink("real.json", link); err != nil {
			t.Fatal(err)
		}
		after := before + " "
		if err := Replace(link, []byte(before), []byte(after), false); err != nil {
			t.Fatal(err)
		}
		before = after
	}
	if kept, err := os.ReadFile(real + backupEnding); err != nil || string(kept) != "{}" {
		t.Errorf("the backup holds %q, %v", kept, err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 4 {
		t.Errorf("%v, %v", entries, err)
	}
}

// What was written after the change was shown is kept.
func TestAConfigurationThatChangesMeanwhile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mcp.json")
	if err := os.WriteFile(path, []byte("theirs"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, before := range []string{"", "shown"} {
		if err := Replace(path, []byte(before), []byte("ours"), false); !errors.Is(err, fault.Conflict) {
			t.Errorf("replaced: %v", err)
		}
		if err := Remove(path, []byte(before)); !errors.Is(err, fault.Conflict) {
			t.Errorf("removed: %v", err)
		}
	}
	if now, err := os.ReadFile(path); err != nil || string(now) != "theirs" {
		t.Errorf("it holds %q, %v", now, err)
	}
}
