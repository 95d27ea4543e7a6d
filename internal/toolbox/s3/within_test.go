package s3

import (
	"bytes"
	"io"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// TestDuplicateInParts copies as objects over 5 GiB are copied, with parts of
// the smallest size that S3 takes.
func TestDuplicateInParts(t *testing.T) {
	client := s3.NewFromConfig(simtest.Start(t).Config(), func(o *s3.Options) { o.UsePathStyle = true })
	name, key, tags := "harbour", "from/a b+é", "team=core&note=a+b"
	if _, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name}); err != nil {
		t.Fatal(err)
	}
	content := bytes.Repeat([]byte("0123456789abcdef"), 12<<20/16+1)
	kind, expires := "text/x-log", time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	put, err := client.PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: &name, Key: &key, Body: bytes.NewReader(content),
		ContentType: &kind, Metadata: map[string]string{"captain": "ada"}, Tagging: &tags, Expires: &expires,
		CacheControl: aws.String("max-age=60"), ContentEncoding: aws.String("gzip"), ContentLanguage: aws.String("de"), ContentDisposition: aws.String("attachment"),
	})
	if err != nil {
		t.Fatal(err)
	}
	c := &copying{from: end{bucket: name, client: client, root: "from/"}, to: end{bucket: name, client: client, root: "to/"}}
	source := item{name: "a b+é", size: int64(len(content)), etag: kit.Unquoted(put.ETag)}
	if err := c.duplicateParts(t.Context(), source, "to/copy", 5<<20, condition{}); err != nil {
		t.Fatal(err)
	}
	to := "to/copy"
	got, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &name, Key: &to})
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(got.Body)
	if err != nil || !bytes.Equal(body, content) {
		t.Errorf("the copy has %d bytes, %v", len(body), err)
	}
	if *got.ContentType != kind || got.Metadata["captain"] != "ada" || *got.TagCount != 2 {
		t.Errorf("the copy lost its type, metadata or tags: %v", got)
	}
	headers := []*string{got.ExpiresString, got.CacheControl, got.ContentEncoding, got.ContentLanguage, got.ContentDisposition}
	if diff := cmp.Diff([]string{"Fri, 01 Jan 2027 00:00:00 GMT", "max-age=60", "gzip", "de", "attachment"}, aws.ToStringSlice(headers)); diff != "" {
		t.Errorf("the copy's headers: %s", diff)
	}
	source.etag = "changed"
	if err := c.duplicateParts(t.Context(), source, "to/other", 5<<20, condition{}); err == nil {
		t.Error("an object that changed meanwhile was copied")
	}
	left, err := client.ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: &name})
	if err != nil || len(left.Uploads) > 0 {
		t.Errorf("uploads left: %v, %v", left, err)
	}
}

func TestCutObjectSaysWhatComesNext(t *testing.T) {
	for name, body := range map[string][]byte{
		"text":    bytes.Repeat([]byte("é\"\n"), 1000),
		"binary":  bytes.Repeat([]byte{0, 1, 255}, 1000),
		"escapes": bytes.Repeat([]byte{1}, 3000),
	} {
		o := getOutput{Bucket: "harbour", Key: "k"}
		o.setRange("bytes 100-4099/9000", 4000)
		o.last = o.first + int64(len(body)) - 1
		o.fill(body)
		cut, how := o.Cut(2000)
		smaller, ok := cut.(getOutput)
		if !ok || how == "" || tool.EncodedSize(smaller) > 2000 || len(smaller.body) == 0 {
			t.Fatalf("%s: cut to %d bytes: %q", name, tool.EncodedSize(cut), how)
		}
		next, err := parseRange(smaller.NextRange)
		if err != nil || next.first != 100+int64(len(smaller.body)) || next.last != o.last {
			t.Errorf("%s: %d bytes given, next %s", name, len(smaller.body), smaller.NextRange)
		}
		if !bytes.HasPrefix(body, smaller.body) {
			t.Errorf("%s: the content changed", name)
		}
	}
}

func TestCutCopyKeepsFailures(t *testing.T) {
	report := &copyOutput{Items: []copyItem{{Outcome: "failed", From: "a"}}}
	for range 500 {
		report.Items = append(report.Items, copyItem{Outcome: "copied", From: "some/name", To: "s3://harbour/some/name"})
	}
	cut, how := report.Cut(4000)
	smaller := cut.(*copyOutput)
	if how == "" || tool.EncodedSize(smaller) > 4000 || smaller.Items[0].From != "a" || smaller.Omitted+len(smaller.Items) != 501 {
		t.Errorf("cut to %d items, %d omitted: %q", len(smaller.Items), smaller.Omitted, how)
	}
	if diff := cmp.Diff(501, len(report.Items)); diff != "" {
		t.Error(diff)
	}
}
