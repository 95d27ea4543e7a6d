package awssim

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim/s3store"
)

// Limits of "Creating object key names" and of user-defined metadata, in bytes.
const (
	s3MaxKey      = 1024
	s3MaxMetadata = 2 << 10
	s3MaxTags     = 10
)

func s3ObjectHandlers() map[string]Handler {
	return map[string]Handler{
		"PutObject":           s3OnBucket(s3PutObject),
		"GetObject":           s3OnBucket(s3GetObject),
		"HeadObject":          s3OnBucket(s3HeadObject),
		"GetObjectAttributes": s3OnBucket(s3GetAttributes),
		"CopyObject":          s3OnBucket(s3CopyObject),
		"DeleteObject":        s3OnBucket(s3DeleteObject),
		"DeleteObjects":       s3OnBucket(s3DeleteObjects),
	}
}

func s3PutObject(c *Call, b *s3store.Bucket, in *s3.PutObjectInput) (*s3.PutObjectOutput, error) {
	o, err := s3NewObject(c, b, aws.ToString(in.Key), in.Tagging)
	if err != nil {
		return nil, err
	}
	r, err := s3Receive(c, in.Body)
	if err != nil {
		return nil, err
	}
	o.Body, o.ETag, o.Checksum = r.Body, r.ETag(), r.Checksum
	if err := b.Put(o, s3Condition(c)); err != nil {
		r.Body.Release()
		return nil, err
	}
	out := &s3.PutObjectOutput{ETag: aws.String(`"` + o.ETag + `"`), VersionId: s3Version(b, o.VersionID)}
	s3SetSum(out, o.Checksum)
	e := o.Encryption
	out.ServerSideEncryption, out.SSEKMSKeyId = types.ServerSideEncryption(e.Algorithm), optional(e.KMSKey)
	out.SSEKMSEncryptionContext, out.SSECustomerKeyMD5 = optional(e.Context), optional(e.CustomerKey)
	out.SSECustomerAlgorithm, out.BucketKeyEnabled = s3CustomerAlgorithm(e), s3BucketKey(e)
	return out, nil
}

// s3Receive reads a body, sums it up and holds it to the request's promises.
func s3Receive(c *Call, body io.Reader) (*s3store.Received, error) {
	if c.Request.ContentLength < 0 {
		return nil, s3Fail("MissingContentLength")
	}
	sum, err := s3SumOf(c)
	if err != nil {
		return nil, err
	}
	algorithm := sum.algorithm
	if algorithm == "" {
		algorithm = s3store.CRC64NVME // which S3 adds where the client has none
	}
	r, err := s3Store(c).Receive(body, c.Request.ContentLength, s3store.MaxPart, algorithm)
	if err != nil {
		return nil, err
	}
	if err := sum.check(c, r); err != nil {
		r.Body.Release()
		return nil, err
	}
	return r, nil
}

// s3Condition reads a conditional request's entity tags.
func s3Condition(c *Call) s3store.Condition {
	return s3store.Condition{Match: c.Request.Header.Get("If-Match"), NoneMatch: c.Request.Header.Get("If-None-Match")}
}

// s3Version is a version id as answers give it: not for a bucket that never
// had versions.
func s3Version(b *s3store.Bucket, id string) *string {
	if b.Versioning() == "" && id == s3store.NullVersion {
		return nil
	}
	return optional(id)
}

// s3NewObject begins an object from a request's headers, without its bytes.
func s3NewObject(c *Call, b *s3store.Bucket, key string, tagging *string) (*s3store.Object, error) {
	if len(key) > s3MaxKey {
		return nil, s3Fail("KeyTooLongError").With("MaxSizeAllowed", decimal(s3MaxKey)).With("Size", decimal(len(key)))
	}
	attributes, err := s3Attributes(c, b)
	if err != nil {
		return nil, err
	}
	tags, err := s3TagHeader(tagging)
	if err != nil {
		return nil, err
	}
	lock, err := s3LockHeaders(c, b)
	if err != nil {
		return nil, err
	}
	if err := s3CheckObjectACL(b, c.Request.Header); err != nil {
		return nil, err
	}
	o := &s3store.Object{Key: key, Owner: c.Account.ID, Attributes: attributes, Tags: tags, Lock: lock}
	if !s3Enforced(b) {
		o.Grants, err = s3Grants(c.Request.Header, nil, c.Account.ID, b)
	}
	return o, err
}

// s3Attributes reads what a request's headers say of a new object.
func s3Attributes(c *Call, b *s3store.Bucket) (s3store.Attributes, error) {
	h := c.Request.Header
	a := s3store.Attributes{
		CacheControl: h.Get("Cache-Control"), ContentDisposition: h.Get("Content-Disposition"),
		ContentEncoding: s3Encoding(h), ContentLanguage: h.Get("Content-Language"), ContentType: h.Get("Content-Type"),
		Expires: h.Get("Expires"), Redirect: h.Get("X-Amz-Website-Redirect-Location"), StorageClass: h.Get("X-Amz-Storage-Class"),
	}
	if a.ContentType == "" {
		a.ContentType = "binary/octet-stream"
	}
	if a.StorageClass != "" && !slices.Contains(types.StorageClass("").Values(), types.StorageClass(a.StorageClass)) {
		return a, s3Fail("InvalidStorageClass").With("StorageClassRequested", a.StorageClass)
	}
	if a.StorageClass == string(types.StorageClassStandard) {
		a.StorageClass = ""
	}
	var err error
	if a.Metadata, err = s3Metadata(h); err != nil {
		return a, err
	}
	a.Encryption, err = s3Encryption(h, b)
	return a, err
}

// s3Encoding is the object's own content encoding, without the transport's.
func s3Encoding(h http.Header) string {
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

func s3Metadata(h http.Header) (map[string]string, error) {
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
		meta[strings.ToLower(key)] = value
		size += len(key) + len(value)
	}
	if size > s3MaxMetadata {
		return nil, s3Fail("MetadataTooLarge").With("Size", decimal(size)).With("MaxSizeAllowed", decimal(s3MaxMetadata))
	}
	return meta, nil
}

// s3TagHeader reads x-amz-tagging, tags as a URL's query string.
func s3TagHeader(tagging *string) ([]s3store.Tag, error) {
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
			return nil, s3Argument("x-amz-tagging", *tagging, text)
		}
		if slices.ContainsFunc(tags, func(t s3store.Tag) bool { return t.Key == key }) {
			return nil, s3Argument("x-amz-tagging", *tagging, text)
		}
		tags = append(tags, s3store.Tag{Key: key, Value: value})
	}
	return tags, s3CheckTags(tags, s3MaxTags)
}
