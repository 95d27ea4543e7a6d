package web

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
	c, known, err := OpenKeys(dir, clock).claim("owner", "secret-key", entry{Subject: "s", Call: "c1"})
	if err != nil || known != nil {
		t.Fatalf("%+v, %v", known, err)
	}
	if err := c.lock.Unlock(); err != nil { // as the kernel does
		t.Fatal(err)
	}
	for range 2 {
		_, known, err := OpenKeys(dir, clock).claim("owner", "secret-key", entry{Subject: "s", Call: "c2"})
		if err != nil || known == nil || known.Stage != unknown || known.Call != "c1" {
			t.Errorf("%+v, %v", known, err)
		}
	}
	text, err := os.ReadFile(c.path)
	if info, _ := os.Stat(c.path); err != nil || strings.Contains(c.path+string(text), "secret-key") || info.Mode().Perm() != 0o600 {
		t.Errorf("%s holds %s, %v", c.path, text, err)
	}
	now = now.Add(repeatTime + time.Second)
	if _, known, err := OpenKeys(dir, clock).claim("owner", "secret-key", entry{Subject: "s", Call: "c3"}); known != nil || err != nil {
		t.Errorf("a day later: %+v, %v", known, err)
	}
}

// A key is remembered in the place of what cannot be read, never taken for new.
func TestADamagedKey(t *testing.T) {
	k := OpenKeys(t.TempDir(), nil)
	c, _, err := k.claim("owner", "k", entry{Subject: "s", Call: "c"})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.close(done); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(c.path, []byte(`{"sub`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := k.claim("owner", "k", entry{Subject: "s", Call: "c"}); !errors.Is(err, fault.Internal) {
		t.Errorf("%v", err)
	}
}

// Keys past their time make room, and others do not.
func TestKeysAreBounded(t *testing.T) {
	now := time.Now()
	k := OpenKeys(t.TempDir(), func() time.Time { return now })
	c, _, err := k.claim("owner", "first", entry{Subject: "s", Call: "c"})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.close(done); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(entry{Subject: "s", Call: "c", Stage: done, At: now})
	if err != nil {
		t.Fatal(err)
	}
	for i := range mostKeys {
		if err := os.WriteFile(filepath.Join(filepath.Dir(c.path), fmt.Sprint(i)), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := k.claim("owner", "one more", entry{Subject: "s", Call: "c"}); !errors.Is(err, fault.Quota) {
		t.Errorf("one more: %v", err)
	}
	if _, _, err := k.claim("other", "one more", entry{Subject: "s", Call: "c"}); err != nil {
		t.Errorf("another token's: %v", err)
	}
	now = now.Add(repeatTime + time.Second)
	if _, _, err := k.claim("owner", "one more", entry{Subject: "s", Call: "c"}); err != nil {
		t.Errorf("a day later: %v", err)
	}
	if n := len(namesIn(filepath.Dir(c.path))); n != 1 {
		t.Errorf("%d keys are left", n)
	}
}

func TestAnswersAreBounded(t *testing.T) {
	a := newAnswers()
	answer := func(n int) response {
		return response{status: 200, answer: &Answer{Output: json.RawMessage(strings.Repeat("x", n))}}
	}
	a.keep(place{"a", "large"}, answer(largestAnswer))
	if _, ok := a.find(place{"a", "large"}); ok {
		t.Error("an answer that is too large is kept")
	}
	for owner := range 20 {
		for i := range 20 {
			a.keep(place{fmt.Sprint(owner), fmt.Sprint(i)}, answer(largestAnswer/2))
		}
	}
	if a.all > mostAnswers || a.bytes["19"] > mostOfToken || len(a.order) != len(a.kept) {
		t.Errorf("%d bytes, %d of one token", a.all, a.bytes["19"])
	}
	if _, ok := a.find(place{"19", "0"}); ok {
		t.Error("the oldest of a token is kept")
	}
	if _, ok := a.find(place{"19", "19"}); !ok {
		t.Error("the newest of a token is gone")
	}
	for p := range a.kept {
		a.drop(p)
	}
	if a.all != 0 || len(a.bytes) != 0 || len(a.order) != 0 {
		t.Errorf("left: %+v", a)
	}
}

func FuzzParseEntry(f *testing.F) {
	f.Add([]byte(`{"subject":"s","call":"c","stage":"done","at":"2026-01-02T03:04:05Z"}`))
	f.Add([]byte(`{"stage":"gone"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		e, err := parseEntry(text)
		if err == nil && (e.Subject == "" || e.Call == "" || e.At.IsZero() || e.Stage == "") {
			t.Errorf("%q gives %+v", text, e)
		}
	})
}
