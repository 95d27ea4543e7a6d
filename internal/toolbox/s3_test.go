package toolbox_test

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/fault"
)

// bucketStore is one S3 that the tools are held against.
type bucketStore struct {
	*rig
	name   string
	client *s3.Client
	bucket string
}

// onEveryStore runs a test on every S3 there is, each time with a fresh
// bucket.
func onEveryStore(t *testing.T, test func(t *testing.T, s *bucketStore)) {
	t.Run("versitygw", func(t *testing.T) { test(t, newStore(t, "versitygw", fakeSettings(startVersity(t)))) })
	t.Run("awssim", func(t *testing.T) { test(t, newStore(t, "awssim", simSettings(simtest.Start(t)))) })
}

// simSettings is a connection to the simulator as its administrator.
func simSettings(sim *simtest.Sim) awsapi.Settings {
	s := fakeSettings(sim.URL)
	s.AccessKeyID, s.SecretAccessKey = settings.NewSecret(sim.Key.AccessKeyID), settings.NewSecret(sim.Key.SecretAccessKey)
	s.Account = simtest.Account
	return s
}

func newStore(t testing.TB, name string, connection awsapi.Settings) *bucketStore {
	t.Helper()
	s := storeOf(t, newRig(t, connection))
	s.name = name
	return s
}

// storeOf is a rig with a bucket.
func storeOf(t testing.TB, r *rig) *bucketStore {
	t.Helper()
	session, err := r.pool.Session(t.Context(), awsapi.Target{})
	if err != nil {
		t.Fatal(err)
	}
	s := &bucketStore{rig: r, bucket: "harbour", client: s3.NewFromConfig(session.Config(), func(o *s3.Options) { o.UsePathStyle = true })}
	s.makeBucket(t, s.bucket)
	return s
}

func (s *bucketStore) makeBucket(t testing.TB, name string) {
	t.Helper()
	if _, err := s.client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name}); err != nil {
		t.Fatal(err)
	}
}

func (s *bucketStore) versioned(t testing.TB) {
	t.Helper()
	_, err := s.client.PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
		Bucket:                  &s.bucket,
		VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// in is an input of a tool, the store's bucket filled in.
func (s *bucketStore) in(members map[string]any) map[string]any {
	if _, ok := members["bucket"]; !ok {
		members["bucket"] = s.bucket
	}
	return members
}

type m = map[string]any

func TestListBuckets(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		for _, name := range []string{"anchor", "buoy", "crane"} {
			s.makeBucket(t, name)
		}
		all := s.call(t, "s3.list", m{})
		if diff := cmp.Diff([]any{"anchor", "buoy", "crane", "harbour"}, all.column("name")); diff != "" {
			t.Error(diff)
		}
		for _, created := range all.column("created") {
			if created == nil {
				t.Error("a bucket has no creation date")
			}
		}
		first := s.call(t, "s3.list", m{"limit": 3})
		rest := s.call(t, "s3.list", m{"limit": 3, "cursor": first["cursor"]})
		if diff := cmp.Diff([]any{"harbour"}, rest.column("name")); diff != "" || rest["cursor"] != nil {
			t.Error(diff, rest["cursor"])
		}
		if diff := cmp.Diff([]any{"buoy"}, s.call(t, "s3.list", m{"prefix": "bu"}).column("name")); diff != "" {
			t.Error(diff)
		}
	})
}

func TestListObjects(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		for _, key := range []string{"a b+c.txt", "logs/1", "logs/2", "logs/old/1", "z"} {
			s.call(t, "s3.put", s.in(m{"key": key, "body": "x"}))
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
				if diff := cmp.Diff(tt.want, s.call(t, "s3.list", s.in(tt.in)).column("name")); diff != "" {
					t.Error(diff)
				}
			})
		}
		t.Run("page by page", func(t *testing.T) {
			var names []any
			for cursor := any(""); cursor != nil; {
				page := s.call(t, "s3.list", s.in(m{"limit": 2, "cursor": cursor}))
				names, cursor = append(names, page.column("name")...), page["cursor"]
			}
			if diff := cmp.Diff(tests["all"].want, names); diff != "" {
				t.Error(diff)
			}
		})
	})
}

func TestPutThenGet(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		put := s.call(t, "s3.put", s.in(m{
			"key": "notes/hello.html", "body": "<p>hé</p>", "metadata": m{"captain": "ada"}, "tags": m{"team": "core + co"},
		}))
		if put["content_type"] != "text/html; charset=utf-8" || put["size"] != 10.0 || put["etag"] == "" {
			t.Errorf("put answered %v", put)
		}
		got := s.call(t, "s3.get", s.in(m{"key": "notes/hello.html"}))
		delete(got, "modified")
		want := answer{
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

func ptr[T any](v T) *T { return &v }

func TestGetGivesBinaryRangesAndNothing(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		s.call(t, "s3.put", s.in(m{"key": "text", "body": "0123456789"}))
		s.call(t, "s3.put", s.in(m{"key": "empty", "body": ""}))
		s.write(t, "bin", []byte{0xff, 0, 1})
		s.call(t, "s3.put", s.in(m{"key": "bin", "from_file": "bin"}))
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
				got := s.call(t, "s3.get", s.in(tt.in))
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
		s.write(t, "long", []byte(text))
		s.call(t, "s3.put", s.in(m{"key": "long", "from_file": "long"}))
		var whole strings.Builder
		in := s.in(m{"key": "long"})
		for parts := 0; ; parts++ {
			got := s.call(t, "s3.get", in)
			whole.WriteString(got["text"].(string))
			if got["next_range"] == nil {
				break
			}
			in["range"] = got["next_range"]
			if parts > 3 {
				t.Fatal("the ranges do not end")
			}
		}
		if whole.String() != text {
			t.Errorf("the parts make %d bytes, want %d", whole.Len(), len(text))
		}
	})
}

func TestBigObjectsTravelInParts(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		content := make([]byte, 20<<20+12345)
		fillRandom(content)
		s.write(t, "big", content)
		put := s.call(t, "s3.put", s.in(m{"key": "big.bin", "from_file": "big"}))
		if etag := put["etag"].(string); !strings.HasSuffix(etag, "-3") {
			t.Errorf("etag %s: want three parts", etag)
		}
		s.call(t, "s3.get", s.in(m{"key": "big.bin", "to_file": "back"}))
		if !bytes.Equal(s.read(t, "back"), content) {
			t.Error("what came back is not what was sent")
		}
		part := s.call(t, "s3.get", s.in(m{"key": "big.bin", "to_file": "part", "range": "100-17000000"}))
		if !bytes.Equal(s.read(t, "part"), content[100:17000001]) || part["range"] != "100-17000000" {
			t.Errorf("the range is wrong: %v", part)
		}
		s.call(t, "s3.put", s.in(m{"key": "empty", "body": ""}))
		s.call(t, "s3.get", s.in(m{"key": "empty", "to_file": "empty"}))
		if len(s.read(t, "empty")) != 0 {
			t.Error("the empty object is not empty")
		}
	})
}

func fillRandom(b []byte) {
	source := rand.NewChaCha8([32]byte{1})
	_, _ = source.Read(b)
}

func TestDelete(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		s.call(t, "s3.put", s.in(m{"key": "k", "body": "x"}))
		s.call(t, "s3.delete", s.in(m{"key": "k"}))
		if _, err := s.try(t.Context(), "s3.get", s.in(m{"key": "k"})); !errors.Is(err, fault.NotFound) {
			t.Errorf("get after delete: %v", err)
		}
		s.call(t, "s3.delete", s.in(m{"key": "k"})) // as S3 has it
	})
}

func TestVersions(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		s.versioned(t)
		first := s.call(t, "s3.put", s.in(m{"key": "k", "body": "one"}))
		second := s.call(t, "s3.put", s.in(m{"key": "k", "body": "two"}))
		if got := s.call(t, "s3.get", s.in(m{"key": "k", "version_id": first["version_id"]})); got["text"] != "one" {
			t.Errorf("the first version: %v", got)
		}
		if gone := s.call(t, "s3.delete", s.in(m{"key": "k"})); gone["delete_marker"] != true {
			t.Errorf("delete answered %v", gone)
		}
		s.call(t, "s3.delete", s.in(m{"key": "k", "version_id": second["version_id"]}))
		if _, err := s.try(t.Context(), "s3.get", s.in(m{"key": "k", "version_id": second["version_id"]})); !errors.Is(err, fault.NotFound) {
			t.Errorf("the removed version: %v", err)
		}
	})
}

func TestIfNoneMatchWritesOnce(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		in := s.in(m{"key": "lock", "body": "mine", "if_none_match": "*"})
		s.call(t, "s3.put", in)
		in["body"] = "theirs"
		if _, err := s.try(t.Context(), "s3.put", in); !errors.Is(err, fault.Conflict) {
			t.Errorf("the second write: %v", err)
		}
		if got := s.call(t, "s3.get", s.in(m{"key": "lock"})); got["text"] != "mine" {
			t.Errorf("the object holds %v", got["text"])
		}
	})
}

// ARNs for which there is no address are named before anybody is asked. The
// simulator is addressed by path.
func TestARNsWithoutAnAddress(t *testing.T) {
	const point = "arn:aws:s3:us-east-1:111122223333:accesspoint/ap"
	s, _ := simStore(t)
	for _, tt := range []struct {
		tool  string
		in    m
		field string
		fix   string
	}{
		{"s3.get", m{"bucket": "arn:aws:s3:::acme-web", "key": "k"}, "bucket", "acme-web"},
		{"s3.get", m{"bucket": point, "key": "k"}, "bucket", "path_style"},
		{"s3.list", m{"bucket": point}, "bucket", "path_style"},
		{"s3.put", m{"bucket": point, "key": "k", "body": "x"}, "bucket", "path_style"},
		{"s3.delete", m{"bucket": point, "key": "k"}, "bucket", "path_style"},
		{"s3.cp", m{"from": "s3://" + point + "/x", "to": "here"}, "from", "path_style"},
		{"s3.cp", m{"from": s.url(""), "to": "s3://" + point + "/x"}, "to", "path_style"},
	} {
		p := new(person)
		_, err := guarded(t, s.rig, p, tt.tool, tt.in)
		f := fault.From(err)
		if f == nil || f.Kind != fault.Invalid || f.Field != tt.field || !strings.Contains(f.Fix, tt.fix) || len(p.asked) > 0 {
			t.Errorf("%s %v: %+v, asked %v", tt.tool, tt.in, f, p.asked)
		}
	}
}

// Other services' endpoint rules refuse settings that exclude each other.
func TestSettingsWithoutAnAddress(t *testing.T) {
	settings := simSettings(simtest.Start(t))
	settings.FIPS = true
	if _, err := newRig(t, settings).try(t.Context(), "lambda.list", m{}); !errors.Is(err, fault.Invalid) {
		t.Errorf("FIPS at an endpoint of one's own: %v", err)
	}
}

func TestBadInputIsRefused(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		s.call(t, "s3.put", s.in(m{"key": "k", "body": "x"}))
		s.write(t, "taken", []byte("mine"))
		outside := t.TempDir()
		if err := os.Symlink(outside, filepath.Join(s.dir, "link")); err != nil {
			t.Fatal(err)
		}
		tests := map[string]struct {
			tool  string
			in    m
			want  fault.Kind
			field string
		}{
			"capitals in a bucket":     {"s3.list", m{"bucket": "Harbour"}, fault.Invalid, "bucket"},
			"bucket too short":         {"s3.get", m{"bucket": "ab", "key": "k"}, fault.Invalid, "bucket"},
			"bucket is an address":     {"s3.get", m{"bucket": "10.0.0.1", "key": "k"}, fault.Invalid, "bucket"},
			"bucket with a slash":      {"s3.delete", m{"bucket": "a/b", "key": "k"}, fault.Invalid, "bucket"},
			"bucket is a bad ARN":      {"s3.get", m{"bucket": "arn:aws:s3", "key": "k"}, fault.Invalid, "bucket"},
			"no such bucket":           {"s3.list", m{"bucket": "nowhere"}, fault.NotFound, ""},
			"no such key":              {"s3.get", m{"key": "none"}, fault.NotFound, ""},
			"no such key, to a file":   {"s3.get", m{"key": "none", "to_file": "new"}, fault.NotFound, ""},
			"a name no header has":     {"s3.put", m{"key": "k", "body": "b", "metadata": m{"ÿ\u009f": "v"}}, fault.Invalid, ""},
			"a value of two lines":     {"s3.put", m{"key": "k", "body": "b", "metadata": m{"a": "b\nc"}}, fault.Invalid, ""},
			"a type of two lines":      {"s3.put", m{"key": "k", "body": "b", "content_type": "a\nb"}, fault.Invalid, ""},
			"empty key":                {"s3.get", m{"key": ""}, fault.Invalid, "key"},
			"key too long":             {"s3.get", m{"key": strings.Repeat("k", 1025)}, fault.Invalid, "key"},
			"range backwards":          {"s3.get", m{"key": "k", "range": "9-2"}, fault.Invalid, "range"},
			"range past the end":       {"s3.get", m{"key": "k", "range": "5-9"}, fault.Invalid, ""},
			"range to file past it":    {"s3.get", m{"key": "k", "range": "5-9", "to_file": "new"}, fault.Invalid, "range"},
			"file exists":              {"s3.get", m{"key": "k", "to_file": "taken"}, fault.Conflict, ""},
			"file above":               {"s3.get", m{"key": "k", "to_file": "../new"}, fault.Refused, ""},
			"file through a link":      {"s3.get", m{"key": "k", "to_file": "link/new"}, fault.Refused, ""},
			"file absolute outside":    {"s3.get", m{"key": "k", "to_file": filepath.Join(outside, "new")}, fault.Refused, ""},
			"source above":             {"s3.put", m{"key": "n", "from_file": "../../etc/passwd"}, fault.Refused, ""},
			"source is not there":      {"s3.put", m{"key": "n", "from_file": "none"}, fault.NotFound, ""},
			"source is a directory":    {"s3.put", m{"key": "n", "from_file": "."}, fault.Invalid, ""},
			"body and file":            {"s3.put", m{"key": "n", "body": "x", "from_file": "taken"}, fault.Invalid, "body"},
			"neither body nor file":    {"s3.put", m{"key": "n"}, fault.Invalid, "body"},
			"unknown encryption":       {"s3.put", m{"key": "n", "body": "x", "sse": "rot13"}, fault.Invalid, "sse"},
			"key for the wrong method": {"s3.put", m{"key": "n", "body": "x", "sse": "AES256", "kms_key": "k"}, fault.Invalid, "kms_key"},
			"delimiter on buckets":     {"s3.list", m{"bucket": "", "delimiter": "/"}, fault.Invalid, "delimiter"},
			"unknown field":            {"s3.get", m{"key": "k", "to-file": "x"}, fault.Invalid, "to-file"},
			"wrong type":               {"s3.list", m{"limit": "ten"}, fault.Invalid, "limit"},
			"strange cursor":           {"s3.list", m{"cursor": "xyz"}, fault.Invalid, "cursor"},
		}
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				_, err := s.try(t.Context(), tt.tool, s.in(tt.in))
				f := fault.From(err)
				if f == nil || f.Kind != tt.want || (tt.field != "" && f.Field != tt.field) {
					t.Errorf("got %v (field %q), want %s about %q", err, f.Field, tt.want, tt.field)
				}
			})
		}
		if diff := cmp.Diff([]string{"link", "taken"}, s.inDir(t)); diff != "" {
			t.Errorf("left behind: %s", diff)
		}
		if got := string(s.read(t, "taken")); got != "mine" {
			t.Errorf("the file that existed holds %q", got)
		}
	})
}

func TestCancelledCallsLeaveNothing(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		content := make([]byte, 40<<20)
		fillRandom(content)
		s.write(t, "big", content)
		s.call(t, "s3.put", s.in(m{"key": "big", "from_file": "big"}))
		for name, in := range map[string]m{
			"s3.get": s.in(m{"key": "big", "to_file": "back"}),
			"s3.put": s.in(m{"key": "again", "from_file": "big"}),
		} {
			ctx, cancel := context.WithCancel(t.Context())
			_, err := s.tryWatched(ctx, name, in, func() { cancel() })
			if !errors.Is(err, fault.Canceled) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if diff := cmp.Diff([]string{"big"}, s.inDir(t)); diff != "" {
			t.Errorf("files left behind: %s", diff)
		}
		parts, err := s.client.ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: &s.bucket})
		if err != nil || len(parts.Uploads) > 0 {
			t.Errorf("uploads left behind: %v, %v", parts, err)
		}
	})
}
