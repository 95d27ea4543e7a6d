package s3_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

func TestDeleteFolder(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		s.fill(t, "img/a b+c.png", "img/sub/d.png", "img/e.txt", "img&<>/f", "images/g", "img2")
		tests := []struct {
			in   m
			left []any
			sum  string
		}{
			{m{"key": "img", "exclude": []string{"*.txt"}, "dry_run": true}, []any{"images/g", "img&<>/f", "img/a b+c.png", "img/e.txt", "img/sub/d.png", "img2"}, "would delete 2 objects, 48 B"},
			{m{"key": "img", "exclude": []string{"*.txt"}}, []any{"images/g", "img&<>/f", "img/e.txt", "img2"}, "deleted 2 objects, 48 B"},
			{m{"key": "img/", "exclude": []string{"*"}, "include": []string{"e.*"}}, []any{"images/g", "img&<>/f", "img2"}, "deleted 1 object, 20 B"},
			{m{}, []any{}, "deleted 3 objects, 53 B"},
		}
		for _, tt := range tests {
			tt.in["recursive"] = true
			result, err := s.Try(t.Context(), "s3.delete", s.in(tt.in))
			if err != nil || result.Notes[0] != tt.sum {
				t.Fatalf("%v: %v, %v", tt.in, result, err)
			}
			if diff := cmp.Diff(tt.left, s.keys(t, "")); diff != "" {
				t.Errorf("%v: %s", tt.in, diff)
			}
		}
		for _, in := range []m{{"key": "img"}, {}} {
			in["recursive"] = true
			if _, err := s.Try(t.Context(), "s3.delete", s.in(in)); !errors.Is(err, fault.NotFound) {
				t.Errorf("%v: %v", in, err)
			}
		}
	})
}

func TestDeleteFolderIsAskedAbout(t *testing.T) {
	s, _ := simStore(t)
	s.fill(t, "img/a", "img/b", "c")
	const where = " in 111122223333, us-east-1?"
	for _, tt := range []struct {
		versions types.BucketVersioningStatus
		in       m
		want     string
	}{
		{"", m{"key": "img"}, "Delete 2 objects (32 B) below s3://harbour/img/ for good: s3://harbour/img/a, s3://harbour/img/b"},
		{"", m{"exclude": []string{"a"}}, "Delete 2 objects (28 B) in the bucket harbour for good: s3://harbour/c, s3://harbour/img/b"},
		{types.BucketVersioningStatusEnabled, m{}, "Delete 3 objects (44 B) (all that are in the bucket harbour) under delete markers (their versions are kept): s3://harbour/c, s3://harbour/img/a, s3://harbour/img/b"},
		{types.BucketVersioningStatusSuspended, m{"key": "img"}, "Delete 2 objects (32 B) below s3://harbour/img/ and their versions null for good (versioning is suspended; other versions are kept): s3://harbour/img/a, s3://harbour/img/b"},
	} {
		if tt.versions != "" {
			setVersioning(t, s, tt.versions)
		}
		tt.in["recursive"] = true
		no := &toolboxtest.No{}
		if _, err := toolboxtest.Guarded(t, s.Rig, no, "s3.delete", s.in(tt.in)); err == nil {
			t.Errorf("%v was done", tt.in)
		}
		if no.Question.Text != tt.want+where {
			t.Errorf("asked %s\nwant  %s", no.Question.Text, tt.want+where)
		}
	}
	if got := toolboxtest.Asks(t, s.Rig, "s3.delete", s.in(m{"recursive": true, "include": []string{"none"}})); got != "" {
		t.Errorf("nothing is deleted, and it asked %q", got)
	}
}

// agreeing says yes after something was done.
type agreeing func()

func (a agreeing) Confirm(context.Context, tool.Question) (bool, error) { a(); return true, nil }

// What is written between the question and the deletion stays.
func TestDeleteFolderDeletesWhatWasAgreed(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		s.fill(t, "img/a", "img/b", "img/c")
		result, err := toolboxtest.Guarded(t, s.Rig, agreeing(func() {
			s.Call(t, "s3.put", s.in(m{"key": "img/b", "body": "another"}))
			s.Call(t, "s3.put", s.in(m{"key": "img/new", "body": "new"}))
		}), "s3.delete", s.in(m{"key": "img", "recursive": true}))
		if !errors.Is(err, fault.Partial) || result.Notes[0] != "deleted 2 objects, 32 B; failed 2" {
			t.Errorf("%v, %v", result.Notes, err)
		}
		if diff := cmp.Diff([]any{"img/b", "img/new"}, s.keys(t, "")); diff != "" {
			t.Error(diff)
		}
	})
}

// A key that is denied is reported, and the others are deleted. A key that XML cannot
// carry is deleted by itself.
func TestDeleteFolderReportsEachKey(t *testing.T) {
	s, sim := simStore(t)
	s.fill(t, "img/a", "img/kept", "img/\x01")
	owner := s3.NewFromConfig(sim.Config(), func(o *s3.Options) { o.UsePathStyle = true })
	_, err := owner.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: &s.bucket, Policy: ptr(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::harbour/img/kept"}]}`)})
	if err != nil {
		t.Fatal(err)
	}
	result, err := s.Try(t.Context(), "s3.delete", s.in(m{"key": "img", "recursive": true}))
	if !errors.Is(err, fault.Partial) {
		t.Fatal(err)
	}
	items := toolboxtest.AnswerOf(t, result)["items"].([]any)
	first := items[0].(m)
	if len(items) != 1 || first["key"] != "img/kept" || first["error"].(m)["kind"] != "denied" {
		t.Errorf("%v", items)
	}
	if diff := cmp.Diff([]any{"img/kept"}, s.keys(t, "")); diff != "" {
		t.Error(diff)
	}
}

// More than one request is needed, and the second one fails: the error says how many are
// gone.
func TestDeleteFolderThatIsInterrupted(t *testing.T) {
	sim := simtest.Start(t)
	direct, requests := newStore(t, "direct", toolboxtest.SimSettings(sim)), 0
	r := toolboxtest.New(t, toolboxtest.HookedSettings(t, sim, func(w http.ResponseWriter, req *http.Request) bool {
		if req.Method != http.MethodPost || !req.URL.Query().Has("delete") || req.ContentLength > 50_000 {
			return false
		}
		requests++
		w.WriteHeader(http.StatusForbidden)
		return true
	}))
	for i := range 1001 {
		_, err := direct.client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &direct.bucket, Key: ptr(fmt.Sprintf("many/%04d-%060d", i, i)), Body: strings.NewReader("x")})
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := r.Try(t.Context(), "s3.delete", direct.in(m{"key": "many", "recursive": true}))
	if err == nil || requests == 0 || !strings.Contains(fault.From(err).Cause, "1000 objects were deleted before, and up to 1 more may have been") {
		t.Errorf("%v after %d requests", err, requests)
	}
	result, err := direct.Try(t.Context(), "s3.delete", direct.in(m{"key": "many", "recursive": true}))
	if err != nil || result.Notes[0] != "deleted 1 object, 1 B" {
		t.Error(result, err)
	}
}
