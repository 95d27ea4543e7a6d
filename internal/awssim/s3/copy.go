package s3

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/s3/s3store"
)

const sourceKeyPrefix = "X-Amz-Copy-Source-Server-Side-Encryption-Customer-"

// source is what x-amz-copy-source names.
type source struct{ bucket, key, version string }

// copySource reads "bucket/key" or "/bucket/key?versionId=id", encoded as in
// a URL.
func copySource(header string) (source, error) {
	path, query, _ := strings.Cut(strings.TrimPrefix(header, "/"), "?")
	path, err := url.PathUnescape(path)
	bucket, key, ok := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if err != nil || !ok || bucket == "" || key == "" {
		return source{}, argument("x-amz-copy-source", header, "Copy Source must mention the source bucket and key: sourcebucket/sourcekey")
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return source{}, argument("x-amz-copy-source", header, "Copy Source must mention the source bucket and key: sourcebucket/sourcekey")
	}
	return source{bucket, key, values.Get("versionId")}, nil
}

// acquireSource finds the object to copy, retained, and holds it to the
// conditions of the request.
func acquireSource(c *awssim.Call) (*s3store.Bucket, *s3store.Object, error) {
	src, err := copySource(c.Request.Header.Get("X-Amz-Copy-Source"))
	if err != nil {
		return nil, nil, err
	}
	b := StoreOf(c).Bucket(src.bucket)
	if b == nil {
		return nil, nil, fail("NoSuchBucket").With("BucketName", src.bucket)
	}
	if want := c.Request.Header.Get("X-Amz-Source-Expected-Bucket-Owner"); want != "" && want != b.Owner {
		return nil, nil, fail("AccessDenied")
	}
	if err := checkPayer(c, b); err != nil {
		return nil, nil, err
	}
	o, err := b.Acquire(src.key, src.version)
	if err != nil {
		return nil, nil, sourceMissing(o, src, err)
	}
	if err := sourceAllows(c, o); err != nil {
		o.Body.Release()
		return nil, nil, err
	}
	return b, o, nil
}

// sourceMissing answers for a delete marker as source, which can't be copied.
func sourceMissing(marker *s3store.Object, src source, err error) error {
	if marker != nil && src.version != "" {
		return invalid("InvalidRequest", "The source of a copy request may not specifically refer to a delete marker by version id.")
	}
	return err
}

func sourceAllows(c *awssim.Call, o *s3store.Object) error {
	h := c.Request.Header
	if err := checkCustomerKey(h, sourceKeyPrefix, o); err != nil {
		return err
	}
	cond := s3store.ReadCondition{
		Condition:       s3store.Condition{Match: h.Get("X-Amz-Copy-Source-If-Match"), NoneMatch: h.Get("X-Amz-Copy-Source-If-None-Match")},
		ModifiedSince:   timeOf(h.Get("X-Amz-Copy-Source-If-Modified-Since")),
		UnmodifiedSince: timeOf(h.Get("X-Amz-Copy-Source-If-Unmodified-Since")),
	}
	if err := cond.Allows(o); err != nil {
		return sourceRefused(err, cond)
	}
	return readable(c, o)
}

// sourceRefused names the condition that failed; a copy has no "not
// modified".
func sourceRefused(err error, cond s3store.ReadCondition) error {
	name := "If-Modified-Since"
	var stored *s3store.Error
	switch {
	case errors.As(err, &stored) && stored.Detail["Condition"] != "":
		name = stored.Detail["Condition"]
	case cond.NoneMatch != "":
		name = "If-None-Match"
	}
	return fail("PreconditionFailed").With("Condition", "x-amz-copy-source-"+name)
}

func copyObject(c *awssim.Call, b *s3store.Bucket, in *s3.CopyObjectInput) (*s3.CopyObjectOutput, error) {
	only, err := writeCondition(c)
	if err != nil {
		return nil, err
	}
	from, src, err := acquireSource(c)
	if err != nil {
		return nil, err
	}
	defer src.Body.Release()
	if src.Size() > s3store.MaxPart {
		return nil, invalid("InvalidRequest", "The specified copy source is larger than the maximum allowable size for a copy source: 5368709120")
	}
	o, err := copyOf(c, b, from, src, in)
	if err != nil {
		return nil, err
	}
	if err := copyBytes(c, o, src, s3store.Algorithm(in.ChecksumAlgorithm)); err != nil {
		return nil, err
	}
	if err := b.Put(o, only); err != nil {
		o.Body.Release()
		return nil, err
	}
	out := &s3.CopyObjectOutput{
		CopyObjectResult: &types.CopyObjectResult{ETag: aws.String(`"` + o.ETag + `"`), LastModified: &o.LastModified},
		VersionId:        versionOf(b, o.VersionID), ServerSideEncryption: types.ServerSideEncryption(o.Encryption.Algorithm),
		SSEKMSKeyId: awssim.Optional(o.Encryption.KMSKey), SSECustomerAlgorithm: customerAlgorithm(o.Encryption),
		SSECustomerKeyMD5: awssim.Optional(o.Encryption.CustomerKey), BucketKeyEnabled: bucketKey(o.Encryption),
	}
	if src.VersionID != s3store.NullVersion {
		out.CopySourceVersionId = &src.VersionID
	}
	setSum(out.CopyObjectResult, o.Checksum)
	return out, nil
}

// copyOf begins the copy: what the request says, and of the rest what the
// directives take over.
func copyOf(c *awssim.Call, b, from *s3store.Bucket, src *s3store.Object, in *s3.CopyObjectInput) (*s3store.Object, error) {
	tagging := in.Tagging
	if in.TaggingDirective != types.TaggingDirectiveReplace {
		tagging = nil
	}
	o, err := newObject(c, b, aws.ToString(in.Key), tagging)
	if err != nil {
		return nil, err
	}
	if in.TaggingDirective != types.TaggingDirectiveReplace {
		o.Tags = src.Tags
	}
	replace := in.MetadataDirective == types.MetadataDirectiveReplace
	asked := c.Request.Header
	changes := replace || in.TaggingDirective == types.TaggingDirectiveReplace || asked.Get("X-Amz-Storage-Class") != "" ||
		asked.Get("X-Amz-Server-Side-Encryption") != "" || o.Encryption.CustomerKey != "" || src.Encryption.CustomerKey != "" ||
		o.Redirect != "" || in.ChecksumAlgorithm != "" || strings.Contains(asked.Get("X-Amz-Copy-Source"), "versionId=")
	if from == b && src.Key == o.Key && !changes {
		return nil, invalid("InvalidRequest", "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.")
	}
	if !replace {
		class, encryption, redirect := o.StorageClass, o.Encryption, o.Redirect
		o.Attributes = src.Attributes
		o.StorageClass, o.Encryption, o.Redirect = class, encryption, redirect
	}
	return o, nil
}

// copyBytes gives the copy the source's bytes, which both share, and sums.
// They are summed anew only where the source was uploaded in parts or another
// algorithm is asked for.
func copyBytes(c *awssim.Call, o, src *s3store.Object, asked s3store.Algorithm) error {
	algorithm := src.Checksum.Algorithm
	if asked != "" {
		algorithm = asked
	}
	if !algorithm.Known() {
		return invalid("InvalidRequest", "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]")
	}
	if len(src.Parts) == 0 && algorithm == src.Checksum.Algorithm {
		o.Body, o.ETag, o.Checksum = src.Body.Retain(), src.ETag, src.Checksum
		return nil
	}
	r, err := StoreOf(c).Sum(src.Body, algorithm)
	if err != nil {
		return err
	}
	o.Body, o.ETag, o.Checksum = r.Body, r.ETag(), r.Checksum
	return nil
}

func deleteObject(c *awssim.Call, b *s3store.Bucket, in *s3.DeleteObjectInput) (*s3.DeleteObjectOutput, error) {
	done, err := b.Delete(s3store.Deletion{
		Key: aws.ToString(in.Key), Version: aws.ToString(in.VersionId), Owner: ownerOfNew(c, b), Bypass: aws.ToBool(in.BypassGovernanceRetention),
		If: s3store.Condition{Match: aws.ToString(in.IfMatch)}, IfSize: in.IfMatchSize, IfTime: in.IfMatchLastModifiedTime,
	})
	if err != nil {
		return nil, err
	}
	c.Status = http.StatusNoContent
	out := &s3.DeleteObjectOutput{VersionId: awssim.Optional(done.Version)}
	if done.Marker {
		out.DeleteMarker = aws.Bool(true)
	}
	return out, nil
}

func deleteObjects(c *awssim.Call, b *s3store.Bucket, in *s3.DeleteObjectsInput) (*s3.DeleteObjectsOutput, error) {
	if in.Delete == nil || len(in.Delete.Objects) == 0 || len(in.Delete.Objects) > pageKeys {
		return nil, fail("MalformedXML")
	}
	out := new(s3.DeleteObjectsOutput)
	for _, id := range in.Delete.Objects {
		done, err := deleteOne(c, b, id, aws.ToBool(in.BypassGovernanceRetention))
		if err != nil {
			answer := answerOf(c, err)
			out.Errors = append(out.Errors, types.Error{Key: id.Key, VersionId: id.VersionId, Code: &answer.Code, Message: &answer.Message})
			continue
		}
		if aws.ToBool(in.Delete.Quiet) {
			continue
		}
		entry := types.DeletedObject{Key: id.Key, VersionId: id.VersionId}
		if done.Marker {
			entry.DeleteMarker, entry.DeleteMarkerVersionId = aws.Bool(true), &done.Version
		}
		out.Deleted = append(out.Deleted, entry)
	}
	return out, nil
}

// deleteOne deletes one of many, which each need permission of their own.
func deleteOne(c *awssim.Call, b *s3store.Bucket, id types.ObjectIdentifier, bypass bool) (s3store.Deleted, error) {
	key, version := aws.ToString(id.Key), aws.ToString(id.VersionId)
	if key == "" {
		return s3store.Deleted{}, invalid("UserKeyMustBeSpecified", "The bucket POST must contain the specified field name. If it is specified, check the order of the fields.")
	}
	need := objectNeed(c, b, key, versioned("s3:DeleteObject", version))
	need.Context = versionContext(version)
	needs := []awssim.Need{need}
	if bypass {
		needs = append(needs, dependents(need, []string{"s3:BypassGovernanceRetention"})...)
	}
	for _, n := range needs {
		if err := permit(c, n); err != nil {
			return s3store.Deleted{}, err
		}
	}
	return b.Delete(s3store.Deletion{
		Key: key, Version: version, Owner: ownerOfNew(c, b), Bypass: bypass,
		If: s3store.Condition{Match: aws.ToString(id.ETag)}, IfSize: id.Size, IfTime: id.LastModifiedTime,
	})
}
