package s3_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// What appears after nothing was found is not written over unasked.
func TestWhatAppearsAfterTheLookIsKept(t *testing.T) {
	writing := func(key string) func(*http.Request) bool {
		return func(r *http.Request) bool { return r.Method == http.MethodPut && strings.HasSuffix(r.URL.Path, key) }
	}
	theirs := func(key string) func(*bucketStore, *toolboxtest.Rig) {
		return func(s *bucketStore, _ *toolboxtest.Rig) { s.put(t, key, "theirs") }
	}
	t.Run("put", func(t *testing.T) {
		s, r := meddled(t, writing("/a"), theirs("a"))
		_, err := toolboxtest.Guarded(t, r, nil, "s3.put", m{"bucket": s.bucket, "key": "a", "body": "mine"})
		if !errors.Is(err, fault.Conflict) {
			t.Errorf("err = %v", err)
		}
		s.holds(t, "a", "theirs")
	})
	t.Run("up", func(t *testing.T) {
		s, r := meddled(t, writing("/site/b"), theirs("site/b"))
		r.Write(t, "site/a", []byte("one"))
		r.Write(t, "site/b", []byte("two"))
		_, err := toolboxtest.Guarded(t, r, nil, "s3.cp", m{"from": "site", "to": s.url("site/")})
		if !errors.Is(err, fault.Partial) {
			t.Errorf("err = %v", err)
		}
		s.holds(t, "site/a", "one")
		s.holds(t, "site/b", "theirs")
	})
	t.Run("within", func(t *testing.T) {
		s, r := meddled(t, writing("/to/a"), theirs("to/a"))
		s.put(t, "from/a", "one")
		s.put(t, "from/b", "two")
		_, err := toolboxtest.Guarded(t, r, nil, "s3.cp", m{"from": s.url("from/"), "to": s.url("to/")})
		if !errors.Is(err, fault.Partial) {
			t.Errorf("err = %v", err)
		}
		s.holds(t, "to/a", "theirs")
		s.holds(t, "to/b", "two")
	})
	t.Run("down", func(t *testing.T) {
		read := func(r *http.Request) bool {
			return r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/from/a")
		}
		s, r := meddled(t, read, func(_ *bucketStore, r *toolboxtest.Rig) { r.Write(t, "here/a", []byte("theirs")) })
		s.put(t, "from/a", "one")
		s.put(t, "from/b", "two")
		_, err := toolboxtest.Guarded(t, r, nil, "s3.cp", m{"from": s.url("from/"), "to": "here"})
		if !errors.Is(err, fault.Partial) {
			t.Errorf("err = %v", err)
		}
		if got := string(r.Read(t, "here/a")); got != "theirs" {
			t.Errorf("here/a holds %s", got)
		}
	})
}

// What is written or deleted after a yes is kept: the yes was to what was there.
func TestWhatChangesAfterTheYesIsKept(t *testing.T) {
	sending := func(method, key string) func(*http.Request) bool {
		return func(r *http.Request) bool {
			return r.Method == method && strings.HasSuffix(r.URL.Path, key) && !r.URL.Query().Has("uploads")
		}
	}
	theirs := func(key string) func(*bucketStore, *toolboxtest.Rig) {
		return func(s *bucketStore, _ *toolboxtest.Rig) { s.put(t, key, "theirs") }
	}
	gone := func(key string) func(*bucketStore, *toolboxtest.Rig) {
		return func(s *bucketStore, _ *toolboxtest.Rig) {
			if _, err := s.client.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &s.bucket, Key: &key}); err != nil {
				t.Error(err)
			}
		}
	}
	agreed := func(t *testing.T, r *toolboxtest.Rig, want fault.Kind, name string, in any) {
		t.Helper()
		p := new(toolboxtest.Yes)
		result, err := toolboxtest.Guarded(t, r, p, name, in)
		if len(p.Asked) != 1 {
			t.Errorf("asked %v", p.Asked)
		}
		if !errors.Is(err, want) || errors.Is(err, fault.NotFound) {
			t.Errorf("err = %v, want %v", err, want)
		}
		if want == fault.Partial && !strings.Contains(string(result.JSON), string(fault.Conflict)) {
			t.Errorf("no object failed as a conflict: %s", result.JSON)
		}
	}
	for name, large := range map[string]bool{"put": false, "put in parts": true} {
		body := strings.Repeat("m", 12)
		method := http.MethodPut
		if large {
			body, method = strings.Repeat("m", 9<<20), http.MethodPost
		}
		t.Run(name, func(t *testing.T) {
			s, r := meddled(t, sending(method, "/a"), theirs("a"))
			s.put(t, "a", "old")
			r.Write(t, "mine", []byte(body))
			agreed(t, r, fault.Conflict, "s3.put", m{"bucket": s.bucket, "key": "a", "from_file": "mine"})
			s.holds(t, "a", "theirs")
		})
	}
	t.Run("put, and it is gone", func(t *testing.T) {
		s, r := meddled(t, sending(http.MethodPut, "/a"), gone("a"))
		s.put(t, "a", "old")
		agreed(t, r, fault.Conflict, "s3.put", m{"bucket": s.bucket, "key": "a", "body": "mine"})
	})
	t.Run("put where versions are kept", func(t *testing.T) {
		s, r := meddled(t, sending(http.MethodPut, "/a"), theirs("a"))
		s.put(t, "a", "old")
		setVersioning(t, s, types.BucketVersioningStatusEnabled)
		if _, err := toolboxtest.Guarded(t, r, nil, "s3.put", m{"bucket": s.bucket, "key": "a", "body": "mine"}); !errors.Is(err, fault.Conflict) {
			t.Errorf("err = %v", err)
		}
		s.holds(t, "a", "theirs")
	})
	for name, versions := range map[string]types.BucketVersioningStatus{"delete": "", "delete where versions are kept": types.BucketVersioningStatusEnabled} {
		t.Run(name, func(t *testing.T) {
			s, r := meddled(t, sending(http.MethodDelete, "/a"), theirs("a"))
			s.put(t, "a", "old")
			if versions != "" {
				setVersioning(t, s, versions)
			}
			agreed(t, r, fault.Conflict, "s3.delete", m{"bucket": s.bucket, "key": "a"})
			s.holds(t, "a", "theirs")
		})
	}
	t.Run("delete of the null version", func(t *testing.T) {
		heads := 0
		s, r := meddled(t, func(r *http.Request) bool {
			if r.Method == http.MethodHead {
				heads++
			}
			return heads == 2
		}, theirs("a"))
		setVersioning(t, s, types.BucketVersioningStatusSuspended)
		s.put(t, "a", "old")
		agreed(t, r, fault.Conflict, "s3.delete", m{"bucket": s.bucket, "key": "a", "version_id": "null"})
		s.holds(t, "a", "theirs")
	})
	t.Run("delete of nothing", func(t *testing.T) {
		heads := 0
		s, r := meddled(t, func(r *http.Request) bool {
			if r.Method == http.MethodHead {
				heads++
			}
			return heads == 2
		}, theirs("a"))
		agreed(t, r, fault.Conflict, "s3.delete", m{"bucket": s.bucket, "key": "a"})
		s.holds(t, "a", "theirs")
	})
	t.Run("up", func(t *testing.T) {
		s, r := meddled(t, sending(http.MethodPut, "/site/b"), theirs("site/b"))
		s.put(t, "site/a", "old")
		s.put(t, "site/b", "old")
		r.Write(t, "site/a", []byte("one!"))
		r.Write(t, "site/b", []byte("two!"))
		agreed(t, r, fault.Partial, "s3.cp", m{"from": "site", "to": s.url("site/")})
		s.holds(t, "site/a", "one!")
		s.holds(t, "site/b", "theirs")
	})
	for name, meddle := range map[string]func(*bucketStore, *toolboxtest.Rig){"within": theirs("to/a"), "within, and it is gone": gone("to/a")} {
		t.Run(name, func(t *testing.T) {
			s, r := meddled(t, sending(http.MethodPut, "/to/a"), meddle)
			for key, body := range map[string]string{"from/a": "one!", "from/b": "two!", "to/a": "old", "to/b": "old"} {
				s.put(t, key, body)
			}
			agreed(t, r, fault.Partial, "s3.cp", m{"from": s.url("from/"), "to": s.url("to/")})
			s.holds(t, "to/b", "two!")
			if name == "within" {
				s.holds(t, "to/a", "theirs")
			}
		})
	}
	for name, meddle := range map[string]func(*testing.T, string){
		"written": func(t *testing.T, path string) { rewrite(t, path, "theirs") },
		"replaced": func(t *testing.T, path string) {
			rewrite(t, path+".new", "old")
			if err := os.Rename(path+".new", path); err != nil {
				t.Error(err)
			}
		},
		"removed": func(t *testing.T, path string) {
			if err := os.Remove(path); err != nil {
				t.Error(err)
			}
		},
	} {
		t.Run("down, "+name, func(t *testing.T) {
			s, r := meddled(t, sending(http.MethodGet, "/from/a"), func(_ *bucketStore, r *toolboxtest.Rig) { meddle(t, filepath.Join(r.Dir, "here", "a")) })
			s.put(t, "from/a", "one!")
			s.put(t, "from/b", "two!")
			r.Write(t, "here/a", []byte("old"))
			r.Write(t, "here/b", []byte("old"))
			agreed(t, r, fault.Partial, "s3.cp", m{"from": s.url("from/"), "to": "here"})
			if got := string(r.Read(t, "here/b")); got != "two!" {
				t.Errorf("here/b holds %s", got)
			}
			if got, err := os.ReadFile(filepath.Join(r.Dir, "here", "a")); string(got) == "one!" {
				t.Errorf("here/a was replaced: %v", err)
			}
		})
	}
}

// A store that refuses conditions makes a call fail, and says how to go without.
func TestAStoreWithoutConditions(t *testing.T) {
	sim := simtest.Start(t)
	s := newStore(t, "direct", toolboxtest.SimSettings(sim))
	r := toolboxtest.New(t, toolboxtest.HookedSettings(t, sim, func(w http.ResponseWriter, req *http.Request) bool {
		if req.Header.Get("If-Match") == "" {
			return false
		}
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(http.StatusNotImplemented)
		_, _ = io.WriteString(w, `<?xml version="1.0" encoding="UTF-8"?><Error><Code>NotImplemented</Code><Message>A header is not implemented</Message></Error>`)
		return true
	}))
	s.put(t, "a", "old")
	for name, in := range map[string]m{
		"s3.put":    {"bucket": s.bucket, "key": "a", "body": "mine"},
		"s3.delete": {"bucket": s.bucket, "key": "a"},
	} {
		_, err := toolboxtest.Guarded(t, r, new(toolboxtest.Yes), name, in)
		if f := fault.From(err); f == nil || f.Kind != fault.Unsupported || f.OutcomeUnknown || !strings.Contains(f.Fix, "--yes") {
			t.Errorf("%s: %+v", name, f)
		}
	}
	s.holds(t, "a", "old")
}

func rewrite(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Error(err)
	}
}

// The conditions of a write that was looked at are met where nothing changed, on
// every store.
func TestAYesIsCarriedOut(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		s.Write(t, "large", []byte(strings.Repeat("m", 9<<20)))
		s.Write(t, "site/a", []byte("one"))
		agreed := func(name string, in m) {
			t.Helper()
			if _, err := toolboxtest.Guarded(t, s.Rig, new(toolboxtest.Yes), name, in); err != nil {
				t.Errorf("%s %v: %v", name, in, err)
			}
		}
		for _, body := range []string{"one", "two"} {
			agreed("s3.put", s.in(m{"key": "a", "body": body}))
			agreed("s3.put", s.in(m{"key": "large", "from_file": "large"}))
			s.Write(t, "site/a", []byte(body))
			agreed("s3.cp", m{"from": "site", "to": s.url("up/")})
			agreed("s3.cp", m{"from": s.url("up/"), "to": s.url("within/")})
			agreed("s3.cp", m{"from": s.url("up/"), "to": "down"})
			s.holds(t, "a", body)
			s.holds(t, "within/a", body)
			if got := string(s.Read(t, "down/a")); got != body {
				t.Errorf("down/a holds %s", got)
			}
		}
		agreed("s3.delete", s.in(m{"key": "large"}))
		agreed("s3.delete", s.in(m{"key": "large"}))
		if _, err := s.Try(t.Context(), "s3.get", s.in(m{"key": "large"})); !errors.Is(err, fault.NotFound) {
			t.Errorf("get after delete: %v", err)
		}
	})
}

// A yes is to what was there when it was asked for, each object by its state,
// those that the question does not name included.
func TestAYesIsToTheStateOfEachObject(t *testing.T) {
	sim := simtest.Start(t)
	s := newStore(t, "direct", toolboxtest.SimSettings(sim))
	in := m{"from": "t", "to": s.url("t/")}
	for i := range 30 {
		s.Write(t, fmt.Sprintf("t/%02d", i), []byte("mine"))
		if i < 25 {
			s.put(t, fmt.Sprintf("t/%02d", i), "old")
		}
	}
	question := func() tool.Question {
		t.Helper()
		var no toolboxtest.No
		if _, err := toolboxtest.Guarded(t, s.Rig, &no, "s3.cp", in); !errors.Is(err, fault.Unconfirmed) {
			t.Fatal(err)
		}
		return no.Question
	}
	before := question()
	s.put(t, "t/24", "mine")           // one less would be overwritten
	s.put(t, "t/29", "dear")           // and one more, of which the question names neither
	s.Write(t, "t/30", []byte("mine")) // so that as much is copied
	after := question()
	if before.Text != after.Text {
		t.Fatalf("the questions differ, so that this tests nothing: %q and %q", before.Text, after.Text)
	}
	if before.Bind("call") == after.Bind("call") {
		t.Error("a yes to the one is a yes to the other")
	}
	s.put(t, "t/00", "new")
	if after.Bind("call") == question().Bind("call") {
		t.Error("a yes holds for another content")
	}
	after = question()
	s.Write(t, "t/00", []byte("four"))
	if after.Bind("call") == question().Bind("call") {
		t.Error("a yes holds for another source")
	}
}

// A yes to a copy is to what the source held when it was looked at.
func TestAYesHoldsTheSource(t *testing.T) {
	tests := map[string]struct {
		from, to string
		change   func(*testing.T, *bucketStore, *toolboxtest.Rig)
	}{
		"a file": {"src", "s3://harbour/o", func(t *testing.T, _ *bucketStore, r *toolboxtest.Rig) { r.Write(t, "src", []byte("other")) }},
		"a file, replaced": {"src", "s3://harbour/o", func(t *testing.T, _ *bucketStore, r *toolboxtest.Rig) {
			rewrite(t, filepath.Join(r.Dir, "new"), "other")
			if err := os.Rename(filepath.Join(r.Dir, "new"), filepath.Join(r.Dir, "src")); err != nil {
				t.Error(err)
			}
		}},
		"a tree":         {"tree", "s3://harbour/tree/", func(t *testing.T, _ *bucketStore, r *toolboxtest.Rig) { r.Write(t, "tree/o", []byte("other")) }},
		"a new file":     {"tree", "s3://harbour/tree/", func(t *testing.T, _ *bucketStore, r *toolboxtest.Rig) { r.Write(t, "tree/p", []byte("other")) }},
		"an object":      {"s3://harbour/src", "s3://harbour/o", func(t *testing.T, s *bucketStore, _ *toolboxtest.Rig) { s.put(t, "src", "other") }},
		"an object down": {"s3://harbour/src", "down", func(t *testing.T, s *bucketStore, _ *toolboxtest.Rig) { s.put(t, "src", "other") }},
		"a tree down":    {"s3://harbour/tree/", "downs", func(t *testing.T, s *bucketStore, _ *toolboxtest.Rig) { s.put(t, "tree/o", "other") }},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s, _ := simStore(t)
			for _, key := range []string{"o", "tree/o"} {
				s.put(t, key, "was here before")
			}
			for _, file := range []string{"down", "downs/o"} {
				s.Write(t, file, []byte("was here before too"))
			}
			s.Write(t, "src", []byte("agreed"))
			s.Write(t, "tree/o", []byte("agreed"))
			s.put(t, "src", "agreed")
			p := meddlingYes{change: func() { tt.change(t, s, s.Rig) }}
			result, err := toolboxtest.Guarded(t, s.Rig, &p, "s3.cp", m{"from": tt.from, "to": tt.to})
			if !p.asked || err == nil || !strings.Contains(string(result.JSON), string(fault.Conflict)) {
				t.Fatalf("asked %v, err = %v, %s", p.asked, err, result.JSON)
			}
			for key, content := range map[string]any{"o": s.Call(t, "s3.get", s.in(m{"key": "o"}))["text"], "down": string(s.Read(t, "down"))} {
				if content == "other" {
					t.Errorf("%s was written with what nobody agreed to", key)
				}
			}
		})
	}
}

// meddlingYes says yes, after something was changed.
type meddlingYes struct {
	change func()
	asked  bool
}

// Confirm says yes.
func (y *meddlingYes) Confirm(context.Context, tool.Question) (bool, error) {
	y.asked = true
	y.change()
	return true, nil
}
