package idempotency

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/fault"
)

// A call whose process died in the middle is unknown, and not made again.
func TestAKeyOfADeadProcess(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	now := time.Now()
	clock := func() time.Time { return now }
	c, known, err := OpenFolder(dir, clock).claim(t.Context(), "owner", "secret-key", Record{Digest: "s", Call: "c1"})
	if err != nil || known != nil {
		t.Fatalf("%+v, %v", known, err)
	}
	if err := c.lock.Unlock(); err != nil { // as the kernel does
		t.Fatal(err)
	}
	for range 2 {
		_, known, err := OpenFolder(dir, clock).claim(t.Context(), "owner", "secret-key", Record{Digest: "s", Call: "c2"})
		if err != nil || known == nil || known.Stage != Unknown || known.Call != "c1" {
			t.Errorf("%+v, %v", known, err)
		}
	}
	text, err := os.ReadFile(c.path)
	if info, _ := os.Stat(c.path); err != nil || strings.Contains(c.path+string(text), "secret-key") || info.Mode().Perm() != 0o600 {
		t.Errorf("%s holds %s, %v", c.path, text, err)
	}
	now = now.Add(retention + time.Second)
	if _, known, err := OpenFolder(dir, clock).claim(t.Context(), "owner", "secret-key", Record{Digest: "s", Call: "c3"}); known != nil || err != nil {
		t.Errorf("a day later: %+v, %v", known, err)
	}
}

// A key is remembered in the place of what cannot be read, never taken for new.
func TestADamagedKey(t *testing.T) {
	k := OpenFolder(t.TempDir(), nil)
	c, _, err := k.claim(t.Context(), "owner", "k", Record{Digest: "s", Call: "c"})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(t.Context(), Done); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(c.path, []byte(`{"sub`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := k.claim(t.Context(), "owner", "k", Record{Digest: "s", Call: "c"}); !errors.Is(err, fault.Internal) {
		t.Errorf("%v", err)
	}
}

// Keys past their time make room, and others do not.
func TestKeysAreBounded(t *testing.T) {
	now := time.Now()
	k := OpenFolder(t.TempDir(), func() time.Time { return now })
	c, _, err := k.claim(t.Context(), "owner", "first", Record{Digest: "s", Call: "c"})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(t.Context(), Done); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(Record{Digest: "s", Call: "c", Stage: Done, At: now})
	if err != nil {
		t.Fatal(err)
	}
	for i := range mostKeys {
		if err := os.WriteFile(filepath.Join(filepath.Dir(c.path), fmt.Sprint(i)), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := k.claim(t.Context(), "owner", "one more", Record{Digest: "s", Call: "c"}); !errors.Is(err, fault.Quota) {
		t.Errorf("one more: %v", err)
	}
	if _, _, err := k.claim(t.Context(), "other", "one more", Record{Digest: "s", Call: "c"}); err != nil {
		t.Errorf("another token's: %v", err)
	}
	now = now.Add(retention + time.Second)
	if _, _, err := k.claim(t.Context(), "owner", "one more", Record{Digest: "s", Call: "c"}); err != nil {
		t.Errorf("a day later: %v", err)
	}
	if n := len(namesIn(filepath.Dir(c.path))); n != 1 {
		t.Errorf("%d keys are left", n)
	}
}

func FuzzParseRecord(f *testing.F) {
	f.Add([]byte(`{"subject":"s","call":"c","stage":"done","at":"2026-01-02T03:04:05Z"}`))
	f.Add([]byte(`{"stage":"gone"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		e, err := parseRecord(text)
		if err == nil && (e.Digest == "" || e.Call == "" || e.At.IsZero() || e.Stage == "") {
			t.Errorf("%q gives %+v", text, e)
		}
	})
}
