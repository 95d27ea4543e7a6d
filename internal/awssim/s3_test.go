package awssim_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
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
	b := s3Bench{t, sim, s3Client(sim.Config())}
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

func TestS3Buckets(t *testing.T) {
	b := newS3(t)
	two := b.sim.AddAccount("444455556666", "two")
	other := s3Client(b.sim.ConfigFor(two.AddUser("bob").NewKey()))
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

func TestS3ListBuckets(t *testing.T) {
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

func TestS3WrongRegion(t *testing.T) {
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

func TestS3ErrorBodies(t *testing.T) {
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

func TestS3PutAndGet(t *testing.T) {
	b := newS3(t)
	expires := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	in := &s3.PutObjectInput{
		Bucket: aws.String("bucket"), Key: aws.String("a folder/ü + %2B//x/"), Body: strings.NewReader("hello world"),
		CacheControl: aws.String("no-cache"), ContentDisposition: aws.String("inline"), ContentEncoding: aws.String("gzip"),
		ContentLanguage: aws.String("en"), ContentType: aws.String("text/plain"), Expires: &expires,
		Metadata: map[string]string{"owner": "ada", "note": "a b"}, StorageClass: types.StorageClassStandardIa,
		ServerSideEncryption: types.ServerSideEncryptionAwsKms, SSEKMSKeyId: aws.String("alias/k"), Tagging: aws.String("a=1&b=x%20y"), ChecksumAlgorithm: types.ChecksumAlgorithmCrc32,
	}
	if _, err := b.PutObject(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	out, err := b.GetObject(t.Context(), &s3.GetObjectInput{Bucket: in.Bucket, Key: in.Key, ChecksumMode: types.ChecksumModeEnabled})
	if err != nil {
		t.Fatal(err)
	}
	if text := read(t, out.Body); text != "hello world" {
		t.Errorf("read %q", text)
	}
	got := map[string]any{
		"cache": *out.CacheControl, "disposition": *out.ContentDisposition, "encoding": *out.ContentEncoding, "language": *out.ContentLanguage,
		"type": *out.ContentType, "expires": *out.ExpiresString, "meta": out.Metadata, "class": out.StorageClass,
		"sse": out.ServerSideEncryption, "kms": *out.SSEKMSKeyId, "length": *out.ContentLength, "etag": *out.ETag, "crc": aws.ToString(out.ChecksumCRC32),
	}
	want := map[string]any{
		"cache": "no-cache", "disposition": "inline", "encoding": "gzip", "language": "en", "type": "text/plain",
		"expires": "Wed, 02 Jan 2030 03:04:05 GMT", "meta": in.Metadata, "class": types.StorageClassStandardIa,
		"sse": types.ServerSideEncryptionAwsKms, "kms": "alias/k", "length": int64(11), "etag": `"5eb63bbbe01eeed093cb22bb8f5acdc3"`, "crc": "DUoRhQ==",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	tags, err := b.GetObjectTagging(t.Context(), &s3.GetObjectTaggingInput{Bucket: in.Bucket, Key: in.Key})
	if err != nil || len(tags.TagSet) != 2 || *tags.TagSet[1].Value != "x y" {
		t.Errorf("tags %+v, %v", tags, err)
	}
	over, err := b.GetObject(t.Context(), &s3.GetObjectInput{
		Bucket: in.Bucket, Key: in.Key, ResponseContentType: aws.String("text/html"), ResponseCacheControl: aws.String("max-age=1"),
	})
	if err != nil || *over.ContentType != "text/html" || *over.CacheControl != "max-age=1" {
		t.Errorf("overridden: %+v, %v", over, err)
	}
}

func TestS3Ranges(t *testing.T) {
	b := newS3(t)
	b.put("key", "0123456789")
	b.put("empty", "")
	for _, tt := range []struct {
		key, header, want, contentRange, err string
	}{
		{"key", "bytes=0-3", "0123", "bytes 0-3/10", ""},
		{"key", "bytes=4-", "456789", "bytes 4-9/10", ""},
		{"key", "bytes=-3", "789", "bytes 7-9/10", ""},
		{"key", "bytes=-30", "0123456789", "bytes 0-9/10", ""},
		{"key", "bytes=8-99", "89", "bytes 8-9/10", ""},
		{"key", "bytes=3-2", "0123456789", "", ""},
		{"key", "bytes=0-1,3-4", "0123456789", "", ""},
		{"key", "lines=1-2", "0123456789", "", ""},
		{"key", "bytes=10-", "", "", "416 InvalidRange"},
		{"key", "bytes=-0", "", "", "416 InvalidRange"},
		{"empty", "bytes=0-", "", "", "416 InvalidRange"},
	} {
		out, err := b.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("bucket"), Key: &tt.key, Range: &tt.header})
		if status(err) != tt.err {
			t.Errorf("%s: %v, want %q", tt.header, err, tt.err)
		}
		if err != nil {
			continue
		}
		if got := read(t, out.Body); got != tt.want || aws.ToString(out.ContentRange) != tt.contentRange {
			t.Errorf("%s: %q %q, want %q %q", tt.header, got, aws.ToString(out.ContentRange), tt.want, tt.contentRange)
		}
	}
}

func TestS3WritesAreChecked(t *testing.T) {
	b := newS3(t)
	b.put("there", "x")
	etag := *b.put("mine", "x").ETag
	sum := md5.Sum([]byte("hello"))
	right := base64.StdEncoding.EncodeToString(sum[:])
	tests := map[string]struct {
		change func(*s3.PutObjectInput)
		want   string
	}{
		"nothing":     {func(*s3.PutObjectInput) {}, ""},
		"right MD5":   {func(in *s3.PutObjectInput) { in.ContentMD5 = &right }, ""},
		"wrong MD5":   {func(in *s3.PutObjectInput) { in.ContentMD5 = aws.String("AAAAAAAAAAAAAAAAAAAAAA==") }, "400 BadDigest"},
		"no MD5":      {func(in *s3.PutObjectInput) { in.ContentMD5 = aws.String("AAAA") }, "400 InvalidDigest"},
		"wrong CRC32": {func(in *s3.PutObjectInput) { in.ChecksumCRC32 = aws.String("AAAAAA==") }, "400 BadDigest"},
		"right SHA-256": {func(in *s3.PutObjectInput) {
			in.ChecksumSHA256 = aws.String("LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=")
		}, ""},
		"no CRC32":                {func(in *s3.PutObjectInput) { in.ChecksumCRC32 = aws.String("nonsense") }, "400 InvalidRequest"},
		"new, and it is":          {func(in *s3.PutObjectInput) { in.IfNoneMatch = aws.String("*") }, ""},
		"new, but it is there":    {func(in *s3.PutObjectInput) { in.Key, in.IfNoneMatch = aws.String("there"), aws.String("*") }, "412 PreconditionFailed"},
		"the same, and it is":     {func(in *s3.PutObjectInput) { in.Key, in.IfMatch = aws.String("mine"), &etag }, ""},
		"the same, but it is not": {func(in *s3.PutObjectInput) { in.Key, in.IfMatch = aws.String("other"), aws.String(`"x"`) }, "412 PreconditionFailed"},
		"the same, but nothing":   {func(in *s3.PutObjectInput) { in.IfMatch = aws.String(`"x"`) }, "404 NoSuchKey"},
		"storage class":           {func(in *s3.PutObjectInput) { in.StorageClass = "COLD" }, "400 InvalidStorageClass"},
		"encryption":              {func(in *s3.PutObjectInput) { in.ServerSideEncryption = "rot13" }, "400 InvalidArgument"},
		"tags twice":              {func(in *s3.PutObjectInput) { in.Tagging = aws.String("a=1&a=2") }, "400 InvalidArgument"},
		"eleven tags":             {func(in *s3.PutObjectInput) { in.Tagging = aws.String("a&b&c&d&e&f&g&h&i&j&k") }, "400 BadRequest"},
		"system tag":              {func(in *s3.PutObjectInput) { in.Tagging = aws.String("aws:x=1") }, "400 InvalidTag"},
		"long key":                {func(in *s3.PutObjectInput) { in.Key = aws.String(strings.Repeat("k", 1025)) }, "400 KeyTooLongError"},
		"much metadata":           {func(in *s3.PutObjectInput) { in.Metadata = map[string]string{"a": strings.Repeat("v", 2048)} }, "400 MetadataTooLarge"},
		"public":                  {func(in *s3.PutObjectInput) { in.ACL = types.ObjectCannedACLPublicRead }, "400 AccessControlListNotSupported"},
		"lock without locking":    {func(in *s3.PutObjectInput) { in.ObjectLockLegalHoldStatus = "ON" }, "400 InvalidRequest"},
		"another owner expected":  {func(in *s3.PutObjectInput) { in.ExpectedBucketOwner = aws.String("999999999999") }, "403 AccessDenied"},
	}
	b.put("other", "x")
	for name, tt := range tests {
		in := &s3.PutObjectInput{Bucket: aws.String("bucket"), Key: aws.String("new " + name), Body: strings.NewReader("hello")}
		tt.change(in)
		_, err := b.PutObject(b.Context(), in)
		if got := status(err); got != tt.want {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
		if tt.want == "" {
			continue
		}
		if out, err := b.GetObject(b.Context(), &s3.GetObjectInput{Bucket: in.Bucket, Key: in.Key}); err == nil && read(t, out.Body) == "hello" {
			t.Errorf("%s: the refused object was stored", name)
		}
	}
}

func TestS3Checksums(t *testing.T) {
	b := newS3(t)
	secure := httptest.NewTLSServer(b.sim.World) // over TLS the SDK sends checksums in trailers
	defer secure.Close()
	for _, a := range []types.ChecksumAlgorithm{"CRC32", "CRC32C", "SHA1", "SHA256", "CRC64NVME"} {
		for _, trailer := range []bool{false, true} {
			in := &s3.PutObjectInput{Bucket: aws.String("bucket"), Key: aws.String("k"), ChecksumAlgorithm: a, Body: strings.NewReader("hello")}
			if trailer {
				in.Body, in.ContentLength = io.MultiReader(strings.NewReader("hel"), strings.NewReader("lo")), aws.Int64(5)
			}
			_, err := b.PutObject(t.Context(), in, func(o *s3.Options) {
				if trailer {
					o.BaseEndpoint, o.HTTPClient = &secure.URL, secure.Client()
				}
			})
			if err != nil {
				t.Errorf("%s, trailer %v: %v", a, trailer, err)
				continue
			}
			out, err := b.GetObject(t.Context(), &s3.GetObjectInput{Bucket: in.Bucket, Key: in.Key, ChecksumMode: types.ChecksumModeEnabled})
			if err != nil || read(t, out.Body) != "hello" {
				t.Fatal(err)
			}
			sums := []*string{out.ChecksumCRC32, out.ChecksumCRC32C, out.ChecksumSHA1, out.ChecksumSHA256, out.ChecksumCRC64NVME}
			if n := len(slices.DeleteFunc(sums, func(s *string) bool { return s == nil })); n != 1 || out.ChecksumType != types.ChecksumTypeFullObject {
				t.Errorf("%s: %d checksums of type %q", a, n, out.ChecksumType)
			}
		}
	}
}

func TestS3Versions(t *testing.T) {
	b := newS3(t)
	b.put("key", "null")
	b.versioned()
	first, second := b.put("key", "first"), b.put("key", "second")
	get := func(version string) string {
		t.Helper()
		in := &s3.GetObjectInput{Bucket: aws.String("bucket"), Key: aws.String("key")}
		if version != "" {
			in.VersionId = &version
		}
		out, err := b.GetObject(t.Context(), in)
		if err != nil {
			return status(err)
		}
		return read(t, out.Body)
	}
	del, err := b.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: aws.String("bucket"), Key: aws.String("key")})
	if err != nil || !aws.ToBool(del.DeleteMarker) || del.VersionId == nil {
		t.Fatalf("delete gave %+v, %v", del, err)
	}
	for version, want := range map[string]string{
		"": "404 NoSuchKey", "null": "null", *first.VersionId: "first", *second.VersionId: "second",
		*del.VersionId: "405 MethodNotAllowed", "doesnotexist": "400 InvalidArgument", strings.Repeat("x", 32): "404 NoSuchVersion",
	} {
		if got := get(version); got != want {
			t.Errorf("version %q: %q, want %q", version, got, want)
		}
	}
	list, err := b.ListObjectVersions(t.Context(), &s3.ListObjectVersionsInput{Bucket: aws.String("bucket")})
	if err != nil || len(list.Versions) != 3 || len(list.DeleteMarkers) != 1 || !*list.DeleteMarkers[0].IsLatest {
		t.Errorf("%+v, %v", list, err)
	}
	back, err := b.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: aws.String("bucket"), Key: aws.String("key"), VersionId: del.VersionId})
	if err != nil || !aws.ToBool(back.DeleteMarker) || get("") != "second" {
		t.Errorf("the marker's deletion gave %+v, %v; the key reads %q", back, err, get(""))
	}
	many, err := b.DeleteObjects(t.Context(), &s3.DeleteObjectsInput{Bucket: aws.String("bucket"), Delete: &types.Delete{Objects: []types.ObjectIdentifier{
		{Key: aws.String("key"), VersionId: first.VersionId}, {Key: aws.String("key")}, {Key: aws.String("never there")},
	}}})
	if err != nil || len(many.Deleted) != 3 || len(many.Errors) != 0 || !aws.ToBool(many.Deleted[1].DeleteMarker) {
		t.Errorf("%+v, %v", many, err)
	}
}

func TestS3Listing(t *testing.T) {
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

func TestS3Copies(t *testing.T) {
	b := newS3(t)
	b.make("target")
	if _, err := b.PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String("bucket"), Key: aws.String("a b+c"), Body: strings.NewReader("hello"), ContentType: aws.String("text/plain"),
		Metadata: map[string]string{"m": "1"}, Tagging: aws.String("t=1"),
	}); err != nil {
		t.Fatal(err)
	}
	source := aws.String("bucket/a%20b%2Bc")
	for name, tt := range map[string]struct {
		in   s3.CopyObjectInput
		want string
	}{
		"over itself":           {s3.CopyObjectInput{Bucket: aws.String("bucket"), Key: aws.String("a b+c"), CopySource: source}, "400 InvalidRequest"},
		"over itself, metadata": {s3.CopyObjectInput{Bucket: aws.String("bucket"), Key: aws.String("a b+c"), CopySource: source, MetadataDirective: "REPLACE", Metadata: map[string]string{"m": "1"}, ContentType: aws.String("text/plain")}, ""},
		"no source":             {s3.CopyObjectInput{Bucket: aws.String("target"), Key: aws.String("x"), CopySource: aws.String("bucket/none")}, "404 NoSuchKey"},
		"no bucket":             {s3.CopyObjectInput{Bucket: aws.String("target"), Key: aws.String("x"), CopySource: aws.String("none/none")}, "404 NoSuchBucket"},
		"no key":                {s3.CopyObjectInput{Bucket: aws.String("target"), Key: aws.String("x"), CopySource: aws.String("bucket")}, "400 InvalidArgument"},
		"condition":             {s3.CopyObjectInput{Bucket: aws.String("target"), Key: aws.String("x"), CopySource: source, CopySourceIfMatch: aws.String(`"x"`)}, "412 PreconditionFailed"},
		"elsewhere":             {s3.CopyObjectInput{Bucket: aws.String("target"), Key: aws.String("copy"), CopySource: source}, ""},
		"elsewhere, sums":       {s3.CopyObjectInput{Bucket: aws.String("target"), Key: aws.String("sums"), CopySource: source, ChecksumAlgorithm: "SHA256"}, ""},
	} {
		_, err := b.CopyObject(t.Context(), &tt.in)
		if got := status(err); got != tt.want {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
	out, err := b.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("target"), Key: aws.String("copy")})
	if err != nil {
		t.Fatal(err)
	}
	if read(t, out.Body) != "hello" || out.Metadata["m"] != "1" || *out.ContentType != "text/plain" || aws.ToInt32(out.TagCount) != 1 {
		t.Errorf("the copy: %+v", out)
	}
}

func TestS3MultipartOverTheWire(t *testing.T) {
	b := newS3(t)
	bucket, key := aws.String("bucket"), aws.String("big")
	data := bytes.Repeat([]byte("0123456789abcdef"), 6<<16) // 6 MiB
	up, err := b.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: bucket, Key: key, ChecksumAlgorithm: "SHA256", Tagging: aws.String("a=1")})
	if err != nil {
		t.Fatal(err)
	}
	var parts []types.CompletedPart
	for n, body := range [][]byte{data, []byte("tail")} {
		p, err := b.UploadPart(t.Context(), &s3.UploadPartInput{
			Bucket: bucket, Key: key, UploadId: up.UploadId, PartNumber: aws.Int32(int32(n + 1)), Body: bytes.NewReader(body), ChecksumAlgorithm: "SHA256",
		})
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, types.CompletedPart{PartNumber: aws.Int32(int32(n + 1)), ETag: p.ETag, ChecksumSHA256: p.ChecksumSHA256})
	}
	listed, err := b.ListParts(t.Context(), &s3.ListPartsInput{Bucket: bucket, Key: key, UploadId: up.UploadId, MaxParts: aws.Int32(1)})
	if err != nil || len(listed.Parts) != 1 || !*listed.IsTruncated || *listed.NextPartNumberMarker != "1" {
		t.Errorf("parts: %+v, %v", listed, err)
	}
	uploads, err := b.ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: bucket})
	if err != nil || len(uploads.Uploads) != 1 || *uploads.Uploads[0].UploadId != *up.UploadId {
		t.Errorf("uploads: %+v, %v", uploads, err)
	}
	complete := func(parts []types.CompletedPart, ifNone *string) error {
		_, err := b.CompleteMultipartUpload(t.Context(), &s3.CompleteMultipartUploadInput{
			Bucket: bucket, Key: key, UploadId: up.UploadId, IfNoneMatch: ifNone, MultipartUpload: &types.CompletedMultipartUpload{Parts: parts},
		})
		return err
	}
	if got := status(complete([]types.CompletedPart{parts[1], parts[0]}, nil)); got != "400 InvalidPartOrder" {
		t.Errorf("wrong order: %s", got)
	}
	if got := status(complete([]types.CompletedPart{{PartNumber: aws.Int32(1), ETag: aws.String(`"x"`)}}, nil)); got != "400 InvalidPart" {
		t.Errorf("wrong tag: %s", got)
	}
	if err := complete(parts, aws.String("*")); err != nil {
		t.Fatal(err)
	}
	out, err := b.GetObject(t.Context(), &s3.GetObjectInput{Bucket: bucket, Key: key, PartNumber: aws.Int32(2), ChecksumMode: types.ChecksumModeEnabled})
	if err != nil || *out.PartsCount != 2 || read(t, out.Body) != "tail" || *out.ContentRange != "bytes 6291456-6291459/6291460" {
		t.Errorf("second part: %+v, %v", out, err)
	}
	attrs, err := b.GetObjectAttributes(t.Context(), &s3.GetObjectAttributesInput{Bucket: bucket, Key: key, ObjectAttributes: []types.ObjectAttributes{"ObjectParts", "Checksum", "ObjectSize"}})
	if err != nil || *attrs.ObjectParts.TotalPartsCount != 2 || len(attrs.ObjectParts.Parts) != 2 || attrs.Checksum.ChecksumType != types.ChecksumTypeComposite {
		t.Errorf("attributes: %+v, %v", attrs, err)
	}
	if got := status(complete(parts, nil)); got != "404 NoSuchUpload" {
		t.Errorf("completed twice: %s", got)
	}
}

func TestS3PartsAreCopied(t *testing.T) {
	b := newS3(t)
	b.put("source", "0123456789")
	bucket, key := aws.String("bucket"), aws.String("big")
	up, err := b.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: bucket, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	part := func(r string) (*s3.UploadPartCopyOutput, error) {
		return b.UploadPartCopy(t.Context(), &s3.UploadPartCopyInput{
			Bucket: bucket, Key: key, UploadId: up.UploadId, PartNumber: aws.Int32(1), CopySource: aws.String("bucket/source"), CopySourceRange: &r,
		})
	}
	for r, want := range map[string]string{"bytes=5-10": "400 InvalidArgument", "bytes=5-": "400 InvalidArgument", "5-6": "400 InvalidArgument"} {
		if _, err := part(r); status(err) != want {
			t.Errorf("%s: %v", r, err)
		}
	}
	p, err := part("bytes=5-7")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.CompleteMultipartUpload(t.Context(), &s3.CompleteMultipartUploadInput{
		Bucket: bucket, Key: key, UploadId: up.UploadId,
		MultipartUpload: &types.CompletedMultipartUpload{Parts: []types.CompletedPart{{PartNumber: aws.Int32(1), ETag: p.CopyPartResult.ETag}}},
	}); err != nil {
		t.Fatal(err)
	}
	out, err := b.GetObject(t.Context(), &s3.GetObjectInput{Bucket: bucket, Key: key})
	if err != nil || read(t, out.Body) != "567" {
		t.Errorf("%+v, %v", out, err)
	}
}

func TestS3CustomerKeys(t *testing.T) {
	b := newS3(t)
	key := strings.Repeat("k", 32)
	secret := base64.StdEncoding.EncodeToString([]byte(key))
	sum := md5.Sum([]byte(key))
	digest := base64.StdEncoding.EncodeToString(sum[:])
	if _, err := b.PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String("bucket"), Key: aws.String("k"), Body: strings.NewReader("x"),
		SSECustomerAlgorithm: aws.String("AES256"), SSECustomerKey: &secret, SSECustomerKeyMD5: &digest,
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("bucket"), Key: aws.String("k")}); status(err) != "400 InvalidRequest" {
		t.Errorf("without the key: %v", err)
	}
	if _, err := b.GetObject(t.Context(), &s3.GetObjectInput{
		Bucket: aws.String("bucket"), Key: aws.String("k"), SSECustomerAlgorithm: aws.String("AES256"), SSECustomerKey: &secret, SSECustomerKeyMD5: &digest,
	}); err != nil {
		t.Error(err)
	}
}

func TestS3ObjectLock(t *testing.T) {
	b := newS3(t)
	name := aws.String("locked")
	if _, err := b.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: name, ObjectLockEnabledForBucket: aws.Bool(true)}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.PutObjectLockConfiguration(t.Context(), &s3.PutObjectLockConfigurationInput{Bucket: name, ObjectLockConfiguration: &types.ObjectLockConfiguration{
		ObjectLockEnabled: "Enabled", Rule: &types.ObjectLockRule{DefaultRetention: &types.DefaultRetention{Mode: "GOVERNANCE", Days: aws.Int32(1)}},
	}}); err != nil {
		t.Fatal(err)
	}
	put, err := b.PutObject(t.Context(), &s3.PutObjectInput{Bucket: name, Key: aws.String("k"), Body: strings.NewReader("x")})
	if err != nil {
		t.Fatal(err)
	}
	held, err := b.GetObjectRetention(t.Context(), &s3.GetObjectRetentionInput{Bucket: name, Key: aws.String("k")})
	if err != nil || held.Retention.Mode != "GOVERNANCE" {
		t.Errorf("%+v, %v", held, err)
	}
	del := &s3.DeleteObjectInput{Bucket: name, Key: aws.String("k"), VersionId: put.VersionId}
	if _, err := b.DeleteObject(t.Context(), del); status(err) != "403 AccessDenied" {
		t.Errorf("a locked version: %v", err)
	}
	del.BypassGovernanceRetention = aws.Bool(true)
	if _, err := b.DeleteObject(t.Context(), del); err != nil {
		t.Error(err)
	}
}

func TestS3BucketSettings(t *testing.T) {
	b := newS3(t)
	bucket := aws.String("bucket")
	ctx := context.WithoutCancel(t.Context())
	for name, tt := range map[string]struct {
		get  func() error
		want string
	}{
		"tagging": {func() error { _, err := b.GetBucketTagging(ctx, &s3.GetBucketTaggingInput{Bucket: bucket}); return err }, "404 NoSuchTagSet"},
		"policy":  {func() error { _, err := b.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: bucket}); return err }, "404 NoSuchBucketPolicy"},
		"status": {func() error {
			_, err := b.GetBucketPolicyStatus(ctx, &s3.GetBucketPolicyStatusInput{Bucket: bucket})
			return err
		}, "404 NoSuchBucketPolicy"},
		"cors":    {func() error { _, err := b.GetBucketCors(ctx, &s3.GetBucketCorsInput{Bucket: bucket}); return err }, "404 NoSuchCORSConfiguration"},
		"website": {func() error { _, err := b.GetBucketWebsite(ctx, &s3.GetBucketWebsiteInput{Bucket: bucket}); return err }, "404 NoSuchWebsiteConfiguration"},
		"lifecycle": {func() error {
			_, err := b.GetBucketLifecycleConfiguration(ctx, &s3.GetBucketLifecycleConfigurationInput{Bucket: bucket})
			return err
		}, "404 NoSuchLifecycleConfiguration"},
		"replication": {func() error {
			_, err := b.GetBucketReplication(ctx, &s3.GetBucketReplicationInput{Bucket: bucket})
			return err
		}, "404 ReplicationConfigurationNotFoundError"},
		"object lock": {func() error {
			_, err := b.GetObjectLockConfiguration(ctx, &s3.GetObjectLockConfigurationInput{Bucket: bucket})
			return err
		}, "404 ObjectLockConfigurationNotFoundError"},
		"encryption": {func() error {
			_, err := b.GetBucketEncryption(ctx, &s3.GetBucketEncryptionInput{Bucket: bucket})
			return err
		}, ""},
		"versioning": {func() error {
			_, err := b.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: bucket})
			return err
		}, ""},
		"logging": {func() error { _, err := b.GetBucketLogging(ctx, &s3.GetBucketLoggingInput{Bucket: bucket}); return err }, ""},
		"accelerate": {func() error {
			_, err := b.GetBucketAccelerateConfiguration(ctx, &s3.GetBucketAccelerateConfigurationInput{Bucket: bucket})
			return err
		}, ""},
		"payment": {func() error {
			_, err := b.GetBucketRequestPayment(ctx, &s3.GetBucketRequestPaymentInput{Bucket: bucket})
			return err
		}, ""},
		"notification": {func() error {
			_, err := b.GetBucketNotificationConfiguration(ctx, &s3.GetBucketNotificationConfigurationInput{Bucket: bucket})
			return err
		}, ""},
		"acl": {func() error { _, err := b.GetBucketAcl(ctx, &s3.GetBucketAclInput{Bucket: bucket}); return err }, ""},
		"ownership": {func() error {
			_, err := b.GetBucketOwnershipControls(ctx, &s3.GetBucketOwnershipControlsInput{Bucket: bucket})
			return err
		}, ""},
		"public block": {func() error {
			_, err := b.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: bucket})
			return err
		}, ""},
	} {
		if got := status(tt.get()); got != tt.want {
			t.Errorf("%s of a new bucket: %q, want %q", name, got, tt.want)
		}
	}
}

func TestS3SettingsAreKept(t *testing.T) {
	b := newS3(t)
	bucket := aws.String("bucket")
	lifecycle := []types.LifecycleRule{{
		ID: aws.String("old"), Status: "Enabled", Filter: &types.LifecycleRuleFilter{Prefix: aws.String("logs/")},
		Expiration: &types.LifecycleExpiration{Days: aws.Int32(30)}, Transitions: []types.Transition{{Days: aws.Int32(10), StorageClass: "GLACIER"}},
	}}
	if _, err := b.PutBucketLifecycleConfiguration(t.Context(), &s3.PutBucketLifecycleConfigurationInput{Bucket: bucket, LifecycleConfiguration: &types.BucketLifecycleConfiguration{Rules: lifecycle}}); err != nil {
		t.Fatal(err)
	}
	if got, err := b.GetBucketLifecycleConfiguration(t.Context(), &s3.GetBucketLifecycleConfigurationInput{Bucket: bucket}); err != nil || fmt.Sprintf("%s %s %d %s", *got.Rules[0].ID, *got.Rules[0].Filter.Prefix, *got.Rules[0].Expiration.Days, got.Rules[0].Transitions[0].StorageClass) != "old logs/ 30 GLACIER" {
		t.Errorf("lifecycle: %+v, %v", got, err)
	}
	cors := []types.CORSRule{{AllowedMethods: []string{"GET", "PUT"}, AllowedOrigins: []string{"*"}, MaxAgeSeconds: aws.Int32(5)}}
	if _, err := b.PutBucketCors(t.Context(), &s3.PutBucketCorsInput{Bucket: bucket, CORSConfiguration: &types.CORSConfiguration{CORSRules: cors}}); err != nil {
		t.Fatal(err)
	}
	if got, err := b.GetBucketCors(t.Context(), &s3.GetBucketCorsInput{Bucket: bucket}); err != nil || len(got.CORSRules) != 1 || len(got.CORSRules[0].AllowedMethods) != 2 {
		t.Errorf("cors: %+v, %v", got, err)
	}
	if _, err := b.PutBucketTagging(t.Context(), &s3.PutBucketTaggingInput{Bucket: bucket, Tagging: &types.Tagging{TagSet: []types.Tag{{Key: aws.String("team"), Value: aws.String("data")}}}}); err != nil {
		t.Fatal(err)
	}
	if got, err := b.GetBucketTagging(t.Context(), &s3.GetBucketTaggingInput{Bucket: bucket}); err != nil || *got.TagSet[0].Value != "data" {
		t.Errorf("tagging: %+v, %v", got, err)
	}
	if _, err := b.DeleteBucketTagging(t.Context(), &s3.DeleteBucketTaggingInput{Bucket: bucket}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.GetBucketTagging(t.Context(), &s3.GetBucketTaggingInput{Bucket: bucket}); status(err) != "404 NoSuchTagSet" {
		t.Errorf("tagging after its end: %v", err)
	}
}

func TestS3BucketPolicies(t *testing.T) {
	b := newS3(t)
	b.put("shared/x", "x")
	b.put("own/x", "x")
	bucket := aws.String("bucket")
	two := b.sim.AddAccount("444455556666", "two")
	other := s3Client(b.sim.ConfigFor(two.AddUser("bob").NewKey()))
	get := func(c *s3.Client, key string) string {
		_, err := c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: bucket, Key: &key})
		return status(err)
	}
	if got := get(other, "shared/x"); got != "403 AccessDenied" {
		t.Errorf("another account without a policy: %q", got)
	}
	set := func(text string) string {
		_, err := b.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: bucket, Policy: &text})
		return status(err)
	}
	for text, want := range map[string]string{
		`{`: "400 MalformedPolicy",
		`{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`:                 "400 MalformedPolicy",
		`{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}]}`: "403 AccessDenied",
	} {
		if got := set(text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	if got := set(`{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/shared/*"},
		{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/own/*"}]}`); got != "" {
		t.Fatal(got)
	}
	for _, tt := range []struct {
		name   string
		client *s3.Client
		key    string
		want   string
	}{
		{"shared", other, "shared/x", ""},
		{"not shared", other, "own/x", "403 AccessDenied"},
		{"absent, to one who may not list", other, "shared/none", "403 AccessDenied"},
		{"absent, to the owner", b.Client, "shared/none", "404 NoSuchKey"},
		{"denied to the owner", b.Client, "own/x", "403 AccessDenied"},
	} {
		if got := get(tt.client, tt.key); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	state, err := b.GetBucketPolicyStatus(t.Context(), &s3.GetBucketPolicyStatusInput{Bucket: bucket})
	if err != nil || *state.PolicyStatus.IsPublic {
		t.Errorf("%+v, %v", state, err)
	}
}
