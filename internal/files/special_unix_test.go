//go:build unix

package files_test

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
)

// What is not a regular file is refused at once: opening a FIFO would wait for
// its other end, past every limit.
func TestOnlyRegularFilesAreOpened(t *testing.T) {
	dir, err := os.MkdirTemp("", "files") //nolint:usetesting // the name of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := syscall.Mkfifo(filepath.Join(dir, "fifo"), 0o600); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("unix", filepath.Join(dir, "socket"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	if err := os.Mkdir(filepath.Join(dir, "directory"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("fifo", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	bounded, err := files.Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	free, err := files.User("", nil)
	if err != nil {
		t.Fatal(err)
	}
	for kind, access := range map[string]*files.Access{"bounded": bounded, "the user's": free} {
		for name, says := range map[string]string{"fifo": "a FIFO", "link": "a FIFO", "socket": "a socket", "directory": "a directory"} {
			if _, err := access.Open(name); !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), says) {
				t.Errorf("%s files: reading %s: %v", kind, name, err)
			}
			if name == "link" {
				continue
			}
			if _, err := access.Replace(name, nil); !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), says) {
				t.Errorf("%s files: replacing %s: %v", kind, name, err)
			}
		}
		for _, try := range []func() error{
			func() error { _, err := access.Below("fifo"); return err },
			func() error { _, err := access.ReadDir("fifo"); return err },
			func() error { _, err := access.Create("fifo/x"); return err },
			func() error { _, err := access.Open("fifo/x"); return err },
			func() error { return access.MkdirAll("fifo/x") },
		} {
			if err := try(); err == nil {
				t.Errorf("%s files: a FIFO is taken for a directory", kind)
			}
		}
	}
	if _, err := free.Open("/dev/zero"); !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "a device") {
		t.Errorf("reading a device: %v", err)
	}
	if _, err := files.Open(filepath.Join(dir, "fifo"), nil); err == nil {
		t.Error("a FIFO is taken for a root")
	}
}
