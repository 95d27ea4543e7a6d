package sigv4_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/awssim/sigv4"
)

// The examples' key, from the S3 API reference.
const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

const (
	scope = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
	empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
)

// getObject is the first example of
// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
func getObject() *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/test.txt", nil)
	r.Host = "examplebucket.s3.amazonaws.com"
	r.Header.Set("Range", "bytes=0-9")
	r.Header.Set("X-Amz-Content-Sha256", empty)
	r.Header.Set("X-Amz-Date", "20130524T000000Z")
	r.Header.Set("Authorization", scope+"SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
	return r
}

func verify(r *http.Request, hash string) (*sigv4.Signature, []byte, error) {
	s, err := sigv4.Parse(r)
	if err != nil {
		return nil, nil, err
	}
	key := new(sigv4.Keys).Key(secret, s)
	return s, key, s.Verify(r, key, hash)
}

func TestExampleOfGetObject(t *testing.T) {
	if _, _, err := verify(getObject(), empty); err != nil {
		t.Error(err)
	}
	tests := map[string]func(*http.Request){
		"header": func(r *http.Request) { r.Header.Set("Range", "bytes=0-10") },
		"host":   func(r *http.Request) { r.Host = "other.s3.amazonaws.com" },
		"path":   func(r *http.Request) { r.RequestURI = "/other.txt" },
		"query":  func(r *http.Request) { r.RequestURI = "/test.txt?acl" },
		"method": func(r *http.Request) { r.Method = http.MethodDelete },
		"date":   func(r *http.Request) { r.Header.Set("X-Amz-Date", "20130524T000001Z") },
	}
	for name, change := range tests {
		r := getObject()
		change(r)
		if _, _, err := verify(r, empty); reason(err) != sigv4.Mismatch {
			t.Errorf("changed %s: %v", name, err)
		}
	}
}

// TestExampleOfListObjects has parameters; the third example of the page.
func TestExampleOfListObjects(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "/?prefix=J&max-keys=2", nil)
	r.Host = "examplebucket.s3.amazonaws.com"
	r.Header.Set("X-Amz-Content-Sha256", empty)
	r.Header.Set("X-Amz-Date", "20130524T000000Z")
	r.Header.Set("Authorization", scope+"SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")
	if _, _, err := verify(r, empty); err != nil {
		t.Error(err)
	}
}

// TestExampleOfPresigned is the example of
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
func TestExampleOfPresigned(t *testing.T) {
	r := httptest.NewRequest(http.MethodGet, "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404", nil)
	r.Host = "examplebucket.s3.amazonaws.com"
	s, _, err := verify(r, sigv4.UnsignedPayload)
	if err != nil {
		t.Fatal(err)
	}
	for after, want := range map[time.Duration]sigv4.Reason{-time.Hour: sigv4.TooEarly, time.Hour: 0, 25 * time.Hour: sigv4.Expired} {
		if err := s.CheckTime(s.Date.Add(after)); reason(err) != want {
			t.Errorf("after %v: %v", after, err)
		}
	}
}

// chunked is the example of
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
func chunked(body string) *http.Request {
	r := httptest.NewRequest(http.MethodPut, "/examplebucket/chunkObject.txt", strings.NewReader(body))
	r.Host = "s3.amazonaws.com"
	r.ContentLength = 66824
	r.Header.Set("Content-Encoding", "aws-chunked")
	r.Header.Set("X-Amz-Content-Sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD")
	r.Header.Set("X-Amz-Date", "20130524T000000Z")
	r.Header.Set("X-Amz-Decoded-Content-Length", "66560")
	r.Header.Set("X-Amz-Storage-Class", "REDUCED_REDUNDANCY")
	r.Header.Set("Authorization", scope+"SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class,Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9")
	return r
}

func chunkedBody() string {
	return "10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n" + strings.Repeat("a", 65536) + "\r\n" +
		"400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n" + strings.Repeat("a", 1024) + "\r\n" +
		"0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n"
}

func TestExampleOfChunks(t *testing.T) {
	whole := chunkedBody()
	tests := []struct {
		name, body string
		want       sigv4.Reason
		cut        bool
	}{
		{name: "as it is", body: whole},
		{name: "changed data", body: strings.Replace(whole, "aaaa\r\n400", "aaab\r\n400", 1), want: sigv4.Mismatch},
		{name: "changed last signature", body: strings.Replace(whole, "b6c6", "b6c7", 1), want: sigv4.Mismatch},
		{name: "cut in a chunk", body: whole[:1000], cut: true},
		{name: "without the last chunk", body: whole[:strings.Index(whole, "0;chunk-signature=b6c6")], cut: true},
		{name: "longer chunk", body: strings.Replace(whole, "a\r\n400", "aa\r\n400", 1), want: sigv4.Malformed},
		{name: "larger size", body: strings.Replace(whole, "10000;", "20000;", 1), want: sigv4.LengthInvalid},
		{name: "no size", body: "x;chunk-signature=1\r\n", want: sigv4.Malformed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := chunked(tt.body)
			s, key, err := verify(r, "STREAMING-AWS4-HMAC-SHA256-PAYLOAD")
			if err != nil {
				t.Fatal(err)
			}
			body, err := sigv4.Open(r, s, key, "STREAMING-AWS4-HMAC-SHA256-PAYLOAD")
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(body)
			switch {
			case tt.cut && !errors.Is(err, io.ErrUnexpectedEOF), !tt.cut && reason(err) != tt.want:
				t.Errorf("error = %v", err)
			case err == nil && string(got) != strings.Repeat("a", 66560):
				t.Errorf("read %d bytes", len(got))
			}
		})
	}
}

func TestUnsignedTrailer(t *testing.T) {
	r := httptest.NewRequest(http.MethodPut, "/b/k", strings.NewReader("5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n"))
	r.Header.Set("X-Amz-Decoded-Content-Length", "5")
	body, err := sigv4.Open(r, nil, nil, "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(body)
	if err != nil || string(got) != "hello" || body.Trailer().Get("X-Amz-Checksum-Crc32") != "NhCmhg==" {
		t.Errorf("%q, %v, %v", got, body.Trailer(), err)
	}
}

func TestHashOfBody(t *testing.T) {
	for body, want := range map[string]sigv4.Reason{"": 0, "x": sigv4.HashMismatch} {
		r := httptest.NewRequest(http.MethodPut, "/b/k", strings.NewReader(body))
		b, err := sigv4.Open(r, nil, nil, empty)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(b); reason(err) != want {
			t.Errorf("%q: %v", body, err)
		}
	}
}

func TestMalformed(t *testing.T) {
	for _, auth := range []string{
		"AWS4-HMAC-SHA256 ", "AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request", scope + "SignedHeaders=host",
		scope + "SignedHeaders=date,Signature=" + empty, scope + "SignedHeaders=host,SignedHeaders=host,Signature=" + empty,
		"AWS4-HMAC-SHA256 Credential=AKIA/20130525/us-east-1/s3/aws4_request,SignedHeaders=host,Signature=" + empty,
	} {
		r := getObject()
		r.Header.Set("Authorization", auth)
		if _, err := sigv4.Parse(r); reason(err) != sigv4.Malformed {
			t.Errorf("%s: %v", auth, err)
		}
	}
}

// reason is an error's reason; 0 where there is no error, -1 for others.
func reason(err error) sigv4.Reason {
	var bad *sigv4.Error
	switch {
	case err == nil:
		return 0
	case errors.As(err, &bad):
		return bad.Reason
	}
	return -1
}

func FuzzParse(f *testing.F) {
	f.Add(getObject().Header.Get("Authorization"), "20130524T000000Z", "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a")
	f.Add("AWS4-HMAC-SHA256 Credential=////", "", "X-Amz-Algorithm=")
	f.Fuzz(func(t *testing.T, auth, date, query string) {
		r := getObject()
		r.Header.Set("Authorization", auth)
		r.Header.Set("X-Amz-Date", date)
		r.URL.RawQuery = query
		s, err := sigv4.Parse(r)
		if err != nil {
			if r := reason(err); r != sigv4.Malformed && r != sigv4.BadQuery {
				t.Errorf("%v is no *sigv4.Error", err)
			}
			return
		}
		if s != nil && s.Verify(r, []byte("another key"), empty) == nil {
			t.Error("a signature by another key was accepted")
		}
	})
}

func FuzzChunked(f *testing.F) {
	f.Add("5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n")
	f.Add(chunkedBody()[:200])
	f.Add("0\r\n\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		r := chunked(text)
		r.Header.Set("X-Amz-Decoded-Content-Length", "5")
		body, err := sigv4.Open(r, nil, nil, "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(body)
		if len(got) > 5 || err == nil && len(got) != 5 {
			t.Errorf("read %d bytes of 5, %v", len(got), err)
		}
	})
}
