package s3_test

import (
	"crypto/md5"
	"encoding/base64"
	"io"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"
)

func TestPutAndGet(t *testing.T) {
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

func TestRanges(t *testing.T) {
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
		{"empty", "bytes=3-2", "", "", ""},
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

func TestWritesAreChecked(t *testing.T) {
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
		"new, but for an object":  {func(in *s3.PutObjectInput) { in.IfNoneMatch = aws.String(`"x"`) }, "501 NotImplemented"},
		"the same, and it is":     {func(in *s3.PutObjectInput) { in.Key, in.IfMatch = aws.String("mine"), &etag }, ""},
		"the same, but it is not": {func(in *s3.PutObjectInput) { in.Key, in.IfMatch = aws.String("other"), aws.String(`"x"`) }, "412 PreconditionFailed"},
		"the same, but nothing":   {func(in *s3.PutObjectInput) { in.IfMatch = aws.String(`"x"`) }, "404 NoSuchKey"},
		"storage class":           {func(in *s3.PutObjectInput) { in.StorageClass = "COLD" }, "400 InvalidStorageClass"},
		"encryption":              {func(in *s3.PutObjectInput) { in.ServerSideEncryption = "rot13" }, "400 InvalidArgument"},
		"tags twice":              {func(in *s3.PutObjectInput) { in.Tagging = aws.String("a=1&a=2") }, "400 InvalidArgument"},
		"eleven tags":             {func(in *s3.PutObjectInput) { in.Tagging = aws.String("a&b&c&d&e&f&g&h&i&j&k") }, "400 BadRequest"},
		"system tag":              {func(in *s3.PutObjectInput) { in.Tagging = aws.String("aws:x=1") }, "400 InvalidTag"},
		"long key":                {func(in *s3.PutObjectInput) { in.Key = aws.String(strings.Repeat("k", 1025)) }, "400 KeyTooLongError"},
		"metadata beyond ASCII":   {func(in *s3.PutObjectInput) { in.Metadata = map[string]string{"a": "Größe"} }, "403 SignatureDoesNotMatch"},
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

func TestChecksums(t *testing.T) {
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

func TestVersions(t *testing.T) {
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

func TestCopies(t *testing.T) {
	b := newS3(t)
	b.make("target")
	if _, err := b.PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String("bucket"), Key: aws.String("a b+c"), Body: strings.NewReader("hello"), ContentType: aws.String("text/plain"),
		Metadata: map[string]string{"m": "1"}, Tagging: aws.String("t=1"),
	}); err != nil {
		t.Fatal(err)
	}
	source := aws.String("bucket/a%20b%2Bc")
	var same *string
	for _, key := range []string{"other", "same"} {
		out, err := b.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("target"), Key: &key, Body: strings.NewReader("there")})
		if err != nil {
			t.Fatal(err)
		}
		same = out.ETag
	}
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
		"over another":          {s3.CopyObjectInput{Bucket: aws.String("target"), Key: aws.String("other"), CopySource: source, IfMatch: aws.String(`"x"`)}, "412 PreconditionFailed"},
		"over the same":         {s3.CopyObjectInput{Bucket: aws.String("target"), Key: aws.String("same"), CopySource: source, IfMatch: same}, ""},
		"over nothing":          {s3.CopyObjectInput{Bucket: aws.String("target"), Key: aws.String("none"), CopySource: source, IfMatch: same}, "404 NoSuchKey"},
		"not over another":      {s3.CopyObjectInput{Bucket: aws.String("target"), Key: aws.String("other"), CopySource: source, IfNoneMatch: aws.String("x")}, "501 NotImplemented"},
		"not over any":          {s3.CopyObjectInput{Bucket: aws.String("target"), Key: aws.String("other"), CopySource: source, IfNoneMatch: aws.String("*")}, "412 PreconditionFailed"},
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

// A deletion's condition is held to the current version, and needs the permission to
// read.
func TestConditionalDeletions(t *testing.T) {
	b := newS3(t)
	if _, err := b.PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
		Bucket: aws.String("bucket"), VersioningConfiguration: &types.VersioningConfiguration{Status: "Enabled"},
	}); err != nil {
		t.Fatal(err)
	}
	first, second := b.put("k", "one"), b.put("k", "two")
	for _, tt := range []struct {
		name         string
		key          string
		version, tag *string
		want         string
	}{
		{"another tag", "k", nil, first.ETag, "412 PreconditionFailed"},
		{"the tag of the version, which is not current", "k", first.VersionId, first.ETag, "412 PreconditionFailed"},
		{"nothing there", "none", nil, first.ETag, "404 NoSuchKey"},
		{"the current tag", "k", nil, second.ETag, ""},
		{"a delete marker", "k", nil, second.ETag, "404 NoSuchKey"},
	} {
		_, err := b.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: aws.String("bucket"), Key: &tt.key, VersionId: tt.version, IfMatch: tt.tag})
		if got := status(err); got != tt.want {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestCustomerKeys(t *testing.T) {
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
