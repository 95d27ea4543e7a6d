package toolbox_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// meddled is a bucket, and a rig whose requests somebody else comes before:
// meddle runs once, before the first request that at fits is passed on.
func meddled(t *testing.T, at func(*http.Request) bool, meddle func(*bucketStore, *rig)) (*bucketStore, *rig) {
	t.Helper()
	sim := simtest.Start(t)
	direct := newStore(t, "direct", simSettings(sim))
	var once sync.Once
	var r *rig
	r = newRig(t, hookedSettings(t, sim, func(_ http.ResponseWriter, req *http.Request) bool {
		if at(req) {
			once.Do(func() { meddle(direct, r) })
		}
		return false
	}))
	return direct, r
}

// put writes an object as somebody else.
func (s *bucketStore) put(t *testing.T, key, body string) {
	t.Helper()
	if _, err := s.client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &s.bucket, Key: &key, Body: strings.NewReader(body)}); err != nil {
		t.Error(err)
	}
}

func (s *bucketStore) holds(t *testing.T, key, want string) {
	t.Helper()
	if got := s.call(t, "s3.get", m{"bucket": s.bucket, "key": key})["text"]; got != want {
		t.Errorf("%s holds %v, want %s", key, got, want)
	}
}

// guarded calls a tool under the default guard.
func guarded(t *testing.T, r *rig, p tool.Confirmer, name string, in any) (*tool.Result, error) {
	t.Helper()
	registry, err := r.registry.Under(tool.DefaultGuard())
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	return registry.Call(t.Context(), tool.Request{
		Tool: name, Input: raw, Files: r.files, Confirm: p, Caller: caller.Caller{Door: "test", Actor: "tester", Role: caller.Admin},
	})
}

// What appears after nothing was found is not written over unasked.
func TestWhatAppearsAfterTheLookIsKept(t *testing.T) {
	writing := func(key string) func(*http.Request) bool {
		return func(r *http.Request) bool { return r.Method == http.MethodPut && strings.HasSuffix(r.URL.Path, key) }
	}
	theirs := func(key string) func(*bucketStore, *rig) {
		return func(s *bucketStore, _ *rig) { s.put(t, key, "theirs") }
	}
	t.Run("put", func(t *testing.T) {
		s, r := meddled(t, writing("/a"), theirs("a"))
		_, err := guarded(t, r, nil, "s3.put", m{"bucket": s.bucket, "key": "a", "body": "mine"})
		if !errors.Is(err, fault.Conflict) {
			t.Errorf("err = %v", err)
		}
		s.holds(t, "a", "theirs")
	})
	t.Run("up", func(t *testing.T) {
		s, r := meddled(t, writing("/site/b"), theirs("site/b"))
		r.write(t, "site/a", []byte("one"))
		r.write(t, "site/b", []byte("two"))
		_, err := guarded(t, r, nil, "s3.cp", m{"from": "site", "to": s.url("site/")})
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
		_, err := guarded(t, r, nil, "s3.cp", m{"from": s.url("from/"), "to": s.url("to/")})
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
		s, r := meddled(t, read, func(_ *bucketStore, r *rig) { r.write(t, "here/a", []byte("theirs")) })
		s.put(t, "from/a", "one")
		s.put(t, "from/b", "two")
		_, err := guarded(t, r, nil, "s3.cp", m{"from": s.url("from/"), "to": "here"})
		if !errors.Is(err, fault.Partial) {
			t.Errorf("err = %v", err)
		}
		if got := string(r.read(t, "here/a")); got != "theirs" {
			t.Errorf("here/a holds %s", got)
		}
	})
}

// A yes is to what was there when it was asked for, each object by its state,
// those that the question does not name included.
func TestAYesIsToTheStateOfEachObject(t *testing.T) {
	sim := simtest.Start(t)
	s := newStore(t, "direct", simSettings(sim))
	in := m{"from": "t", "to": s.url("t/")}
	for i := range 30 {
		s.write(t, fmt.Sprintf("t/%02d", i), []byte("mine"))
		if i < 25 {
			s.put(t, fmt.Sprintf("t/%02d", i), "old")
		}
	}
	question := func() tool.Question {
		t.Helper()
		var no asked
		if _, err := guarded(t, s.rig, &no, "s3.cp", in); !errors.Is(err, fault.Unconfirmed) {
			t.Fatal(err)
		}
		return no.question
	}
	before := question()
	s.put(t, "t/24", "mine") // one less would be overwritten
	s.put(t, "t/29", "dear") // and one more, of which the question names neither
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
}
