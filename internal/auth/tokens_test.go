package auth

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
)

func TestTokens(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	path := filepath.Join(t.TempDir(), "state", "tokens.json")
	here := OpenTokens(path, func() time.Time { return now })
	there := OpenTokens(path, func() time.Time { return now }) // another process
	secret, err := here.Create(Token{Name: "bot", Role: caller.Viewer, Expires: now.Add(time.Hour)})
	if err != nil || !strings.HasPrefix(secret, "hawser_") {
		t.Fatalf("%q, %v", secret, err)
	}
	if _, err := here.Create(Token{Name: "bot"}); !errors.Is(err, fault.Conflict) {
		t.Errorf("a second of the name: %v", err)
	}
	text, err := os.ReadFile(path)
	if info, _ := os.Stat(path); err != nil || strings.Contains(string(text), secret) || info.Mode().Perm() != 0o600 {
		t.Errorf("the file holds the token, or others may read it: %s, %v", text, err)
	}
	if token, ok, err := there.Find(secret); !ok || err != nil || token.Name != "bot" {
		t.Errorf("elsewhere: %+v, %t, %v", token, ok, err)
	}
	all, err := here.List()
	if err != nil || len(all) != 1 || all[0].Digest != "" || !all[0].LastUse.Equal(now) {
		t.Errorf("listed %+v, %v", all, err)
	}
	now = now.Add(2 * time.Hour)
	if _, ok, _ := here.Find(secret); ok {
		t.Error("an expired token is known")
	}
	forever, err := here.Create(Token{Name: "forever"})
	if err != nil {
		t.Fatal(err)
	}
	if err := there.Revoke("forever"); err != nil {
		t.Fatal(err)
	}
	if _, ok, _ := here.Find(forever); ok {
		t.Error("a revoked token is known")
	}
	if err := here.Revoke("forever"); !errors.Is(err, fault.NotFound) {
		t.Errorf("revoked twice: %v", err)
	}
	if err := os.WriteFile(path, []byte("[{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := here.Find(secret); !errors.Is(err, fault.Invalid) {
		t.Errorf("a broken file: %v", err)
	}
}

func FuzzParseTokens(f *testing.F) {
	f.Add([]byte(`[{"name":"a","sha256":"` + strings.Repeat("0", 64) + `"}]`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, text []byte) {
		all, err := parseTokens(text)
		if err != nil {
			return
		}
		for _, token := range all {
			if token.Name == "" || len(token.Digest) != 64 {
				t.Errorf("%q gives %+v", text, token)
			}
		}
	})
}

// A file that others can read or write, or that is none, is not taken.
func TestTokensOfOthers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens.json")
	tokens := OpenTokens(path, nil)
	secret, err := tokens.Create(Token{Name: "bot"})
	if err != nil {
		t.Fatal(err)
	}
	for _, mode := range []os.FileMode{0o644, 0o620, 0o602, 0o610} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, _, err := tokens.Find(secret); !errors.Is(err, fault.Refused) || !strings.Contains(fault.From(err).Fix, "chmod 600") {
			t.Errorf("mode %04o: %v", mode, err)
		}
		if _, err := tokens.Create(Token{Name: "more"}); !errors.Is(err, fault.Refused) {
			t.Errorf("mode %04o, one more: %v", mode, err)
		}
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := tokens.Find(secret); !ok || err != nil {
		t.Errorf("%t, %v", ok, err)
	}
	if os.Geteuid() == 0 {
		if err := os.Chown(path, 12345, -1); err != nil {
			t.Fatal(err)
		}
		if _, _, err := tokens.Find(secret); !errors.Is(err, fault.Refused) {
			t.Errorf("another user's: %v", err)
		}
	}
	if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o700)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := tokens.Find(secret); !errors.Is(err, fault.Refused) {
		t.Errorf("a folder: %v", err)
	}
}

// Each token has an id of its own, also one that was made before there were any.
func TestTokenIdentity(t *testing.T) {
	old := `{"name":"old","role":"viewer","sha256":"` + digest("hawser_old") + `"}`
	for text, want := range map[string]bool{
		"[" + old + "]":             true,
		"[" + old + "," + old + "]": false,
		`[{"id":"x","name":"a","sha256":"` + digest("a") + `"},{"id":"x","name":"b","sha256":"` + digest("b") + `"}]`: false,
	} {
		all, err := parseTokens([]byte(text))
		if (err == nil) != want || want && all[0].ID == "" {
			t.Errorf("%s: %+v, %v", text, all, err)
		}
	}
	path := filepath.Join(t.TempDir(), "tokens.json")
	tokens := OpenTokens(path, nil)
	var ids []string
	for range 2 {
		secret, err := tokens.Create(Token{Name: "bot"})
		if err != nil {
			t.Fatal(err)
		}
		token, _, err := tokens.Find(secret)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, token.ID)
		if err := tokens.Revoke("bot"); err != nil {
			t.Fatal(err)
		}
	}
	if ids[0] == "" || ids[0] == ids[1] {
		t.Errorf("%q", ids)
	}
}
