package audit_test

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

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

// A key that was made anew is told, with the records that each key was used for.
func TestAKeyThatWasMadeAnewIsTold(t *testing.T) {
	dir := t.TempDir()
	path, keyPath := filepath.Join(dir, "audit.jsonl"), filepath.Join(dir, "audit.key")
	write3 := func() (audit.Report, string) {
		t.Helper()
		key, err := audit.OpenKey(keyPath)
		if err != nil {
			t.Fatal(err)
		}
		f := openWith(t, path, audit.Options{Key: key})
		appendN(t, f, 3)
		r, err := f.Verify(t.Context(), "")
		if err != nil || r.Bad != nil {
			t.Fatalf("%+v, %v", r, err)
		}
		return r, key.ID()
	}
	if _, err := audit.Open(path); err != nil {
		t.Fatal(err)
	}
	r, first := write3()
	if diff := cmp.Diff([]audit.KeyUse{{ID: first, First: 1, Last: 3}}, r.Keys); diff != "" {
		t.Error(diff)
	}
	if r, _ = write3(); len(r.Keys) != 1 || r.Keys[0].Last != 6 {
		t.Errorf("%+v", r.Keys)
	}
	remove(t, keyPath)
	r, second := write3()
	if diff := cmp.Diff([]audit.KeyUse{{ID: first, First: 1, Last: 6}, {ID: second, First: 7, Last: 9}}, r.Keys); diff != "" || first == second {
		t.Error(diff)
	}
}

// Without a key there is no id, and a record without an input needs none.
func TestRecordsWithoutDigestsNameNoKey(t *testing.T) {
	f := openWith(t, filepath.Join(t.TempDir(), "audit.jsonl"), audit.Options{Key: make(audit.Key, 32)})
	r := record(1)
	r.Input, r.KeyID = nil, "made up"
	got, err := f.Append(t.Context(), r)
	if err != nil || got.KeyID != "" || audit.Key(nil).ID() != "" {
		t.Errorf("%+v, %v", got, err)
	}
}
