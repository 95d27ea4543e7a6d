package awssim

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/hawser/hawser/internal/awssim/s3store"
)

func FuzzS3CopySource(f *testing.F) {
	for _, seed := range []string{"b/k", "/b/a%20b?versionId=1", "b", "%zz/k", "b/%2F?", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		src, err := s3CopySource(header)
		if err != nil {
			return
		}
		again := url.PathEscape(src.bucket) + "/" + url.PathEscape(src.key) + "?versionId=" + url.QueryEscape(src.version)
		if back, err := s3CopySource(again); err != nil || back != src {
			t.Errorf("%q is %+v, but written anew as %q it is %+v, %v", header, src, again, back, err)
		}
	})
}

func FuzzS3Range(f *testing.F) {
	for _, seed := range []string{"bytes=0-3", "bytes=-3", "bytes=3-", "bytes=9223372036854775807-", "bytes=0-0,2-3", "x", "bytes=--1"} {
		f.Add(seed, int64(10))
	}
	f.Fuzz(func(t *testing.T, header string, size int64) {
		if size < 0 {
			return
		}
		o := &s3store.Object{Body: &s3store.Body{Size: size}}
		for _, read := range []func() (s3Span, error){
			func() (s3Span, error) { return s3Range(o, header) },
			func() (s3Span, error) { return s3CopyRange(o, header) },
		} {
			if span, err := read(); err == nil && (span.from < 0 || span.size < 0 || span.from > size || span.size > size-span.from) {
				t.Errorf("%q of %d bytes gives %d from %d", header, size, span.size, span.from)
			}
		}
	})
}

func FuzzS3Headers(f *testing.F) {
	for _, seed := range []string{"a=1&b=2", "a", "%zz", "=", `id="x", uri=y`, "gzip, aws-chunked"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if tags, err := s3TagHeader(&value); err == nil && len(tags) > s3MaxTags {
			t.Errorf("%q gives %d tags", value, len(tags))
		}
		h := http.Header{"X-Amz-Grant-Read": {value}, "Content-Encoding": {value}, "X-Amz-Meta-A": {value}}
		for _, g := range s3GrantHeaders(h) {
			if g.Permission != "READ" {
				t.Errorf("%q grants %+v", value, g)
			}
		}
		s3Encoding(h)
		if meta, err := s3Metadata(h); err == nil && meta["a"] != value {
			t.Errorf("%q is kept as %q", value, meta["a"])
		}
	})
}
