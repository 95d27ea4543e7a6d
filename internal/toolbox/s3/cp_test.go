package s3_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// tally gives how many objects a copy copied, skipped and failed.
func tally(a toolboxtest.Answer) [3]float64 {
	count := func(name string) float64 { return a[name].(m)["objects"].(float64) }
	return [3]float64{count("copied"), count("skipped"), count("failed")}
}

func TestCopyTreeUpAndDownAndAcross(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		names := s.plant(t, "site")
		up := m{"from": "site", "to": s.url("www")}
		if got := tally(s.Call(t, "s3.cp", up)); got != [3]float64{6, 0, 0} {
			t.Fatalf("first copy: %v", got)
		}
		if got := tally(s.Call(t, "s3.cp", up)); got != [3]float64{0, 6, 0} {
			t.Errorf("second copy: %v", got)
		}
		s.Write(t, "site/a.txt", []byte("CONTENT of a.txt")) // same size, other content
		changed := s.Call(t, "s3.cp", up)
		if got := tally(changed); got != [3]float64{1, 5, 0} {
			t.Errorf("after a change: %v", got)
		}
		across := m{"from": s.url("www/"), "to": s.url("mirror/")}
		if got := tally(s.Call(t, "s3.cp", across)); got != [3]float64{6, 0, 0} {
			t.Errorf("within S3: %v", got)
		}
		if got := tally(s.Call(t, "s3.cp", across)); got != [3]float64{0, 6, 0} {
			t.Errorf("within S3, again: %v", got)
		}
		down := m{"from": s.url("mirror"), "to": "back"}
		if got := tally(s.Call(t, "s3.cp", down)); got != [3]float64{6, 0, 0} {
			t.Errorf("down: %v", got)
		}
		if got := tally(s.Call(t, "s3.cp", down)); got != [3]float64{0, 6, 0} {
			t.Errorf("down, again: %v", got)
		}
		for _, name := range names {
			if !bytes.Equal(s.Read(t, "site/"+name), s.Read(t, "back/"+name)) {
				t.Errorf("%s came back changed", name)
			}
		}
		s.Write(t, "back/a.txt", []byte("stale"))
		if got := tally(s.Call(t, "s3.cp", down)); got != [3]float64{1, 5, 0} || string(s.Read(t, "back/a.txt")) != "CONTENT of a.txt" {
			t.Errorf("a stale file: %v", got)
		}
	})
}

func TestCopyOneObject(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		s.Write(t, "dir/one.txt", []byte("one"))
		for _, step := range []struct{ from, to string }{
			{"dir/one.txt", s.url("in/")},
			{"dir/one.txt", s.url("renamed.txt")},
			{s.url("in/one.txt"), s.url("copy.txt")},
			{s.url("renamed.txt"), "dir"},
			{s.url("renamed.txt"), "new/"},
			{s.url("renamed.txt"), "plain.txt"},
		} {
			for _, want := range [][3]float64{{1, 0, 0}, {0, 1, 0}} {
				if got := tally(s.Call(t, "s3.cp", m{"from": step.from, "to": step.to})); got != want {
					t.Errorf("%s to %s: %v, want %v", step.from, step.to, got, want)
				}
			}
		}
		if diff := cmp.Diff([]any{"copy.txt", "in/one.txt", "renamed.txt"}, s.keys(t, "")); diff != "" {
			t.Error(diff)
		}
		for _, file := range []string{"dir/renamed.txt", "new/renamed.txt", "plain.txt"} {
			if string(s.Read(t, file)) != "one" {
				t.Errorf("%s is wrong", file)
			}
		}
	})
}

func TestCopyChoosesAndPretends(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		s.plant(t, "site")
		if err := os.Symlink("/etc/passwd", filepath.Join(s.Dir, "site/link")); err != nil {
			t.Fatal(err)
		}
		result, err := s.Try(t.Context(), "s3.cp", m{"from": "site", "to": s.url(""), "dry_run": true})
		if !errors.Is(err, fault.Partial) {
			t.Fatalf("a link that leads out is not a failure: %v", err)
		}
		dry := toolboxtest.AnswerOf(t, result)
		if got := tally(dry); got != [3]float64{6, 0, 1} {
			t.Errorf("dry run: %v", got)
		}
		if keys := s.keys(t, ""); len(keys) > 0 {
			t.Errorf("the dry run copied %v", keys)
		}
		s.Call(t, "s3.cp", m{"from": "site", "to": s.url(""), "include": []string{"a/**", "é.txt"}, "exclude": []string{"*.log", "link"}})
		if diff := cmp.Diff([]any{"a/deep/y.txt", "é.txt"}, s.keys(t, "")); diff != "" {
			t.Error(diff)
		}
	})
}

func TestCopyOfBigFilesIsKnownAgain(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		content := make([]byte, 17<<20+1)
		fillRandom(content)
		s.Write(t, "big", content)
		for i, step := range []m{
			{"from": "big", "to": s.url("big")},
			{"from": s.url("big"), "to": "back"},
			{"from": s.url("big"), "to": s.url("again")},
		} {
			if i == 2 {
				time.Sleep(1100 * time.Millisecond) // S3 tells time in seconds, and within one the copy might be older
			}
			for _, want := range [][3]float64{{1, 0, 0}, {0, 1, 0}} {
				if got := tally(s.Call(t, "s3.cp", step)); got != want {
					t.Errorf("%v: %v, want %v", step, got, want)
				}
			}
		}
		content[17<<20]++
		s.Write(t, "big", content)
		if got := tally(s.Call(t, "s3.cp", m{"from": "big", "to": s.url("big")})); got != [3]float64{1, 0, 0} {
			t.Errorf("one byte changed: %v", got)
		}
	})
}

func TestCopyGoesOnPastFailures(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		for _, key := range []string{"in/a", "in/b", "in/taken", "in/c"} {
			s.Call(t, "s3.put", s.in(m{"key": key, "body": key}))
		}
		if err := os.MkdirAll(filepath.Join(s.Dir, "out", "taken"), 0o755); err != nil {
			t.Fatal(err)
		}
		result, err := s.Try(t.Context(), "s3.cp", m{"from": s.url("in/"), "to": "out"})
		if !errors.Is(err, fault.Partial) || result == nil {
			t.Fatalf("got %v, want partial with a report", err)
		}
		report := toolboxtest.AnswerOf(t, result)
		if got := tally(report); got != [3]float64{3, 0, 1} || report.Column("from")[0] != s.url("in/taken") {
			t.Errorf("report: %v", report)
		}
		_, err = s.Try(t.Context(), "s3.cp", m{"from": s.url("in/taken"), "to": "out/"})
		if !errors.Is(err, fault.Conflict) {
			t.Errorf("a single failure: %v", err)
		}
	})
}

func TestCopyRefusesBadPlaces(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		s.Write(t, "file", []byte("x"))
		tests := map[string]struct {
			in    m
			want  fault.Kind
			field string
		}{
			"nothing in S3":     {m{"from": "file", "to": "other"}, fault.Invalid, "from"},
			"the same":          {m{"from": s.url("a"), "to": s.url("a")}, fault.Invalid, "to"},
			"malformed bucket":  {m{"from": "file", "to": "s3://Harbour/x"}, fault.Invalid, "to"},
			"no bucket":         {m{"from": "s3:///x", "to": "y"}, fault.Invalid, "from"},
			"no such bucket":    {m{"from": "s3://nowhere/", "to": "y"}, fault.NotFound, ""},
			"no such object":    {m{"from": s.url("none"), "to": "y"}, fault.NotFound, "from"},
			"no such file":      {m{"from": "none", "to": s.url("")}, fault.NotFound, ""},
			"source above":      {m{"from": "../..", "to": s.url("")}, fault.Refused, ""},
			"target above":      {m{"from": s.url(""), "to": "../out"}, fault.Refused, ""},
			"empty pattern":     {m{"from": "file", "to": s.url(""), "include": []string{""}}, fault.Invalid, "include"},
			"too many at once":  {m{"from": "file", "to": s.url(""), "concurrency": 1000}, fault.Invalid, "concurrency"},
			"no key for a file": {m{"from": "", "to": s.url("")}, fault.Invalid, "from"},
		}
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				_, err := s.Try(t.Context(), "s3.cp", tt.in)
				if f := fault.From(err); f == nil || f.Kind != tt.want || (tt.field != "" && f.Field != tt.field) {
					t.Errorf("got %v, want %s about %q", err, tt.want, tt.field)
				}
			})
		}
	})
}

func TestCopyCancelledLeavesOnlyWholeFiles(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		want := map[string][]byte{}
		for i := range 60 {
			name := fmt.Sprintf("f%02d", i)
			want[name] = bytes.Repeat([]byte{byte(i)}, 100_000)
			s.Write(t, "tree/"+name, want[name])
		}
		s.Call(t, "s3.cp", m{"from": "tree", "to": s.url("tree")})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		_, err := s.TryWatched(ctx, "s3.cp", m{"from": s.url("tree"), "to": "back"}, cancel)
		if !errors.Is(err, fault.Canceled) {
			t.Fatalf("got %v", err)
		}
		entries, err := os.ReadDir(filepath.Join(s.Dir, "back"))
		if err != nil || len(entries) == len(want) {
			t.Errorf("%d files, %v: the copy was not interrupted", len(entries), err)
		}
		for _, e := range entries {
			if files.IsPartial(e.Name()) || !bytes.Equal(s.Read(t, "back/"+e.Name()), want[e.Name()]) {
				t.Errorf("%s is not whole", e.Name())
			}
		}
	})
}

func TestCopyKeepsTypeAndMetadataWithinS3(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		s.Call(t, "s3.put", s.in(m{"key": "a+b %.html", "body": "<p>", "metadata": m{"captain": "ada"}}))
		s.Call(t, "s3.cp", m{"from": s.url("a+b %.html"), "to": s.url("copy")})
		got := s.Call(t, "s3.get", s.in(m{"key": "copy"}))
		if got["content_type"] != "text/html; charset=utf-8" || got["metadata"].(m)["captain"] != "ada" {
			t.Errorf("the copy is %v", got)
		}
	})
}

// listsPlain reports keys that the store's listings cannot carry: versitygw
// 1.8.0 does not know encoding-type=url, and XML 1.0 has no escape character.
func (s *bucketStore) listsPlain(key string) bool {
	return s.name == "versitygw" && strings.ContainsRune(key, 0x1b)
}

func TestAwkwardKeys(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		keys := []string{"new\nline", "tab\there", "esc\x1b[31mred", "per%20cent", "quo\"te", "semi;colon&amp"}
		for _, key := range keys {
			body := "content of " + key
			s.Call(t, "s3.put", s.in(m{"key": key, "body": body}))
			if got := s.Call(t, "s3.get", s.in(m{"key": key})); got["text"] != body {
				t.Errorf("%q came back as %q", key, got["text"])
			}
		}
		listed := map[any]bool{}
		for _, name := range s.keys(t, "") {
			listed[name] = true
		}
		for _, key := range keys {
			if !listed[key] && !s.listsPlain(key) {
				t.Errorf("%q is not in %v", key, slices.Collect(maps.Keys(listed)))
			}
			s.Call(t, "s3.delete", s.in(m{"key": key}))
		}
		out, err := s.client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: &s.bucket})
		if err != nil || len(out.Contents) > 0 {
			t.Errorf("left: %v, %v", out, err)
		}
	})
}
