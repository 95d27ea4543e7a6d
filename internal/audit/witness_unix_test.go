//go:build unix

package audit_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/fault"
)

// A pipe or a device in the place of a witness is refused, and nobody waits for its
// other end.
func TestWhatIsNoWitness(t *testing.T) {
	for name, makes := range map[string]func(path string) error{
		"pipe":   func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"device": func(path string) error { return os.Symlink(os.DevNull, path) },
		"folder": func(path string) error { return os.Mkdir(path, 0o700) },
	} {
		t.Run(name, func(t *testing.T) {
			w := audit.NewFileWitness(filepath.Join(t.TempDir(), "heads.jsonl"))
			if err := makes(w.Name()); err != nil {
				t.Fatal(err)
			}
			if heads, err := w.Heads(t.Context()); !errors.Is(err, fault.Refused) {
				t.Errorf("it is read: %v, %v", heads, err)
			}
			if err := w.Keep(t.Context(), audit.Head{Seq: 1}); !errors.Is(err, fault.Refused) {
				t.Errorf("it is written: %v", err)
			}
		})
	}
}
