package s3_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

// presigned is a URL by which an object can be written.
func (b s3Bench) presigned(key string, expires time.Duration) string {
	b.Helper()
	put, err := s3.NewPresignClient(b.Client).PresignPutObject(b.Context(), &s3.PutObjectInput{Bucket: aws.String("bucket"), Key: &key}, s3.WithPresignExpires(expires))
	if err != nil {
		b.Fatal(err)
	}
	return put.URL
}

// write sends a PUT as it is, with the headers given as names and values.
func (b s3Bench) write(url string, headers ...string) (status int, text string) {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), http.MethodPut, url, strings.NewReader("x"))
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	status, _, text = simtest.Answer(b, r)
	return status, text
}

func TestPresignedUnsignedHeaders(t *testing.T) {
	b := newS3(t)
	b.put("other", "secret")
	url := b.presigned("key", time.Minute)
	for _, header := range [][2]string{
		{"x-amz-copy-source", "bucket/other"},
		{"x-amz-tagging", "a=b"},
		{"x-amz-meta-a", "b"},
		{"x-amz-storage-class", "GLACIER"},
		{"x-amz-server-side-encryption", "AES256"},
		{"x-amz-acl", "private"},
	} {
		status, text := b.write(url, header[0], header[1])
		if status != 403 || !strings.Contains(text, "<Code>AccessDenied</Code>") || !strings.Contains(text, "<HeadersNotSigned>"+header[0]+"</HeadersNotSigned>") ||
			!strings.Contains(text, "There were headers present in the request which were not signed") {
			t.Errorf("%s: %d %s", header[0], status, text)
		}
	}
	if _, text := b.write(url, "X-Amz-Meta-B", "1", "X-Amz-Meta-A", "1"); !strings.Contains(text, "<HeadersNotSigned>x-amz-meta-a, x-amz-meta-b</HeadersNotSigned>") {
		t.Errorf("two headers: %s", text)
	}
	if _, err := b.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String("bucket"), Key: aws.String("key")}); status(err) != "404 NotFound" {
		t.Errorf("a refused write: %v", err)
	}
	if status, text := b.write(url, "X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD", "Content-Type", "text/plain", "Cache-Control", "no-cache"); status != 200 {
		t.Errorf("headers that need no signature: %d %s", status, text)
	}
}

// adds is an HTTP client that adds a header to requests that are signed.
type adds struct{ name, value string }

func (a adds) Do(r *http.Request) (*http.Response, error) {
	r.Header.Set(a.name, a.value)
	return http.DefaultClient.Do(r)
}

func TestHeaderAddedAfterSigning(t *testing.T) {
	b := newS3(t)
	for name, want := range map[string]string{"X-Amz-Tagging": "403 AccessDenied", "X-Amz-Copy-Source": "403 AccessDenied", "Cache-Control": ""} {
		_, err := b.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("bucket"), Key: aws.String("key"), Body: strings.NewReader("x")}, func(o *s3.Options) {
			o.HTTPClient = adds{name, "a=b"}
		})
		if status(err) != want {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
}

// TestFormToS3 writes as curl does with -d, whose content type is that of a form.
func TestFormToS3(t *testing.T) {
	b := newS3(t)
	form := []string{"Content-Type", "application/x-www-form-urlencoded"}
	if status, text := b.write(b.presigned("key", time.Minute), form...); status != 200 {
		t.Errorf("presigned: %d %s", status, text)
	}
	if status, text := b.write(b.sim.URL+"/bucket/key", form...); status != 403 || !strings.Contains(text, "<Code>AccessDenied</Code>") {
		t.Errorf("without a signature: %d %s", status, text)
	}
	old := b.sim.URL + "/bucket/key?AWSAccessKeyId=a&Signature=b&Expires=1"
	if status, text := b.write(old, form...); status != 400 || !strings.Contains(text, "<Code>InvalidRequest</Code>") {
		t.Errorf("signed with version 2: %d %s", status, text)
	}
}

func TestPresignedExpires(t *testing.T) {
	b := newS3(t)
	week := 7 * 24 * time.Hour
	if status, text := b.write(b.presigned("key", week)); status != 200 {
		t.Errorf("a week: %d %s", status, text)
	}
	long := b.presigned("key", week+time.Second)
	for url, want := range map[string]string{
		long: "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds",
		strings.Replace(long, "604801", "99999999999999999999", 1): "X-Amz-Expires must be less than a week",
		strings.Replace(long, "604801", "-1", 1):                   "X-Amz-Expires must be non-negative",
		strings.Replace(long, "604801", "week", 1):                 "X-Amz-Expires should be a number",
		strings.Replace(long, "X-Amz-Expires=604801&", "", 1):      "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
		strings.Replace(long, "604801", "", 1):                     "X-Amz-Expires should be a number",
		strings.Replace(long, "aws4_request", "aws5", 1):           "the Credential must have the form",
	} {
		status, text := b.write(url)
		if status != 400 || !strings.Contains(text, "<Code>AuthorizationQueryParametersError</Code>") || !strings.Contains(text, want) {
			t.Errorf("%s: %d %s", want, status, text)
		}
	}
}
