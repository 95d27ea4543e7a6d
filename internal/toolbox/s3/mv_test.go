package s3_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// movedTally gives how many objects a move moved, kept and failed.
func movedTally(a toolboxtest.Answer) [3]float64 {
	count := func(name string) float64 { return a[name].(m)["objects"].(float64) }
	return [3]float64{count("moved"), count("kept"), count("failed")}
}

// local lists the files below a directory.
func (s *bucketStore) local(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	root := filepath.Join(s.Dir, dir)
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, strings.TrimPrefix(path, root+string(filepath.Separator)))
		}
		return err
	})
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return names
}

func TestMoveTreeUpAcrossAndDown(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		s.plant(t, "site")
		names := s.local(t, "site")
		if got := movedTally(s.Call(t, "s3.mv", m{"from": "site", "to": s.url("www/"), "dry_run": true})); got != [3]float64{6, 0, 0} || len(s.keys(t, "")) > 0 {
			t.Errorf("dry run: %v", got)
		}
		for _, step := range []struct{ from, to string }{{"site", s.url("www")}, {s.url("www/"), s.url("mirror/")}, {s.url("mirror"), "back"}} {
			if got := movedTally(s.Call(t, "s3.mv", m{"from": step.from, "to": step.to})); got != [3]float64{6, 0, 0} {
				t.Fatalf("%v: %v", step, got)
			}
		}
		if left := s.local(t, "site"); len(left) > 0 || len(s.keys(t, "")) > 0 {
			t.Errorf("left here %v, in S3 %v", left, s.keys(t, ""))
		}
		if diff := cmp.Diff(names, s.local(t, "back")); diff != "" {
			t.Error(diff)
		}
		if got := string(s.Read(t, "back/a/deep/y.txt")); got != "content of a/deep/y.txt" {
			t.Error(got)
		}
	})
}

func TestMoveOneAndChosen(t *testing.T) {
	s, _ := simStore(t)
	s.Write(t, "one.txt", []byte("one"))
	for _, step := range []struct{ from, to string }{
		{"one.txt", s.url("in/")}, {s.url("in/one.txt"), s.url("in/two.txt")}, {s.url("in/two.txt"), "back.txt"},
	} {
		if got := movedTally(s.Call(t, "s3.mv", m{"from": step.from, "to": step.to})); got != [3]float64{1, 0, 0} {
			t.Fatalf("%v: %v", step, got)
		}
	}
	if len(s.keys(t, "")) > 0 || string(s.Read(t, "back.txt")) != "one" {
		t.Errorf("in S3 %v, here %v", s.keys(t, ""), s.local(t, ""))
	}
	s.fill(t, "logs/a.log", "logs/b.txt", "logs/c.log")
	s.Call(t, "s3.mv", m{"from": s.url("logs/"), "to": s.url("old/"), "include": []string{"*.log"}})
	if diff := cmp.Diff([]any{"logs/b.txt", "old/a.log", "old/c.log"}, s.keys(t, "")); diff != "" {
		t.Error(diff)
	}
}

// A destination in the source is refused.
func TestMoveRefusesItsOwnSource(t *testing.T) {
	s, _ := simStore(t)
	s.fill(t, "a/x", "b")
	for _, step := range []struct{ from, to string }{
		{s.url("a/"), s.url("a/sub/")}, {s.url(""), s.url("deep/")}, {s.url("a"), s.url("a/")}, {s.url("b"), s.url("b")}, {s.url("a/x"), s.url("a/")},
	} {
		if _, err := s.Try(t.Context(), "s3.mv", m{"from": step.from, "to": step.to}); !errors.Is(err, fault.Invalid) {
			t.Errorf("%v: %v", step, err)
		}
	}
	if diff := cmp.Diff([]any{"a/x", "b"}, s.keys(t, "")); diff != "" {
		t.Error(diff)
	}
}

// An object that is written between its copy and its deletion is kept, and so is one
// whose copy fails.
func TestMoveKeepsWhatChangedInBetween(t *testing.T) {
	deletes := func(r *http.Request) bool { return r.Method == http.MethodDelete }
	direct, r := meddled(t, deletes, func(s *bucketStore, _ *toolboxtest.Rig) { s.put(t, "in/a", "newer") })
	direct.fill(t, "in/a")
	_, err := r.Try(t.Context(), "s3.mv", m{"from": direct.url("in/a"), "to": direct.url("out/a")})
	if !errors.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "it was copied, but not deleted") {
		t.Errorf("%v", err)
	}
	direct.holds(t, "in/a", "newer")
	direct.holds(t, "out/a", "content of in/a")

	puts := func(req *http.Request) bool { return req.Method == http.MethodPut }
	var dir string
	direct, r = meddled(t, puts, func(*bucketStore, *toolboxtest.Rig) {
		if err := os.WriteFile(filepath.Join(dir, "up/a"), []byte("written in between"), 0o600); err != nil {
			t.Error(err)
		}
	})
	dir = r.Dir
	r.Write(t, "up/a", []byte("old"))
	if _, err := r.Try(t.Context(), "s3.mv", m{"from": "up/a", "to": direct.url("a")}); !errors.Is(err, fault.Conflict) {
		t.Errorf("a file: %v", err)
	}
	if got := string(r.Read(t, "up/a")); got != "written in between" {
		t.Errorf("the file has %q", got)
	}
}

// A copy that another program wrote in parts is no proof that the content is the same.
func TestMoveCopiesWhatOnlyLooksTheSame(t *testing.T) {
	s, _ := simStore(t)
	s.Write(t, "source", make([]byte, 9<<20))
	other := make([]byte, 9<<20)
	fillRandom(other)
	s.Write(t, "other", other)
	s.Call(t, "s3.put", s.in(m{"key": "a", "from_file": "source"}))
	s.Call(t, "s3.put", s.in(m{"key": "b", "from_file": "other"}))
	if got := movedTally(s.Call(t, "s3.mv", m{"from": s.url("a"), "to": s.url("b")})); got != [3]float64{1, 0, 0} {
		t.Errorf("%v", got)
	}
	if string(s.content(t, "b")) != string(make([]byte, 9<<20)) {
		t.Error("the content was lost")
	}
}

// A move asks with the count, as a deletion does, also if nothing is overwritten. What is
// written after the question is kept.
func TestMoveIsAskedAbout(t *testing.T) {
	s, _ := simStore(t)
	s.fill(t, "in/a", "in/b", "out/b")
	in := m{"from": s.url("in/"), "to": s.url("out/")}
	no := &toolboxtest.No{}
	if _, err := toolboxtest.Guarded(t, s.Rig, no, "s3.mv", in); !errors.Is(err, fault.Unconfirmed) {
		t.Errorf("%v", err)
	}
	want := "Move 2 objects (30 B) to s3://harbour/out/, and overwrite 1 object there for good, and delete them at the source for good: s3://harbour/in/a, s3://harbour/in/b"
	if !strings.HasPrefix(no.Question.Text, want) {
		t.Errorf("asked %q\nwant  %q", no.Question.Text, want)
	}
	setVersioning(t, s, types.BucketVersioningStatusEnabled)
	if _, err := toolboxtest.Guarded(t, s.Rig, no, "s3.mv", in); !errors.Is(err, fault.Unconfirmed) || !strings.Contains(no.Question.Text, "under delete markers") || strings.Contains(no.Question.Text, "overwrite") {
		t.Errorf("with versions: %v, asked %q", err, no.Question.Text)
	}
	late := agreeing(func() { s.put(t, "in/a", "later"); s.put(t, "in/c", "new") })
	result, err := toolboxtest.Guarded(t, s.Rig, late, "s3.mv", in)
	if !errors.Is(err, fault.Partial) || result.Effect != tool.Destroy {
		t.Fatalf("%v", err)
	}
	if got := movedTally(toolboxtest.AnswerOf(t, result)); got != [3]float64{1, 2, 2} {
		t.Errorf("after a change: %v", got)
	}
	if diff := cmp.Diff([]any{"in/a", "in/c", "out/b"}, s.keys(t, "")); diff != "" {
		t.Error(diff)
	}
}
