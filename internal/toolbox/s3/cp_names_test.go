package s3_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// copied copies down in part and gives the report and the message of each
// failure by what it was about.
func (s *bucketStore) copied(t *testing.T, in m) (toolboxtest.Answer, map[string]string) {
	t.Helper()
	result, err := s.Try(t.Context(), "s3.cp", in)
	if !errors.Is(err, fault.Partial) || result == nil {
		t.Fatalf("got %v, want a part with a report", err)
	}
	report, failures := toolboxtest.AnswerOf(t, result), map[string]string{}
	for _, i := range report["items"].([]any) {
		if i := i.(m); i["outcome"] == "failed" {
			failures[i["from"].(string)] = i["why"].(string)
		}
	}
	return report, failures
}

// Keys never lead out of the destination, and no two become one file: what
// cannot have a file of its own fails, the same at every run.
func TestCopyDownKeepsEachKeyItsFile(t *testing.T) {
	s, _ := simStore(t)
	s.fill(t, "a/b", "a//b", "top", "/top", "x/y", "x/./y", "p/r", "p/q/../r", "trav/../../../.bashrc", "trav/ok", "..", "dup", "dup/inner", "nul/"+strings.Repeat("n", 300))
	s.Write(t, ".bashrc", []byte("mine"))
	want := map[string]string{
		"a/b": "content of a/b", "top": "content of top", "x/y": "content of x/y", "p/r": "content of p/r",
		"trav/ok": "content of trav/ok", "dup": "content of dup",
	}
	both := func(a, b string) string {
		return "the objects " + s.url(a) + " and " + s.url(b) + " would be written to the same file"
	}
	alone := func(key string) string { return "the key of " + s.url(key) + " is not a file name below out" }
	wantFailures := map[string]string{
		s.url("a//b"): both("a/b", "a//b"), s.url("/top"): both("top", "/top"), s.url("x/./y"): both("x/y", "x/./y"),
		s.url("p/q/../r"): both("p/r", "p/q/../r"), s.url("dup/inner"): both("dup", "dup/inner"),
		s.url("trav/../../../.bashrc"): alone("trav/../../../.bashrc"), s.url(".."): alone(".."),
	}
	long := s.url("nul/" + strings.Repeat("n", 300))
	for run, tallied := range [][3]float64{{6, 0, 8}, {0, 6, 8}} {
		report, failures := s.copied(t, m{"from": s.url(""), "to": "out"})
		if got := tally(report); got != tallied {
			t.Errorf("run %d: %v, want %v", run, got, tallied)
		}
		if !strings.Contains(failures[long], "cannot be used") {
			t.Errorf("run %d: a name too long for the file system: %q", run, failures[long])
		}
		delete(failures, long)
		if diff := cmp.Diff(wantFailures, failures); diff != "" {
			t.Errorf("run %d: %s", run, diff)
		}
		if diff := cmp.Diff(want, s.Tree(t, "out")); diff != "" {
			t.Errorf("run %d: %s", run, diff)
		}
	}
	if string(s.Read(t, ".bashrc")) != "mine" {
		t.Error("a key left the destination")
	}
	dry, _ := s.copied(t, m{"from": s.url(""), "to": "nowhere", "dry_run": true})
	if got := tally(dry); got != [3]float64{7, 0, 7} { // that a name is too long only the file system knows
		t.Errorf("dry run: %v", got)
	}
	if slices.Contains(s.Names(t), "nowhere") {
		t.Error("the dry run made the destination")
	}
	if _, err := s.Try(t.Context(), "s3.cp", m{"from": s.url(".."), "to": "out/"}); !errors.Is(err, fault.Invalid) {
		t.Errorf("one object whose name is not a file's: %v", err)
	}
	if got := tally(s.Call(t, "s3.cp", m{"from": s.url(".."), "to": "named"})); got != [3]float64{1, 0, 0} {
		t.Errorf("the same to a name of its own: %v", got)
	}
}

// A link below the destination leads no object out of it.
func TestCopyDownStaysBelowItsDestination(t *testing.T) {
	s, _ := simStore(t)
	s.fill(t, "in/link/file", "in/plain")
	s.Write(t, "beside/file", []byte("mine"))
	s.Write(t, "out/x", []byte("x"))
	if err := os.Symlink("../beside", filepath.Join(s.Dir, "out/link")); err != nil {
		t.Fatal(err)
	}
	report, failures := s.copied(t, m{"from": s.url("in/"), "to": "out"})
	if got := tally(report); got != [3]float64{1, 0, 1} || !strings.Contains(failures[s.url("in/link/file")], "outside") {
		t.Errorf("%v, %v", got, failures)
	}
	if string(s.Read(t, "beside/file")) != "mine" {
		t.Error("a link led an object out of the destination")
	}
}

// An object whose key ends in a slash is told of, whether it is empty or not.
func TestCopyDownTellsOfKeysThatEndInASlash(t *testing.T) {
	s, _ := simStore(t)
	s.fill(t, "bar/", "bar/one.txt", "in/")
	s.Call(t, "s3.put", s.in(m{"key": "empty/", "body": ""}))
	report, failures := s.copied(t, m{"from": s.url(""), "to": "out"})
	if got := tally(report); got != [3]float64{1, 1, 2} {
		t.Errorf("report: %v", report)
	}
	want := map[string]string{}
	for _, key := range []string{"bar/", "in/"} {
		want[s.url(key)] = "the key of " + s.url(key) + " is not a file name below out"
	}
	if diff := cmp.Diff(want, failures); diff != "" {
		t.Error(diff)
	}
	_, failures = s.copied(t, m{"from": s.url("bar/"), "to": "other"})
	if len(failures) != 1 || failures[s.url("bar/")] == "" {
		t.Errorf("the prefix's own object: %v", failures)
	}
}

// What may not be sent is a failure of its own, and never left out silently.
func TestCopyUpTellsOfWhatItMayNotTouch(t *testing.T) {
	s, _ := simStore(t)
	s.Write(t, "tree/plain.txt", []byte("plain"))
	s.Write(t, "tree/sub/inner.txt", []byte("inner"))
	s.Write(t, "tree/.hawser-ABCDEFGHIJ.partial", []byte("half"))
	s.Write(t, "outside", []byte("x"))
	for link, target := range map[string]string{"inside": "plain.txt", "outside": "../outside", "passwd": "/etc/passwd", "dangling": "none", "up": ".."} {
		if err := os.Symlink(target, filepath.Join(s.Dir, "tree", link)); err != nil {
			t.Fatal(err)
		}
	}
	report, failures := s.copied(t, m{"from": "tree", "to": s.url("up/")})
	if got := tally(report); got != [3]float64{2, 2, 4} {
		t.Errorf("report: %v", report)
	}
	for _, name := range []string{"outside", "passwd", "dangling", "up"} {
		if failures[filepath.Join("tree", name)] == "" {
			t.Errorf("nothing is said of %s: %v", name, failures)
		}
	}
	if diff := cmp.Diff([]any{"up/plain.txt", "up/sub/inner.txt"}, s.keys(t, "up/")); diff != "" {
		t.Error(diff)
	}
}

// A pattern that matched nothing is noted, since it may be misspelt.
func TestCopyNotesPatternsThatMatchedNothing(t *testing.T) {
	s, _ := simStore(t)
	s.Write(t, "tree/a.txt", []byte("a"))
	s.Write(t, "tree/b.log", []byte("b"))
	report := s.Call(t, "s3.cp", m{"from": "tree", "to": s.url("up/"), "exclude": []string{"*.log", "*.lgo"}})
	if diff := cmp.Diff([]any{`the pattern "*.lgo" matched nothing`}, report["notes"]); diff != "" {
		t.Error(diff)
	}
}
