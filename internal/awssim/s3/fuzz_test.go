package s3

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/hawser/hawser/internal/awssim/s3/s3store"
)

func FuzzCopySource(f *testing.F) {
	for _, seed := range []string{"b/k", "/b/a%20b?versionId=1", "b", "%zz/k", "b/%2F?", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		src, err := copySource(header)
		if err != nil {
			return
		}
		again := url.PathEscape(src.bucket) + "/" + url.PathEscape(src.key) + "?versionId=" + url.QueryEscape(src.version)
		if back, err := copySource(again); err != nil || back != src {
			t.Errorf("%q is %+v, but written anew as %q it is %+v, %v", header, src, again, back, err)
		}
	})
}

func FuzzRange(f *testing.F) {
	for _, seed := range []string{"bytes=0-3", "bytes=-3", "bytes=3-", "bytes=9223372036854775807-", "bytes=0-0,2-3", "x", "bytes=--1"} {
		f.Add(seed, int64(10))
	}
	f.Fuzz(func(t *testing.T, header string, size int64) {
		if size < 0 {
			return
		}
		o := &s3store.Object{Body: &s3store.Body{Size: size}}
		for _, read := range []func() (extent, error){
			func() (extent, error) { return rangeOf(o, header) },
			func() (extent, error) { return copyRange(o, header) },
		} {
			if span, err := read(); err == nil && (span.from < 0 || span.size < 0 || span.from > size || span.size > size-span.from) {
				t.Errorf("%q of %d bytes gives %d from %d", header, size, span.size, span.from)
			}
		}
	})
}

func FuzzHeaders(f *testing.F) {
	for _, seed := range []string{"a=1&b=2", "a", "%zz", "=", `id="x", uri=y`, "gzip, aws-chunked"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if tags, err := tagHeader(&value); err == nil && len(tags) > maxTags {
			t.Errorf("%q gives %d tags", value, len(tags))
		}
		h := http.Header{"X-Amz-Grant-Read": {value}, "Content-Encoding": {value}, "X-Amz-Meta-A": {value}}
		for _, g := range grantHeaders(h) {
			if g.Permission != "READ" {
				t.Errorf("%q grants %+v", value, g)
			}
		}
		encoding(h)
		if meta, err := metadata(h); err == nil && meta["a"] != value {
			t.Errorf("%q is kept as %q", value, meta["a"])
		}
	})
}
