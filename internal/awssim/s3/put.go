package s3

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/s3/s3store"
)

// Limits of "Creating object key names" and of user-defined metadata, in bytes.
const (
	maxKey      = 1024
	maxMetadata = 2 << 10
	maxTags     = 10
)

func objectHandlers() map[string]awssim.Handler {
	return map[string]awssim.Handler{
		"PutObject":           onBucket(putObject),
		"GetObject":           onBucket(getObject),
		"HeadObject":          onBucket(headObject),
		"GetObjectAttributes": onBucket(getAttributes),
		"CopyObject":          onBucket(copyObject),
		"DeleteObject":        onBucket(deleteObject),
		"DeleteObjects":       onBucket(deleteObjects),
	}
}

func putObject(c *awssim.Call, b *s3store.Bucket, in *s3.PutObjectInput) (*s3.PutObjectOutput, error) {
	only, err := writeCondition(c)
	if err != nil {
		return nil, err
	}
	o, err := newObject(c, b, aws.ToString(in.Key), in.Tagging)
	if err != nil {
		return nil, err
	}
	r, err := receive(c, in.Body)
	if err != nil {
		return nil, err
	}
	o.Body, o.ETag, o.Checksum = r.Body, r.ETag(), r.Checksum
	if err := b.Put(o, only); err != nil {
		r.Body.Release()
		return nil, err
	}
	out := &s3.PutObjectOutput{ETag: aws.String(`"` + o.ETag + `"`), VersionId: versionOf(b, o.VersionID)}
	setSum(out, o.Checksum)
	e := o.Encryption
	out.ServerSideEncryption, out.SSEKMSKeyId = types.ServerSideEncryption(e.Algorithm), awssim.Optional(e.KMSKey)
	out.SSEKMSEncryptionContext, out.SSECustomerKeyMD5 = awssim.Optional(e.Context), awssim.Optional(e.CustomerKey)
	out.SSECustomerAlgorithm, out.BucketKeyEnabled = customerAlgorithm(e), bucketKey(e)
	return out, nil
}

// receive reads a body, sums it up and holds it to the request's promises.
func receive(c *awssim.Call, body io.Reader) (*s3store.Received, error) {
	if c.Request.ContentLength < 0 {
		return nil, fail("MissingContentLength")
	}
	sum, err := sumOf(c)
	if err != nil {
		return nil, err
	}
	algorithm := sum.algorithm
	if algorithm == "" {
		algorithm = s3store.CRC64NVME // which S3 adds where the client has none
	}
	r, err := StoreOf(c).Receive(body, c.Request.ContentLength, s3store.MaxPart, algorithm)
	if err != nil {
		return nil, err
	}
	if err := sum.check(c, r); err != nil {
		r.Body.Release()
		return nil, err
	}
	return r, nil
}

// condition reads a conditional request's entity tags.
func condition(c *awssim.Call) s3store.Condition {
	return s3store.Condition{Match: c.Request.Header.Get("If-Match"), NoneMatch: c.Request.Header.Get("If-None-Match")}
}

// writeCondition is condition for a write, which can be held to that there is no object,
// but not to that there is another.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
func writeCondition(c *awssim.Call) (s3store.Condition, error) {
	only := condition(c)
	if only.NoneMatch != "" && only.NoneMatch != "*" {
		return only, fail("NotImplemented").With("Header", "If-None-Match")
	}
	return only, nil
}

// versionOf is a version id as answers give it: not for a bucket that never
// had versions.
func versionOf(b *s3store.Bucket, id string) *string {
	if b.Versioning() == "" && id == s3store.NullVersion {
		return nil
	}
	return awssim.Optional(id)
}

// newObject begins an object from a request's headers, without its bytes.
func newObject(c *awssim.Call, b *s3store.Bucket, key string, tagging *string) (*s3store.Object, error) {
	if len(key) > maxKey {
		return nil, fail("KeyTooLongError").With("MaxSizeAllowed", decimal(maxKey)).With("Size", decimal(len(key)))
	}
	attributes, err := attributesOf(c, b)
	if err != nil {
		return nil, err
	}
	tags, err := tagHeader(tagging)
	if err != nil {
		return nil, err
	}
	lock, err := lockHeaders(c, b)
	if err != nil {
		return nil, err
	}
	if err := checkObjectACL(b, c.Request.Header); err != nil {
		return nil, err
	}
	o := &s3store.Object{Key: key, Owner: ownerOfNew(c, b), Attributes: attributes, Tags: tags, Lock: lock}
	if !ownerEnforced(b) {
		o.Grants, err = grantsOf(c, nil, o.Owner, b)
	}
	return o, err
}

// attributesOf reads what a request's headers say of a new object.
func attributesOf(c *awssim.Call, b *s3store.Bucket) (s3store.Attributes, error) {
	h := c.Request.Header
	a := s3store.Attributes{
		CacheControl: h.Get("Cache-Control"), ContentDisposition: h.Get("Content-Disposition"),
		ContentEncoding: encoding(h), ContentLanguage: h.Get("Content-Language"), ContentType: h.Get("Content-Type"),
		Expires: h.Get("Expires"), Redirect: h.Get("X-Amz-Website-Redirect-Location"), StorageClass: h.Get("X-Amz-Storage-Class"),
	}
	if a.ContentType == "" {
		a.ContentType = "binary/octet-stream"
	}
	if a.StorageClass != "" && !slices.Contains(types.StorageClass("").Values(), types.StorageClass(a.StorageClass)) {
		return a, fail("InvalidStorageClass").With("StorageClassRequested", a.StorageClass)
	}
	if a.StorageClass == string(types.StorageClassStandard) {
		a.StorageClass = ""
	}
	var err error
	if a.Metadata, err = metadata(h); err != nil {
		return a, err
	}
	a.Encryption, err = encryptionOf(h, b)
	return a, err
}

// encoding is the object's own content encoding, without the transport's.
func encoding(h http.Header) string {
	var kept []string
	for _, value := range h.Values("Content-Encoding") {
		for part := range strings.SplitSeq(value, ",") {
			if part = strings.TrimSpace(part); part != "" && part != "aws-chunked" {
				kept = append(kept, part)
			}
		}
	}
	return strings.Join(kept, ",")
}

func metadata(h http.Header) (map[string]string, error) {
	var meta map[string]string
	size := 0
	for name, values := range h {
		key, ok := strings.CutPrefix(name, "X-Amz-Meta-")
		if !ok {
			continue
		}
		if meta == nil {
			meta = make(map[string]string)
		}
		value := strings.Join(values, ",")
		if strings.ContainsFunc(value, func(r rune) bool { return r > unicode.MaxASCII }) {
			return nil, fail("SignatureDoesNotMatch") // it is read as Latin-1, and signed as UTF-8
		}
		meta[strings.ToLower(key)] = value
		size += len(key) + len(value)
	}
	if size > maxMetadata {
		return nil, fail("MetadataTooLarge").With("Size", decimal(size)).With("MaxSizeAllowed", decimal(maxMetadata))
	}
	return meta, nil
}

// tagHeader reads x-amz-tagging, tags as a URL's query string.
func tagHeader(tagging *string) ([]s3store.Tag, error) {
	if tagging == nil || *tagging == "" {
		return nil, nil
	}
	const text = "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates."
	var tags []s3store.Tag
	for pair := range strings.SplitSeq(*tagging, "&") {
		k, v, _ := strings.Cut(pair, "=")
		key, err1 := url.QueryUnescape(k)
		value, err2 := url.QueryUnescape(v)
		if err1 != nil || err2 != nil || !utf8.ValidString(key+value) {
			return nil, argument("x-amz-tagging", *tagging, text)
		}
		if slices.ContainsFunc(tags, func(t s3store.Tag) bool { return t.Key == key }) {
			return nil, argument("x-amz-tagging", *tagging, text)
		}
		tags = append(tags, s3store.Tag{Key: key, Value: value})
	}
	return tags, checkTags(tags, maxTags)
}
