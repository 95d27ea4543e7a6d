package s3store

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"
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
