package s3store

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func newStore(t testing.TB) (*Store, *Bucket) {
	t.Helper()
	s := New(t.TempDir(), time.Now)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	b, err := s.CreateBucket("bucket", "us-east-1", "111122223333")
	if err != nil {
		t.Fatal(err)
	}
	return s, b
}

func receive(t testing.TB, s *Store, data []byte, a Algorithm) *Received {
	t.Helper()
	r, err := s.Receive(bytes.NewReader(data), int64(len(data)), MaxPart, a)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func put(t testing.TB, s *Store, b *Bucket, key, text string) *Object {
	t.Helper()
	r := receive(t, s, []byte(text), CRC64NVME)
	o := &Object{Key: key, ETag: r.ETag(), Body: r.Body, Checksum: r.Checksum}
	if err := b.Put(o, Condition{}); err != nil {
		t.Fatal(err)
	}
	return o
}

func code(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	if err != nil {
		return Code(err.Error())
	}
	return ""
}

func random(n int) []byte {
	src := rand.NewChaCha8([32]byte{byte(n)})
	b := make([]byte, n)
	_, _ = src.Read(b)
	return b
}

func TestBodies(t *testing.T) {
	s, _ := newStore(t)
	for _, size := range []int{0, 1, smallBody - 1, smallBody, smallBody + 1, 3*bufferSize + 7} {
		for _, told := range []int64{-1, int64(size)} {
			data := random(size)
			r, err := s.Receive(iotest.HalfReader(bytes.NewReader(data)), told, MaxPart, SHA256)
			if err != nil {
				t.Fatalf("%d bytes, %d announced: %v", size, told, err)
			}
			for _, stretch := range [][2]int{{0, size}, {size / 3, size / 2}, {size, 0}} {
				want := data[stretch[0] : stretch[0]+min(stretch[1], size-stretch[0])]
				rd := r.Body.Open(int64(stretch[0]), int64(len(want)))
				if err := iotest.TestReader(struct{ io.Reader }{rd}, want); err != nil {
					t.Errorf("%d bytes from %v: %v", size, stretch, err)
				}
				_ = rd.Close()
				rd = r.Body.Open(int64(stretch[0]), int64(len(want)))
				var buf bytes.Buffer
				if _, err := rd.WriteTo(&buf); err != nil || !bytes.Equal(buf.Bytes(), want) {
					t.Errorf("WriteTo of %d bytes from %v: %v", size, stretch, err)
				}
				_ = rd.Close()
			}
			r.Body.Release()
		}
	}
	if left := s.spool.inMemory.Load(); left != 0 {
		t.Errorf("%d bytes are still counted in memory", left)
	}
	if files, _ := os.ReadDir(s.spool.dir); len(files) != 0 {
		t.Errorf("%d files are left", len(files))
	}
}

func TestReceiveRefuses(t *testing.T) {
	s, _ := newStore(t)
	broken := iotest.ErrReader(errors.New("broken"))
	tests := map[string]struct {
		in    io.Reader
		size  int64
		limit int64
		want  Code
	}{
		"announced too large":   {strings.NewReader(""), 11, 10, EntityTooLarge},
		"too large":             {strings.NewReader("hello world"), -1, 10, EntityTooLarge},
		"shorter than told":     {strings.NewReader("hell"), 5, 10, IncompleteBody},
		"longer than told":      {strings.NewReader("hello!"), 5, 10, IncompleteBody},
		"not empty":             {strings.NewReader("h"), 0, 10, IncompleteBody},
		"broken at once":        {broken, -1, 10, "broken"},
		"broken in the middle":  {io.MultiReader(strings.NewReader("he"), broken), 5, 10, "broken"},
		"broken in a large one": {io.MultiReader(bytes.NewReader(random(smallBody+1)), broken), -1, 1 << 30, "broken"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := s.Receive(tt.in, tt.size, tt.limit, CRC32); code(err) != tt.want {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
	if s.spool.dir != "" {
		if files, _ := os.ReadDir(s.spool.dir); len(files) != 0 {
			t.Errorf("%d files are left", len(files))
		}
	}
}

// The check values of the CRC catalogue, and other people's sums, in hex.
func TestChecksums(t *testing.T) {
	want := map[Algorithm]string{
		CRC32:     "cbf43926",
		CRC32C:    "e3069283",
		CRC64NVME: "ae8b14860a799888",
		MD5:       "25f9e794323b453885f5181f1b624d0b",
		SHA1:      "f7c3bc1d808e04732adf679965ccc34ca7ae3441",
		SHA256:    "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225",
		XXHash64:  "8cb841db40e6ae83",
	}
	s, _ := newStore(t)
	for _, a := range Algorithms() {
		r := receive(t, s, []byte("123456789"), a)
		raw, err := base64.StdEncoding.DecodeString(r.Checksum.Value)
		if err != nil || len(raw) != a.newHash().Size() {
			t.Errorf("%s is %q, not base64 of %d bytes", a, r.Checksum.Value, a.newHash().Size())
		}
		if w, ok := want[a]; ok && hex.EncodeToString(raw) != w {
			t.Errorf("%s is %x, want %s", a, raw, w)
		}
	}
}

func TestWholeChecksumFromParts(t *testing.T) {
	s, _ := newStore(t)
	data := random(100_000)
	for _, a := range []Algorithm{CRC32, CRC32C, CRC64NVME} {
		for _, size := range []int{1, 7, 4096, 99_999, 100_000} {
			var parts []*Part
			for chunk := range slices.Chunk(data, size) {
				if len(parts) == 50 {
					break
				}
				r := receive(t, s, chunk, a)
				parts = append(parts, &Part{Size: int64(len(chunk)), Checksum: r.Checksum})
			}
			want := receive(t, s, data[:min(len(data), 50*size)], a).Checksum.Value
			if got := whole(a, parts); got != want {
				t.Errorf("%s of parts of %d: %s, want %s", a, size, got, want)
			}
		}
	}
}

func TestVersions(t *testing.T) {
	s, b := newStore(t)
	text := func(version string) string {
		t.Helper()
		o, err := b.Acquire("k", version)
		if err != nil {
			return string(code(err))
		}
		defer o.Body.Release()
		r := o.Body.Open(0, o.Size())
		defer r.Close()
		data, _ := io.ReadAll(r)
		return string(data)
	}
	check := func(step, version, want string) {
		t.Helper()
		if got := text(version); got != want {
			t.Errorf("%s: version %q reads %q, want %q", step, version, got, want)
		}
	}
	put(t, s, b, "k", "first")
	put(t, s, b, "k", "second")
	check("unversioned", "", "second")
	check("unversioned", NullVersion, "second")
	if err := b.SetVersioning(Enabled); err != nil {
		t.Fatal(err)
	}
	v3 := put(t, s, b, "k", "third").VersionID
	check("enabled", "", "third")
	check("enabled", NullVersion, "second")
	del, err := b.Delete(Deletion{Key: "k"})
	if err != nil || !del.Marker {
		t.Fatalf("delete: %+v, %v", del, err)
	}
	check("deleted", "", string(NoSuchKey))
	check("deleted", del.Version, string(MethodNotAllowed))
	check("deleted", v3, "third")
	if err := b.SetVersioning(Suspended); err != nil {
		t.Fatal(err)
	}
	put(t, s, b, "k", "fifth")
	check("suspended", NullVersion, "fifth")
	if n := len(b.ListVersions(Query{Max: 10}).Items); n != 3 {
		t.Errorf("%d versions, want third, marker and null", n)
	}
	for _, v := range []string{NullVersion, del.Version, v3} {
		if _, err := b.Delete(Deletion{Key: "k", Version: v}); err != nil {
			t.Error(err)
		}
	}
	check("all gone", v3, string(NoSuchVersion))
	if err := s.DeleteBucket(b); err != nil {
		t.Error(err)
	}
	if err := b.Put(&Object{Key: "k", Body: &Body{}}, Condition{}); code(err) != NoSuchBucket {
		t.Errorf("put into a deleted bucket: %v", err)
	}
}

func TestConditions(t *testing.T) {
	o := &Object{ETag: "abc", LastModified: time.Unix(1000, 0)}
	before, at := time.Unix(999, 0), time.Unix(1000, 0)
	for _, tt := range []struct {
		name string
		c    ReadCondition
		want Code
	}{
		{"none", ReadCondition{}, ""},
		{"match", ReadCondition{Condition: Condition{Match: `"abc"`}}, ""},
		{"match among several", ReadCondition{Condition: Condition{Match: `"x", "abc"`}}, ""},
		{"other tag", ReadCondition{Condition: Condition{Match: `"abd"`}}, PreconditionFailed},
		{"none match", ReadCondition{Condition: Condition{NoneMatch: `"abc"`}}, NotModified},
		{"none match, other tag", ReadCondition{Condition: Condition{NoneMatch: `"x"`}}, ""},
		{"modified since before", ReadCondition{ModifiedSince: &before}, ""},
		{"modified since then", ReadCondition{ModifiedSince: &at}, NotModified},
		{"unmodified since then", ReadCondition{UnmodifiedSince: &at}, ""},
		{"unmodified since before", ReadCondition{UnmodifiedSince: &before}, PreconditionFailed},
		{"match wins over unmodified", ReadCondition{Condition: Condition{Match: "abc"}, UnmodifiedSince: &before}, ""},
		{"none match wins over modified", ReadCondition{Condition: Condition{NoneMatch: "x"}, ModifiedSince: &at}, ""},
	} {
		if got := code(tt.c.Allows(o)); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	for _, tt := range []struct {
		name string
		c    Condition
		o    *Object
		want Code
	}{
		{"new key", Condition{NoneMatch: "*"}, nil, ""},
		{"old key", Condition{NoneMatch: "*"}, o, PreconditionFailed},
		{"match", Condition{Match: `"abc"`}, o, ""},
		{"other", Condition{Match: `"x"`}, o, PreconditionFailed},
		{"match of nothing", Condition{Match: `"x"`}, nil, NoSuchKey},
	} {
		if got := code(tt.c.allowsWrite(tt.o, "k")); got != tt.want {
			t.Errorf("write, %s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestLockedVersions(t *testing.T) {
	s, b := newStore(t)
	if err := b.EnableLocking(true); err != nil {
		t.Fatal(err)
	}
	future := time.Now().Add(time.Hour)
	for name, tt := range map[string]struct {
		lock   Lock
		bypass bool
		want   Code
	}{
		"free":               {},
		"legal hold":         {Lock{LegalHold: true}, true, AccessDenied},
		"governance":         {Lock{Mode: "GOVERNANCE", Until: future}, false, AccessDenied},
		"governance, bypass": {Lock{Mode: "GOVERNANCE", Until: future}, true, ""},
		"compliance, bypass": {Lock{Mode: "COMPLIANCE", Until: future}, true, AccessDenied},
		"over":               {Lock{Mode: "COMPLIANCE", Until: time.Unix(0, 0)}, false, ""},
	} {
		o := put(t, s, b, name, "x")
		if _, err := b.Update(name, "", func(o *Object) error { o.Lock = tt.lock; return nil }); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Delete(Deletion{Key: name, Version: o.VersionID, Bypass: tt.bypass}); code(err) != tt.want {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
	if err := b.SetVersioning(Suspended); code(err) != InvalidBucketState {
		t.Errorf("versioning of a locking bucket can be suspended: %v", err)
	}
}

func TestMultipart(t *testing.T) {
	s, b := newStore(t)
	data := random(2*MinPart + 100)
	for _, full := range []bool{false, true} {
		u, err := b.CreateUpload(Object{Key: "k"}, CRC32, full)
		if err != nil {
			t.Fatal(err)
		}
		var list []CompletedPart
		n := int32(0)
		for chunk := range slices.Chunk(data, MinPart) {
			n += 2
			p, err := u.PutPart(n, receive(t, s, chunk, CRC32))
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, CompletedPart{p.Number, `"` + p.ETag + `"`, p.Checksum.Value})
		}
		refused(t, b, u, list)
		o, err := b.Complete("k", u.ID, Completion{Parts: list})
		if err != nil {
			t.Fatal(err)
		}
		want := receive(t, s, data, CRC32)
		if full != (o.Checksum.Value == want.Checksum.Value) || full == strings.HasSuffix(o.Checksum.Value, "-3") {
			t.Errorf("full=%v: checksum %q of %q", full, o.Checksum.Value, want.Checksum.Value)
		}
		if !strings.HasSuffix(o.ETag, "-3") || len(o.Parts) != 3 {
			t.Errorf("etag %q, %d parts", o.ETag, len(o.Parts))
		}
		sum, err := s.Sum(o.Body, CRC32)
		if err != nil || sum.MD5 != want.MD5 {
			t.Errorf("the object's bytes are not the parts': %v", err)
		}
		if _, err := b.Complete("k", u.ID, Completion{Parts: list}); code(err) != NoSuchUpload {
			t.Errorf("completed twice: %v", err)
		}
	}
}

// refused tries what can't complete an upload, which must go on after it.
func refused(t *testing.T, b *Bucket, u *Upload, list []CompletedPart) {
	t.Helper()
	other := slices.Clone(list)
	other[0].ETag = "x"
	sum := slices.Clone(list)
	sum[0].Checksum = "AAAA"
	size := int64(5)
	for name, tt := range map[string]struct {
		c    Completion
		want Code
	}{
		"no parts":        {Completion{}, MalformedXML},
		"wrong order":     {Completion{Parts: []CompletedPart{list[1], list[0]}}, InvalidPartOrder},
		"twice the same":  {Completion{Parts: []CompletedPart{list[0], list[0]}}, InvalidPartOrder},
		"other tag":       {Completion{Parts: other}, InvalidPart},
		"other checksum":  {Completion{Parts: sum}, InvalidPart},
		"unknown part":    {Completion{Parts: []CompletedPart{{Number: 77}}}, InvalidPart},
		"wrong checksum":  {Completion{Parts: list, Checksum: Checksum{Algorithm: CRC32, Value: "AAAA"}}, BadDigest},
		"wrong size":      {Completion{Parts: list, Size: &size}, InvalidRequest},
		"match of no key": {Completion{Parts: list, If: Condition{Match: `"nothing"`}}, ""},
	} {
		_, err := b.Complete(u.Key, u.ID, tt.c)
		if name == "match of no key" {
			if c := code(err); c != NoSuchKey && c != PreconditionFailed {
				t.Errorf("%s: %v", name, err)
			}
		} else if code(err) != tt.want {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
}

func TestTooSmallParts(t *testing.T) {
	s, b := newStore(t)
	u, err := b.CreateUpload(Object{Key: "k"}, "", false)
	if err != nil {
		t.Fatal(err)
	}
	var list []CompletedPart
	for n := int32(1); n <= 2; n++ {
		p, err := u.PutPart(n, receive(t, s, random(MinPart-1), u.Algorithm))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, CompletedPart{Number: n, ETag: p.ETag})
	}
	if _, err := b.Complete("k", u.ID, Completion{Parts: list}); code(err) != EntityTooSmall {
		t.Errorf("got %v", err)
	}
	if err := b.Abort("k", u.ID); err != nil {
		t.Error(err)
	}
	if files, _ := os.ReadDir(s.spool.dir); len(files) != 0 {
		t.Errorf("%d files are left after the upload was aborted", len(files))
	}
}

// TestListing holds pages against a model that looks at every key.
func TestListing(t *testing.T) {
	s, b := newStore(t)
	rnd := rand.New(rand.NewPCG(1, 2))
	keys := map[string]bool{}
	for round := range 300 {
		for range 5 {
			key := randomKey(rnd)
			if rnd.IntN(3) == 0 {
				if _, err := b.Delete(Deletion{Key: key}); err != nil {
					t.Fatal(err)
				}
				delete(keys, key)
				continue
			}
			put(t, s, b, key, "")
			keys[key] = true
		}
		if round == 150 {
			if err := b.SetVersioning(Enabled); err != nil {
				t.Fatal(err)
			}
		}
		q := Query{Prefix: randomKey(rnd)[:rnd.IntN(2)], Max: 1 + rnd.IntN(7)}
		q.Delimiter = []string{"", "/", "a", "/b"}[rnd.IntN(4)]
		if rnd.IntN(2) == 0 {
			q.After = randomKey(rnd)
		}
		if diff := cmp.Diff(naive(keys, q), pages(t, b, q)); diff != "" {
			t.Fatalf("round %d, %+v (-want +got):\n%s", round, q, diff)
		}
	}
}

func randomKey(rnd *rand.Rand) string {
	var key strings.Builder
	for range 1 + rnd.IntN(5) {
		key.WriteString([]string{"a", "b", "/", "é", "~", "//"}[rnd.IntN(6)])
	}
	return key.String()
}

// naive gives all lines of a listing.
func naive(keys map[string]bool, q Query) []string {
	lines := []string{}
	for key := range keys {
		rest, ok := strings.CutPrefix(key, q.Prefix)
		if !ok {
			continue
		}
		if head, _, ok := strings.Cut(rest, q.Delimiter); ok && q.Delimiter != "" {
			key = q.Prefix + head + q.Delimiter
		}
		if key > q.After {
			lines = append(lines, key)
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

// pages collects the lines of all pages.
func pages(t *testing.T, b *Bucket, q Query) []string {
	t.Helper()
	lines := []string{}
	for {
		page := b.List(q)
		got := slices.Clone(page.Prefixes)
		for _, o := range page.Items {
			got = append(got, o.Key)
		}
		slices.Sort(got)
		if len(got) > q.Max || page.Truncated && len(got) < q.Max {
			t.Fatalf("%d lines on a page of %d, truncated %v", len(got), q.Max, page.Truncated)
		}
		lines = append(lines, got...)
		if !page.Truncated {
			return lines
		}
		q.After = page.Next
	}
}

func TestListingVersionsByPages(t *testing.T) {
	s, b := newStore(t)
	if err := b.SetVersioning(Enabled); err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, key := range []string{"a", "b/1", "b/2", "c"} {
		var versions []string
		for range 3 {
			versions = append(versions, key+" "+put(t, s, b, key, "x").VersionID)
		}
		slices.Reverse(versions)
		want = append(want, versions...)
	}
	for limit := 1; limit <= 13; limit++ {
		var got []string
		q := Query{Max: limit}
		for {
			page := b.ListVersions(q)
			for _, v := range page.Items {
				got = append(got, v.Key+" "+v.VersionID)
			}
			if !page.Truncated {
				break
			}
			q.After, q.AfterID = page.Next, page.NextID
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("pages of %d (-want +got):\n%s", limit, diff)
		}
	}
	page := b.ListVersions(Query{Delimiter: "/", Max: 100})
	if !slices.Equal(page.Prefixes, []string{"b/"}) || len(page.Items) != 6 {
		t.Errorf("rolled up: %d items, prefixes %q", len(page.Items), page.Prefixes)
	}
}

func TestListingUploadsByPages(t *testing.T) {
	_, b := newStore(t)
	var want []string
	for _, key := range []string{"a", "a", "b/1", "b/2", "c"} {
		if _, err := b.CreateUpload(Object{Key: key}, "", false); err != nil {
			t.Fatal(err)
		}
	}
	for _, u := range b.sortedUploads() {
		want = append(want, u.Key+" "+u.ID)
	}
	for limit := 1; limit <= 6; limit++ {
		var got []string
		q := Query{Max: limit}
		for {
			page := b.ListUploads(q)
			for _, u := range page.Items {
				got = append(got, u.Key+" "+u.ID)
			}
			if !page.Truncated {
				break
			}
			q.After, q.AfterID = page.Next, page.NextID
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("pages of %d (-want +got):\n%s", limit, diff)
		}
	}
	page := b.ListUploads(Query{Delimiter: "/", Max: 2})
	if len(page.Items) != 2 || !page.Truncated {
		t.Errorf("first page: %d, truncated %v", len(page.Items), page.Truncated)
	}
	page = b.ListUploads(Query{Delimiter: "/", Max: 2, After: page.Next, AfterID: page.NextID})
	if !slices.Equal(page.Prefixes, []string{"b/"}) || len(page.Items) != 1 || page.Truncated {
		t.Errorf("second page: %+v", page)
	}
}

func BenchmarkListing(b *testing.B) {
	s, bucket := newStore(b)
	for i := range 100_000 {
		put(b, s, bucket, fmt.Sprintf("folder-%d/key-%d", i%100, i), "")
	}
	for b.Loop() {
		if n := len(bucket.List(Query{Delimiter: "/", Max: 1000}).Prefixes); n != 100 {
			b.Fatal(n)
		}
	}
}
