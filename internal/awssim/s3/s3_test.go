package s3_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

// s3Bench is an S3 with a bucket named "bucket" and a client.
type s3Bench struct {
	*testing.T
	sim *simtest.Sim
	*s3.Client
}

func newS3(t *testing.T) s3Bench {
	t.Helper()
	sim := simtest.Start(t)
	b := s3Bench{t, sim, simtest.S3Client(sim.Config())}
	b.make("bucket")
	return b
}

func (b s3Bench) make(name string) {
	b.Helper()
	if _, err := b.CreateBucket(b.Context(), &s3.CreateBucketInput{Bucket: &name}); err != nil {
		b.Fatal(err)
	}
}

func (b s3Bench) put(key, text string) *s3.PutObjectOutput {
	b.Helper()
	out, err := b.PutObject(b.Context(), &s3.PutObjectInput{Bucket: aws.String("bucket"), Key: &key, Body: strings.NewReader(text)})
	if err != nil {
		b.Fatal(err)
	}
	return out
}

func (b s3Bench) versioned() {
	b.Helper()
	if _, err := b.PutBucketVersioning(b.Context(), &s3.PutBucketVersioningInput{
		Bucket: aws.String("bucket"), VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
	}); err != nil {
		b.Fatal(err)
	}
}

// status gives an error as "404 NoSuchKey", nothing for none.
func status(err error) string {
	if err == nil {
		return ""
	}
	var api smithy.APIError
	var resp *smithyhttp.ResponseError
	if errors.As(err, &api) && errors.As(err, &resp) {
		return fmt.Sprintf("%d %s", resp.HTTPStatusCode(), api.ErrorCode())
	}
	return err.Error()
}

func read(t testing.TB, r io.ReadCloser) string {
	t.Helper()
	text, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestBuckets(t *testing.T) {
	b := newS3(t)
	two := b.sim.AddAccount("444455556666", "two")
	other := simtest.S3Client(b.sim.ConfigFor(simtest.Admin(t, two, "bob").NewKey()))
	in := func(region string) func(*s3.Options) { return func(o *s3.Options) { o.Region = region } }
	location := func(name string) *types.CreateBucketConfiguration {
		return &types.CreateBucketConfiguration{LocationConstraint: types.BucketLocationConstraint(name)}
	}
	for _, tt := range []struct {
		name   string
		bucket string
		config *types.CreateBucketConfiguration
		client *s3.Client
		region string
		want   string
	}{
		{"mine again, in us-east-1", "bucket", nil, b.Client, "us-east-1", ""},
		{"someone else's", "bucket", nil, other, "us-east-1", "409 BucketAlreadyExists"},
		{"elsewhere without saying so", "west", nil, b.Client, "eu-west-1", "400 IllegalLocationConstraintException"},
		{"elsewhere with another place", "west", location("eu-west-2"), b.Client, "eu-west-1", "400 IllegalLocationConstraintException"},
		{"elsewhere", "west", location("eu-west-1"), b.Client, "eu-west-1", ""},
		{"mine again, elsewhere", "west", location("eu-west-1"), b.Client, "eu-west-1", "409 BucketAlreadyOwnedByYou"},
		{"through us-east-1", "central", location("eu-central-1"), b.Client, "us-east-1", ""},
		{"no such place", "nowhere", location("eu-nowhere-9"), b.Client, "us-east-1", "400 InvalidLocationConstraint"},
		{"capitals", "Bucket", nil, b.Client, "us-east-1", "400 InvalidBucketName"},
		{"an address", "10.0.0.1", nil, b.Client, "us-east-1", "400 InvalidBucketName"},
		{"two dots", "a..b", nil, b.Client, "us-east-1", "400 InvalidBucketName"},
		{"an alias", "mine-s3alias", nil, b.Client, "us-east-1", "400 InvalidBucketName"},
	} {
		_, err := tt.client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &tt.bucket, CreateBucketConfiguration: tt.config}, in(tt.region))
		if got := status(err); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	where, err := b.GetBucketLocation(t.Context(), &s3.GetBucketLocationInput{Bucket: aws.String("west")})
	if err != nil || where.LocationConstraint != "eu-west-1" {
		t.Errorf("location %v, %v", where, err)
	}
	b.put("key", "x")
	if _, err := b.DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: aws.String("bucket")}); status(err) != "409 BucketNotEmpty" {
		t.Errorf("deleting a bucket with an object: %v", err)
	}
	if _, err := b.DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: aws.String("west")}, in("eu-west-1")); err != nil {
		t.Error(err)
	}
	if _, err := b.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: aws.String("west")}); status(err) != "404 NotFound" {
		t.Errorf("a deleted bucket: %v", err)
	}
}

func TestListBuckets(t *testing.T) {
	b := newS3(t)
	for _, name := range []string{"alpha", "beta", "gamma"} {
		b.make(name)
	}
	var names []string
	pages := s3.NewListBucketsPaginator(b.Client, &s3.ListBucketsInput{MaxBuckets: aws.Int32(3)})
	for n := 1; pages.HasMorePages(); n++ {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, bucket := range page.Buckets {
			names = append(names, *bucket.Name+" "+aws.ToString(bucket.BucketRegion))
		}
	}
	want := []string{"alpha us-east-1", "beta us-east-1", "bucket us-east-1", "gamma us-east-1"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
	out, err := b.ListBuckets(t.Context(), &s3.ListBucketsInput{Prefix: aws.String("b"), BucketRegion: aws.String("us-east-1")})
	if err != nil || len(out.Buckets) != 2 {
		t.Errorf("with prefix: %+v, %v", out, err)
	}
}

func TestWrongRegion(t *testing.T) {
	b := newS3(t)
	b.put("key", "x")
	for _, tt := range []struct {
		host   string // in place of the address
		method string
		path   string
		status int
		code   string
		fields map[string]string
	}{
		{"", "GET", "/bucket/key", 301, "PermanentRedirect", map[string]string{"Endpoint": "s3.us-east-1.amazonaws.com", "Bucket": "bucket"}},
		{"", "HEAD", "/bucket", 301, "", nil},
		{"bucket.s3.amazonaws.com", "GET", "/key", 400, "AuthorizationHeaderMalformed", map[string]string{"Region": "us-east-1"}},
		{"bucket.localhost", "HEAD", "/", 400, "", nil},
	} {
		resp := b.raw(tt.method, tt.host, tt.path, "eu-west-1", nil)
		if resp.status != tt.status || resp.xml["Code"] != tt.code || resp.header.Get("X-Amz-Bucket-Region") != "us-east-1" {
			t.Errorf("%s %s%s: %d %v, header %v", tt.method, tt.host, tt.path, resp.status, resp.xml, resp.header)
		}
		for k, v := range tt.fields {
			if resp.xml[k] != v {
				t.Errorf("%s %s%s: %s is %q, want %q", tt.method, tt.host, tt.path, k, resp.xml[k], v)
			}
		}
	}
	if resp := b.raw("GET", "bucket.localhost", "/key", "us-east-1", nil); resp.status != 200 || resp.body != "x" {
		t.Errorf("by host: %d %q", resp.status, resp.body)
	}
}

type rawAnswer struct {
	status int
	header http.Header
	body   string
	xml    map[string]string
}

// raw sends a signed request that no SDK would.
func (b s3Bench) raw(method, host, path, region string, header http.Header) rawAnswer {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), method, b.sim.URL+path, nil)
	if err != nil {
		b.Fatal(err)
	}
	if host != "" {
		r.Host = host
	}
	for k, v := range header {
		r.Header[k] = v
	}
	const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	r.Header.Set("X-Amz-Content-Sha256", empty)
	creds := aws.Credentials{AccessKeyID: b.sim.Key.AccessKeyID, SecretAccessKey: b.sim.Key.SecretAccessKey}
	if err := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true }).SignHTTP(b.Context(), creds, r, empty, "s3", region, time.Now()); err != nil {
		b.Fatal(err)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	out := rawAnswer{status: resp.StatusCode, header: resp.Header, body: read(b, resp.Body), xml: map[string]string{}}
	var doc struct {
		Fields []struct {
			XMLName xml.Name
			Text    string `xml:",chardata"`
		} `xml:",any"`
	}
	if xml.Unmarshal([]byte(out.body), &doc) == nil {
		for _, f := range doc.Fields {
			out.xml[f.XMLName.Local] = f.Text
		}
	}
	return out
}

func TestErrorBodies(t *testing.T) {
	b := newS3(t)
	b.put("key", "hello")
	for _, tt := range []struct {
		method, path string
		header       http.Header
		status       int
		want         map[string]string
	}{
		{"GET", "/bucket/no/such key", nil, 404, map[string]string{"Code": "NoSuchKey", "Key": "no/such key"}},
		{"GET", "/no-bucket/key", nil, 404, map[string]string{"Code": "NoSuchBucket", "BucketName": "no-bucket"}},
		{"GET", "/bucket?policy", nil, 404, map[string]string{"Code": "NoSuchBucketPolicy", "BucketName": "bucket"}},
		{"GET", "/bucket/key", http.Header{"Range": {"bytes=9-"}}, 416, map[string]string{"Code": "InvalidRange", "ActualObjectSize": "5", "RangeRequested": "bytes=9-"}},
		{"GET", "/bucket/key", http.Header{"If-Match": {`"x"`}}, 412, map[string]string{"Code": "PreconditionFailed", "Condition": "If-Match"}},
		{"GET", "/bucket/key?partNumber=2", nil, 416, map[string]string{"Code": "InvalidPartNumber", "ActualPartCount": "1"}},
		{"GET", "/bucket?max-keys=-1", nil, 400, map[string]string{"Code": "InvalidArgument", "ArgumentName": "max-keys"}},
	} {
		path := strings.ReplaceAll(tt.path, " ", "%20")
		got := b.raw(tt.method, "", path, "us-east-1", tt.header)
		if got.status != tt.status {
			t.Errorf("%s: status %d, want %d: %s", tt.path, got.status, tt.status, got.body)
		}
		for k, v := range tt.want {
			if got.xml[k] != v {
				t.Errorf("%s: %s is %q, want %q", tt.path, k, got.xml[k], v)
			}
		}
		if got.xml["RequestId"] == "" || got.xml["HostId"] == "" || got.xml["RequestId"] != got.header.Get("X-Amz-Request-Id") {
			t.Errorf("%s: ids %v", tt.path, got.xml)
		}
	}
	if got := b.raw("GET", "", "/bucket/key", "us-east-1", http.Header{"If-None-Match": {"*"}}); got.status != 304 || got.body != "" || got.header.Get("Etag") == "" {
		t.Errorf("not modified: %d %q %v", got.status, got.body, got.header)
	}
}

func TestListing(t *testing.T) {
	b := newS3(t)
	for _, key := range []string{"a/1", "a/2", "b", "c d/+é", "c d/<&>", "e\x01"} {
		b.put(key, key)
	}
	all := func(in *s3.ListObjectsV2Input) (lines []string) {
		t.Helper()
		in.Bucket = aws.String("bucket")
		pages := s3.NewListObjectsV2Paginator(b.Client, in)
		for pages.HasMorePages() {
			page, err := pages.NextPage(t.Context())
			if err != nil {
				return []string{status(err)}
			}
			if int(*page.KeyCount) != len(page.Contents)+len(page.CommonPrefixes) {
				t.Errorf("%d keys counted: %+v", *page.KeyCount, page)
			}
			for _, o := range page.Contents {
				lines = append(lines, *o.Key)
			}
			for _, p := range page.CommonPrefixes {
				lines = append(lines, *p.Prefix)
			}
		}
		slices.Sort(lines)
		return lines
	}
	for _, limit := range []int32{1, 2, 1000} {
		for name, tt := range map[string]struct {
			in   s3.ListObjectsV2Input
			want []string
		}{
			"prefix":      {s3.ListObjectsV2Input{Prefix: aws.String("a/")}, []string{"a/1", "a/2"}},
			"delimiter":   {s3.ListObjectsV2Input{Delimiter: aws.String("/"), EncodingType: "url"}, []string{"a/", "b", "c+d/", "e%01"}},
			"both":        {s3.ListObjectsV2Input{Delimiter: aws.String("/"), Prefix: aws.String("c d/")}, []string{"c d/+é", "c d/<&>"}},
			"start after": {s3.ListObjectsV2Input{StartAfter: aws.String("a/1"), Prefix: aws.String("a")}, []string{"a/2"}},
			"none":        {s3.ListObjectsV2Input{Prefix: aws.String("zzz")}, nil},
			"bad token":   {s3.ListObjectsV2Input{ContinuationToken: aws.String("!")}, []string{"400 InvalidArgument"}},
		} {
			tt.in.MaxKeys = aws.Int32(limit)
			if diff := cmp.Diff(tt.want, all(&tt.in)); diff != "" {
				t.Errorf("%s, pages of %d:\n%s", name, limit, diff)
			}
		}
	}
	v1, err := b.ListObjects(t.Context(), &s3.ListObjectsInput{Bucket: aws.String("bucket"), Delimiter: aws.String("/"), MaxKeys: aws.Int32(2)})
	if err != nil || aws.ToString(v1.NextMarker) != "b" || len(v1.CommonPrefixes) != 1 || len(v1.Contents) != 1 {
		t.Errorf("version 1: %+v, %v", v1, err)
	}
}
