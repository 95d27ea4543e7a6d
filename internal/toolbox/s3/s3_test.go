package s3_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

func TestListBuckets(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		for _, name := range []string{"anchor", "buoy", "crane"} {
			s.makeBucket(t, name)
		}
		all := s.Call(t, "s3.list", m{})
		if diff := cmp.Diff([]any{"anchor", "buoy", "crane", "harbour"}, all.Column("name")); diff != "" {
			t.Error(diff)
		}
		for _, created := range all.Column("created") {
			if created == nil {
				t.Error("a bucket has no creation date")
			}
		}
		first := s.Call(t, "s3.list", m{"limit": 3})
		rest := s.Call(t, "s3.list", m{"limit": 3, "cursor": first["cursor"]})
		if diff := cmp.Diff([]any{"harbour"}, rest.Column("name")); diff != "" || rest["cursor"] != nil {
			t.Error(diff, rest["cursor"])
		}
		if diff := cmp.Diff([]any{"buoy"}, s.Call(t, "s3.list", m{"prefix": "bu"}).Column("name")); diff != "" {
			t.Error(diff)
		}
	})
}

func TestListObjects(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		for _, key := range []string{"a b+c.txt", "logs/1", "logs/2", "logs/old/1", "z"} {
			s.Call(t, "s3.put", s.in(m{"key": key, "body": "x"}))
		}
		tests := map[string]struct {
			in   m
			want []any
		}{
			"all":             {m{}, []any{"a b+c.txt", "logs/1", "logs/2", "logs/old/1", "z"}},
			"prefix":          {m{"prefix": "logs/"}, []any{"logs/1", "logs/2", "logs/old/1"}},
			"delimiter":       {m{"delimiter": "/"}, []any{"a b+c.txt", "logs/", "z"}},
			"both":            {m{"prefix": "logs/", "delimiter": "/"}, []any{"logs/1", "logs/2", "logs/old/"}},
			"limit":           {m{"limit": 2}, []any{"a b+c.txt", "logs/1"}},
			"nothing matches": {m{"prefix": "none"}, []any{}},
		}
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				if diff := cmp.Diff(tt.want, s.Call(t, "s3.list", s.in(tt.in)).Column("name")); diff != "" {
					t.Error(diff)
				}
			})
		}
		t.Run("page by page", func(t *testing.T) {
			var names []any
			for input := s.in(m{"limit": 2}); ; {
				page := s.Call(t, "s3.list", input)
				names = append(names, page.Column("name")...)
				if input["cursor"] = page["cursor"]; page["cursor"] == nil {
					break
				}
			}
			if diff := cmp.Diff(tests["all"].want, names); diff != "" {
				t.Error(diff)
			}
		})
	})
}

// A cursor is refused in another bucket, or with another prefix or delimiter.
func TestListRefusesForeignCursors(t *testing.T) {
	s, _ := simStore(t)
	s.makeBucket(t, "other")
	for _, key := range []string{"a/1", "a/2", "b/1"} {
		s.Call(t, "s3.put", s.in(m{"key": key, "body": "x"}))
	}
	cursor := s.Call(t, "s3.list", s.in(m{"limit": 1}))["cursor"]
	for _, in := range []m{s.in(m{"prefix": "a/"}), s.in(m{"delimiter": "/"}), {"bucket": "other"}, {}} {
		in["cursor"] = cursor
		_, err := s.Try(t.Context(), "s3.list", in)
		if f := fault.From(err); f == nil || f.Kind != fault.Invalid || f.Field != "cursor" {
			t.Errorf("%v: %v", in, err)
		}
	}
}

func TestPutThenGet(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		put := s.Call(t, "s3.put", s.in(m{
			"key": "notes/hello.html", "body": "<p>hé</p>", "metadata": m{"captain": "ada"}, "tags": m{"team": "core + co"},
		}))
		if put["content_type"] != "text/html; charset=utf-8" || put["size"] != 10.0 || put["etag"] == "" {
			t.Errorf("put answered %v", put)
		}
		got := s.Call(t, "s3.get", s.in(m{"key": "notes/hello.html"}))
		delete(got, "modified")
		want := toolboxtest.Answer{
			"bucket": s.bucket, "key": "notes/hello.html", "size": 10.0, "content_type": "text/html; charset=utf-8",
			"etag": put["etag"], "metadata": m{"captain": "ada"}, "text": "<p>hé</p>",
		}
		delete(got, "storage_class")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		tags, err := s.client.GetObjectTagging(t.Context(), &s3.GetObjectTaggingInput{Bucket: &s.bucket, Key: ptr("notes/hello.html")})
		if err != nil || len(tags.TagSet) != 1 || *tags.TagSet[0].Value != "core + co" {
			t.Errorf("tags: %v, %v", tags, err)
		}
	})
}

func TestGetGivesBinaryRangesAndNothing(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		s.Call(t, "s3.put", s.in(m{"key": "text", "body": "0123456789"}))
		s.Call(t, "s3.put", s.in(m{"key": "empty", "body": ""}))
		s.Write(t, "bin", []byte{0xff, 0, 1})
		s.Call(t, "s3.put", s.in(m{"key": "bin", "from_file": "bin"}))
		tests := map[string]struct {
			in   m
			want m
		}{
			"binary":       {m{"key": "bin"}, m{"base64": "/wAB", "size": 3.0}},
			"empty":        {m{"key": "empty"}, m{"size": 0.0}},
			"first":        {m{"key": "text", "range": "0-2"}, m{"text": "012", "range": "0-2", "size": 10.0}},
			"from":         {m{"key": "text", "range": "8-"}, m{"text": "89", "range": "8-9", "size": 10.0}},
			"last":         {m{"key": "text", "range": "-3"}, m{"text": "789", "range": "7-9", "size": 10.0}},
			"past its end": {m{"key": "text", "range": "bytes=8-100"}, m{"text": "89", "range": "8-9", "size": 10.0}},
		}
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				got := s.Call(t, "s3.get", s.in(tt.in))
				for _, member := range []string{"text", "base64", "range", "size", "next_range"} {
					if diff := cmp.Diff(tt.want[member], got[member]); diff != "" {
						t.Errorf("%s: %s", member, diff)
					}
				}
			})
		}
	})
}

func TestLargeTextSaysWhatRangeComesNext(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		text := strings.Repeat("ahoy é\n", 200_000) // 1.6 MB, é across the border of the cap
		s.Write(t, "long", []byte(text))
		s.Call(t, "s3.put", s.in(m{"key": "long", "from_file": "long"}))
		var whole strings.Builder
		in := s.in(m{"key": "long"})
		for parts := 0; ; parts++ {
			got := s.Call(t, "s3.get", in)
			whole.WriteString(got["text"].(string))
			if got["next_range"] == nil {
				break
			}
			in["range"], in["if_match"] = got["next_range"], got["etag"]
			if parts > 3 {
				t.Fatal("the ranges do not end")
			}
		}
		if whole.String() != text {
			t.Errorf("the parts make %d bytes, want %d", whole.Len(), len(text))
		}
	})
}

// A read that goes on does not mix two states of an object.
func TestReadingOnInAnObjectThatWasReplaced(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		s.Call(t, "s3.put", s.in(m{"key": "a", "body": "first"}))
		etag := s.Call(t, "s3.get", s.in(m{"key": "a", "range": "0-1"}))["etag"]
		for i, in := range []m{{"range": "2-4"}, {}, {"range": "2-4", "to_file": "got1"}, {"to_file": "got2"}} {
			in["key"], in["if_match"] = "a", etag
			if _, err := s.Try(t.Context(), "s3.get", s.in(in)); err != nil {
				t.Errorf("%d, the same: %v", i, err)
			}
		}
		s.Call(t, "s3.put", s.in(m{"key": "a", "body": "other"}))
		for i, in := range []m{{"range": "2-4"}, {}, {"range": "2-4", "to_file": "got3"}, {"to_file": "got4"}} {
			in["key"], in["if_match"] = "a", etag
			_, err := s.Try(t.Context(), "s3.get", s.in(in))
			if f := fault.From(err); f == nil || f.Kind != fault.Conflict || f.Field != "if_match" || !strings.Contains(f.Fix, "from the beginning") {
				t.Errorf("%d, replaced: %+v", i, f)
			}
		}
	})
}

func TestBigObjectsTravelInParts(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		content := make([]byte, 20<<20+12345)
		fillRandom(content)
		s.Write(t, "big", content)
		put := s.Call(t, "s3.put", s.in(m{"key": "big.bin", "from_file": "big"}))
		if etag := put["etag"].(string); !strings.HasSuffix(etag, "-3") {
			t.Errorf("etag %s: want three parts", etag)
		}
		s.Call(t, "s3.get", s.in(m{"key": "big.bin", "to_file": "back"}))
		if !bytes.Equal(s.Read(t, "back"), content) {
			t.Error("what came back is not what was sent")
		}
		part := s.Call(t, "s3.get", s.in(m{"key": "big.bin", "to_file": "part", "range": "100-17000000"}))
		if !bytes.Equal(s.Read(t, "part"), content[100:17000001]) || part["range"] != "100-17000000" {
			t.Errorf("the range is wrong: %v", part)
		}
		s.Call(t, "s3.put", s.in(m{"key": "empty", "body": ""}))
		s.Call(t, "s3.get", s.in(m{"key": "empty", "to_file": "empty"}))
		if len(s.Read(t, "empty")) != 0 {
			t.Error("the empty object is not empty")
		}
	})
}

func TestDelete(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		s.Call(t, "s3.put", s.in(m{"key": "k", "body": "x"}))
		s.Call(t, "s3.delete", s.in(m{"key": "k"}))
		if _, err := s.Try(t.Context(), "s3.get", s.in(m{"key": "k"})); !errors.Is(err, fault.NotFound) {
			t.Errorf("get after delete: %v", err)
		}
		s.Call(t, "s3.delete", s.in(m{"key": "k"})) // as S3 has it
	})
}

func TestVersions(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		s.versioned(t)
		first := s.Call(t, "s3.put", s.in(m{"key": "k", "body": "one"}))
		second := s.Call(t, "s3.put", s.in(m{"key": "k", "body": "two"}))
		if got := s.Call(t, "s3.get", s.in(m{"key": "k", "version_id": first["version_id"]})); got["text"] != "one" {
			t.Errorf("the first version: %v", got)
		}
		if gone := s.Call(t, "s3.delete", s.in(m{"key": "k"})); gone["delete_marker"] != true {
			t.Errorf("delete answered %v", gone)
		}
		s.Call(t, "s3.delete", s.in(m{"key": "k", "version_id": second["version_id"]}))
		if _, err := s.Try(t.Context(), "s3.get", s.in(m{"key": "k", "version_id": second["version_id"]})); !errors.Is(err, fault.NotFound) {
			t.Errorf("the removed version: %v", err)
		}
	})
}

func TestIfNoneMatchWritesOnce(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		in := s.in(m{"key": "lock", "body": "mine", "if_none_match": "*"})
		s.Call(t, "s3.put", in)
		in["body"] = "theirs"
		if _, err := s.Try(t.Context(), "s3.put", in); !errors.Is(err, fault.Conflict) {
			t.Errorf("the second write: %v", err)
		}
		if got := s.Call(t, "s3.get", s.in(m{"key": "lock"})); got["text"] != "mine" {
			t.Errorf("the object holds %v", got["text"])
		}
	})
}

func TestCancelledCallsLeaveNothing(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		content := make([]byte, 40<<20)
		fillRandom(content)
		s.Write(t, "big", content)
		s.Call(t, "s3.put", s.in(m{"key": "big", "from_file": "big"}))
		for name, in := range map[string]m{
			"s3.get": s.in(m{"key": "big", "to_file": "back"}),
			"s3.put": s.in(m{"key": "again", "from_file": "big"}),
		} {
			ctx, cancel := context.WithCancel(t.Context())
			_, err := s.TryWatched(ctx, name, in, func() { cancel() })
			if !errors.Is(err, fault.Canceled) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if diff := cmp.Diff([]string{"big"}, s.Names(t)); diff != "" {
			t.Errorf("files left behind: %s", diff)
		}
		parts, err := s.client.ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: &s.bucket})
		if err != nil || len(parts.Uploads) > 0 {
			t.Errorf("uploads left behind: %v, %v", parts, err)
		}
	})
}
