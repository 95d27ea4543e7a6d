package s3store

import (
	"os"
	"slices"
	"strings"
	"testing"
)

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

func TestMultipart(t *testing.T) {
	s, b := newStore(t)
	data := random(2*MinPart + 100)
	for _, full := range []bool{false, true} {
		u, err := b.CreateUpload(Object{Key: "k"}, "", CRC32, full)
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
	u, err := b.CreateUpload(Object{Key: "k"}, "", "", false)
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
