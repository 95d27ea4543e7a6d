//go:build unix

package audit_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// What has the name of a renamed file and is not a regular file fails, whether or
// not it took a file's place; the records before it are counted as good.
func TestWhatOnlyHasTheNameOfAFile(t *testing.T) {
	makes := map[string]func(from, to string) error{
		"link":        os.Symlink,
		"broken link": func(from, to string) error { return os.Symlink(from+".gone", to) },
		"folder":      func(_, to string) error { return os.Mkdir(to, 0o700) },
		"pipe":        func(_, to string) error { return syscall.Mkfifo(to, 0o600) },
	}
	for name, foreign := range makes {
		for _, place := range []string{"first", "second", "none"} {
			t.Run(name+" in place of "+place, func(t *testing.T) {
				s, o := build(t)
				path, good := strings.TrimSuffix(s.path, ".jsonl")+"-000000099999.jsonl", uint64(0)
				switch place {
				case "first":
					path = s.old[0]
				case "second":
					path = s.old[1]
				}
				var at uint64
				if _, err := fmt.Sscanf(filepath.Base(path), "audit-%d.jsonl", &at); err != nil {
					t.Fatal(err)
				}
				good = at - 1
				if place == "none" {
					good = 40 - uint64(len(bytesLines(read(t, s.path)))) // those of the renamed files
				}
				moved := filepath.Join(t.TempDir(), "moved.jsonl")
				if err := os.Rename(path, moved); err != nil && !errors.Is(err, os.ErrNotExist) {
					t.Fatal(err)
				}
				if err := foreign(moved, path); err != nil {
					t.Fatal(err)
				}
				f := openWith(t, s.path, o)
				for _, due := range []uint64{41, 42} { // later writes hide nothing
					r, err := f.Verify(t.Context(), "")
					if err != nil || r.Bad == nil || r.Bad.File != filepath.Base(path) || r.Bad.Seq != at || r.Bad.Line != 0 || r.Records != good {
						t.Fatalf("%+v, %+v, %v", r.Bad, r, err)
					}
					if got := appendN(t, f, 1)[0]; got.Seq != due {
						t.Errorf("%+v", got)
					}
				}
			})
		}
	}
}
