package files_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
)

func TestWideRootsAreRefused(t *testing.T) {
	base, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	home := filepath.Join(base, "people", "ann")
	for _, dir := range []string{filepath.Join(home, "exchange"), filepath.Join(base, "elsewhere")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{"top": "/", "home": home, "linked": filepath.Join(home, "exchange")} {
		if err := os.Symlink(target, filepath.Join(base, link)); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("HOME", filepath.Join(base, "home")) // itself a link
	for _, dir := range []string{"/", "//", filepath.Join(base, "top"), home, filepath.Join(base, "home"), filepath.Join(home, "exchange", ".."), filepath.Join(base, "people"), base} {
		if err := files.CheckRoot(dir); !errors.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "holds too much") {
			t.Errorf("%s: %v", dir, err)
		}
	}
	for _, dir := range []string{filepath.Join(home, "exchange"), filepath.Join(base, "elsewhere"), filepath.Join(base, "linked")} {
		if err := files.CheckRoot(dir); err != nil {
			t.Errorf("%s: %v", dir, err)
		}
	}
	if err := files.CheckRoot(filepath.Join(base, "none")); !errors.Is(err, fault.NotFound) {
		t.Errorf("what does not exist: %v", err)
	}
}

func TestHomesInPasswd(t *testing.T) {
	got := files.PasswdHomes(strings.NewReader("root:x:0:0:root:/root:/bin/bash\n# no line\nwww:x:33:33::/var/www:/usr/sbin/nologin\nann:x:1000:1000:Ann,,,:/srv/ann:/bin/zsh"))
	if want := []string{"/root", "/srv/ann"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func FuzzPasswdHomes(f *testing.F) {
	f.Add("root:x:0:0:root:/root:/bin/bash\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, home := range files.PasswdHomes(strings.NewReader(text)) {
			if !strings.Contains(text, home) {
				t.Errorf("%q is not in %q", home, text)
			}
		}
	})
}
