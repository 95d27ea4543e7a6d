package s3_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// linked makes a symbolic link in the rig's directory.
func (s *bucketStore) linked(t *testing.T, target, name string) {
	t.Helper()
	if err := os.Symlink(target, filepath.Join(s.Dir, name)); err != nil {
		t.Fatal(err)
	}
}

// Two objects that reach one file by way of a linked directory are not both copied,
// whichever of the two paths comes first, and a dry run says the same.
func TestCopyDownThroughLinkedDirectories(t *testing.T) {
	s, _ := simStore(t)
	s.fill(t, "dl/f", "real/f", "dl/alone", "one/x", "two/x", "a/last", "zl/last", "self/top", "top", "dl/d", "real/d/inner")
	for _, dir := range []string{"real", "hidden", "a"} {
		s.Write(t, filepath.Join("out", dir, "there"), []byte("x"))
	}
	for link, target := range map[string]string{"dl": "real", "one": "hidden", "two": "hidden", "zl": "a", "self": "."} {
		s.linked(t, target, filepath.Join("out", link))
	}
	failed := map[string]string{}
	for second, first := range map[string]string{"real/f": "dl/f", "two/x": "one/x", "zl/last": "a/last", "top": "self/top", "real/d/inner": "dl/d"} {
		failed[s.url(second)] = "the objects " + s.url(first) + " and " + s.url(second) + " would be written to the same file"
	}
	for _, run := range []struct {
		dry  bool
		want [3]float64
	}{{true, [3]float64{6, 0, 5}}, {false, [3]float64{6, 0, 5}}, {false, [3]float64{0, 6, 5}}} {
		report, failures := s.copied(t, m{"from": s.url(""), "to": "out", "dry_run": run.dry})
		if got := tally(report); got != run.want {
			t.Errorf("dry run %t: %v, want %v", run.dry, got, run.want)
		}
		if diff := cmp.Diff(failed, failures); diff != "" {
			t.Errorf("dry run %t: %s", run.dry, diff)
		}
	}
	for file, want := range map[string]string{"real/f": "dl/f", "real/alone": "dl/alone", "hidden/x": "one/x", "a/last": "a/last", "top": "self/top", "real/d": "dl/d"} {
		if got := string(s.Read(t, filepath.Join("out", file))); got != "content of "+want {
			t.Errorf("%s holds %q", file, got)
		}
	}
}

// A file that is a link is replaced, and never taken for the object: what it leads to
// may be the file of another object. Hard links are no such files, since no file is
// written to in its place.
func TestCopyDownOverLinkedFiles(t *testing.T) {
	s, _ := simStore(t)
	s.fill(t, "link", "soon", "one", "two")
	s.Write(t, "out/soon", []byte("content of link"))
	s.linked(t, "soon", "out/link")
	s.Write(t, "out/one", []byte("content of one"))
	if err := os.Link(filepath.Join(s.Dir, "out/one"), filepath.Join(s.Dir, "out/two")); err != nil {
		t.Skip(err)
	}
	if got := tally(s.Call(t, "s3.cp", m{"from": s.url(""), "to": "out"})); got != [3]float64{3, 1, 0} {
		t.Errorf("report: %v", got)
	}
	want := map[string]string{"link": "content of link", "soon": "content of soon", "one": "content of one", "two": "content of two"}
	if diff := cmp.Diff(want, s.Tree(t, "out")); diff != "" {
		t.Error(diff)
	}
}
