//go:build unix

package s3_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/hawser/hawser/internal/files"
)

// A tree's FIFOs and Hawser's own files fail in both directions, and hold up
// nothing.
func TestCopyLeavesOwnAndSpecialFilesAlone(t *testing.T) {
	s, _ := simStore(t)
	s.Write(t, "tree/plain.txt", []byte("plain"))
	s.Write(t, "tree/tokens.json", []byte("secret"))
	s.Write(t, "tree/state/audit.jsonl", []byte("log"))
	if err := os.Link(filepath.Join(s.Dir, "tree/tokens.json"), filepath.Join(s.Dir, "tree/hard")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(s.Dir, "tree/fifo"), 0o600); err != nil {
		t.Fatal(err)
	}
	files, err := files.Open(s.Dir, &files.Own{
		Files: []string{filepath.Join(s.Dir, "tree/tokens.json")}, Dirs: []string{filepath.Join(s.Dir, "tree/state")},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Files = files
	for _, dry := range []bool{true, false} {
		report, failures := s.copied(t, m{"from": "tree", "to": s.url("up/"), "dry_run": dry})
		if got := tally(report); got != [3]float64{1, 0, 4} || !strings.Contains(failures["tree/hard"], "Hawser's own") {
			t.Errorf("up: %v, %v", got, failures)
		}
	}
	s.fill(t, "down/plain.txt", "down/tokens.json", "down/hard", "down/state/new", "down/fifo")
	report, failures := s.copied(t, m{"from": s.url("down/"), "to": "tree"})
	if got := tally(report); got != [3]float64{1, 0, 4} {
		t.Errorf("down: %v, %v", got, failures)
	}
	if string(s.Read(t, "tree/tokens.json")) != "secret" {
		t.Error("the tokens were replaced")
	}
}
