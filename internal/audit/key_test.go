package audit_test

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/hawser/hawser/internal/audit"
	"github.com/hawser/hawser/internal/fault"
)

func TestAKeyIsMadeOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "audit.key")
	keys := make([]audit.Key, 16)
	var all sync.WaitGroup
	for i := range keys {
		all.Go(func() {
			var err error
			if keys[i], err = audit.OpenKey(path); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, k := range keys {
		if len(k) != 32 || string(k) != string(keys[0]) {
			t.Fatalf("%x and %x", k, keys[0])
		}
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if info, err2 := os.Stat(path); err != nil || err2 != nil || info.Mode().Perm() != 0o600 || len(entries) != 1 {
		t.Errorf("%v, %v, %v: %v", info, err, err2, entries)
	}
}

func TestAKeyThatOthersReadIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.key")
	if _, err := audit.OpenKey(path); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		mode os.FileMode
		want error
	}{{0o640, fault.Refused}, {0o602, fault.Refused}, {0o600, nil}} {
		if err := os.Chmod(path, tt.mode); err != nil {
			t.Fatal(err)
		}
		if _, err := audit.OpenKey(path); !errors.Is(err, tt.want) {
			t.Errorf("mode %o: %v", tt.mode, err)
		}
	}
	write(t, path, []byte("short"))
	if _, err := audit.OpenKey(path); !errors.Is(err, fault.Invalid) {
		t.Errorf("no key: %v", err)
	}
}
