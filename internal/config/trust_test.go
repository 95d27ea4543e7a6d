package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestTrustIsKept(t *testing.T) {
	record := TrustRecord{filepath.Join(t.TempDir(), "state", "trust.json")}
	if all, err := record.List(); err != nil || len(all) != 0 {
		t.Fatalf("%v, %v", all, err)
	}
	for _, text := range []string{"first", "second"} {
		if err := record.Add("/a/hawser.yaml", []byte(text), time0); err != nil {
			t.Fatal(err)
		}
	}
	all, err := record.List()
	if err != nil || len(all) != 1 || all[0] != (Trusted{"/a/hawser.yaml", digestOf([]byte("second")), time0}) {
		t.Errorf("%v, %v", all, err)
	}
	info, err := os.Stat(record.path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if left, err := filepath.Glob(record.path + ".part*"); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	removed, err := record.remove(func(Trusted) bool { return true })
	if err != nil || len(removed) != 1 {
		t.Errorf("%v, %v", removed, err)
	}
	if all, err = record.List(); err != nil || len(all) != 0 {
		t.Errorf("%v, %v", all, err)
	}
}

func TestTrustIsKeptByManyAtOnce(t *testing.T) {
	record := TrustRecord{filepath.Join(t.TempDir(), "trust.json")}
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			if err := record.Add(fmt.Sprintf("/%d/hawser.yaml", i), nil, time0); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if all, err := record.List(); err != nil || len(all) != 8 {
		t.Errorf("%d kept, %v", len(all), err)
	}
}

// TestABadRecordTrustsNothing: a record that can't be understood, or that
// others can write, is not believed, and commands go on without the project.
func TestABadRecordTrustsNothing(t *testing.T) {
	f := newFolder(t)
	f.trusted(t, "guard: {read_only: true}\n")
	record, err := OpenTrust()
	if err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(record.path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(record.path, 0o622); err != nil {
		t.Fatal(err)
	}
	if c := f.load(t); c.project != nil || !strings.Contains(c.untrusted, "other users can write") {
		t.Errorf("a record that others can write is believed: %q", c.untrusted)
	}
	if err := os.Chmod(record.path, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"{", string(good[:len(good)/2]), `[{"path": "hawser.yaml"}]`, `[{"path": "/a", "sha256": "00"}]`} {
		write(t, record.path, text)
		if c := f.load(t); c.project != nil || c.untrusted == "" {
			t.Errorf("%q is believed: %q", text, c.untrusted)
		}
		if err := record.Add("/a/hawser.yaml", nil, time0); err == nil {
			t.Errorf("%q is written over", text)
		}
	}
}

func FuzzParseTrusted(f *testing.F) {
	f.Add([]byte(`[{"path": "/a/hawser.yaml", "sha256": "` + digestOf(nil) + `", "since": "2026-01-02T03:04:05Z"}]`))
	f.Add([]byte(`[{"path": "a", "sha256": "00"}]`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		all, err := parseTrusted(text)
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, e := range all {
			if !filepath.IsAbs(e.Path) || len(e.SHA256) != 64 || seen[e.Path] {
				t.Fatalf("taken: %+v", e)
			}
			seen[e.Path] = true
		}
	})
}
