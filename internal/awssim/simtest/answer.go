package simtest

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
)

// WantCode fails the test unless err is AWS's error of that code and its
// message holds text.
func WantCode(t testing.TB, err error, code, text string) {
	t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != code || !strings.Contains(api.ErrorMessage(), text) {
		t.Errorf("error = %v, want code %s with %q", err, code, text)
	}
}

// Unsigned sends a request without a signature of its own.
func Unsigned(t testing.TB, method, url, body string) (status int, text string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	status, _, text = Answer(t, r)
	return status, text
}

// Answer sends a request and gives the whole answer.
func Answer(t testing.TB, r *http.Request) (status int, header http.Header, text string) {
	t.Helper()
	resp, err := http.DefaultClient.Do(r) //nolint:gosec // G704: tests ask servers of their own
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, string(body)
}

// S3Client names buckets in the path, since a loopback address has no names
// below it.
func S3Client(cfg aws.Config) *s3.Client {
	return s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })
}
