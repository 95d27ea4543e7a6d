package web

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

func TestTokens(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	path := filepath.Join(t.TempDir(), "state", "tokens.json")
	here := OpenTokens(path, func() time.Time { return now })
	there := OpenTokens(path, func() time.Time { return now }) // another process
	secret, err := here.Create(Token{Name: "bot", Role: tool.Viewer, Expires: now.Add(time.Hour)})
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
	if _, _, err := here.Find(secret); !errors.Is(err, fault.Internal) {
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
