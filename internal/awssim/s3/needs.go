package s3

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/s3/s3store"
	"github.com/hawser/hawser/internal/policy"
)

// needsOf follows "Actions, resources, and condition keys for Amazon S3".
//
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
func needsOf(c *awssim.Call, in any) []awssim.Need {
	bucket, key := pathOf(c)
	if bucket == "" {
		return []awssim.Need{{Action: "s3:ListAllMyBuckets", Resource: "*"}}
	}
	b := StoreOf(c).Bucket(bucket)
	if b == nil || c.Operation == "CreateBucket" {
		b = &s3store.Bucket{Name: bucket} // nobody's yet
	}
	if key == "" {
		if c.Operation == "DeleteObjects" {
			return []awssim.Need{} // each key has needs of its own
		}
		need := bucketNeed(c, b, bucketAction(c.Operation))
		need.Context = bucketContext(c, b, in)
		needs := append([]awssim.Need{grantedOnBucket(c, b, need)}, dependents(need, bucketDependents(in))...)
		return append(needs, replicationNeeds(in)...)
	}
	var version string
	if c.Request.URL.RawQuery != "" {
		version = c.Request.URL.Query().Get("versionId")
	}
	need := objectNeed(c, b, key, objectAction(c.Operation, version))
	need.Context = objectContext(c, b, key, version, in)
	needs := append([]awssim.Need{need}, dependents(need, objectDependents(c, version))...)
	for i, n := range needs {
		if onBucketOnly(c.Operation) {
			needs[i] = grantedOnBucket(c, b, n)
		} else {
			needs[i] = grantedOnObject(c, b, n, key, version)
		}
	}
	if header := c.Request.Header.Get("X-Amz-Copy-Source"); header != "" {
		needs = append(needs, sourceNeedsOf(c, header)...)
	}
	if comparesTag(c) {
		read := objectNeed(c, b, key, "s3:GetObject")
		read.Context = existingContext(b, key, "")
		needs = append(needs, grantedOnObject(c, b, read, key, ""))
	}
	return needs
}

// onBucketOnly reports whether an operation on a key is the bucket's matter alone,
// whoever owns the object that is there: those that write, delete, archive or restore it.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-s3-evaluates-access-control.html
func onBucketOnly(operation string) bool {
	switch operation {
	case "PutObject", "CopyObject", "DeleteObject", "RestoreObject", "CreateMultipartUpload", "UploadPart", "UploadPartCopy",
		"CompleteMultipartUpload", "AbortMultipartUpload", "ListParts":
		return true
	}
	return false
}

// comparesTag reports a write or deletion that has an entity tag, for which the
// caller must be allowed to read the object.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html
func comparesTag(c *awssim.Call) bool {
	switch c.Operation {
	case "PutObject", "CopyObject", "CompleteMultipartUpload", "DeleteObject":
		tag := c.Request.Header.Get("If-Match")
		return tag != "" && tag != "*"
	}
	return false
}

func bucketARN(c *awssim.Call, name string) string { return "arn:" + c.Partition() + ":s3:::" + name }

func bucketNeed(c *awssim.Call, b *s3store.Bucket, action string) awssim.Need {
	n := awssim.Need{Action: action, Resource: bucketARN(c, b.Name), Owner: b.Owner}
	if b.Owner != "" {
		n.Policy = policyFor(c, b)
	}
	return n
}

// policyFor is a bucket's policy as it is for the caller: a public one is for the owner's
// account alone, where the bucket is told so.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-options
func policyFor(c *awssim.Call, b *s3store.Bucket) *policy.Document {
	doc := s3store.Config[awssim.ResourcePolicy](b).Document()
	if doc == nil || c.Account != nil && c.Account.ID == b.Owner {
		return doc
	}
	if aws.ToBool(settingOrZero[types.PublicAccessBlockConfiguration](b).RestrictPublicBuckets) && public(doc) {
		return nil
	}
	return doc
}

func objectNeed(c *awssim.Call, b *s3store.Bucket, key, action string) awssim.Need {
	n := bucketNeed(c, b, action)
	n.Resource += "/" + key
	return n
}

// sourceNeedsOf is the permission to read what is copied.
func sourceNeedsOf(c *awssim.Call, header string) []awssim.Need {
	src, err := copySource(header)
	if err != nil {
		return nil // which the operation itself refuses
	}
	b := StoreOf(c).Bucket(src.bucket)
	if b == nil {
		b = &s3store.Bucket{Name: src.bucket}
	}
	need := readNeed(c, b, src.key, src.version)
	needs := []awssim.Need{need}
	if copiesTags(c, b, src.key, src.version) {
		needs = append(needs, dependents(need, []string{versioned("s3:GetObjectTagging", src.version)})...)
	}
	for i, n := range needs {
		needs[i] = grantedOnObject(c, b, n, src.key, src.version)
	}
	return needs
}

// readNeed is the permission to read an object or a version of it, without what the
// object's own grants give.
func readNeed(c *awssim.Call, b *s3store.Bucket, key, version string) awssim.Need {
	need := objectNeed(c, b, key, versioned("s3:GetObject", version))
	need.Context = existingContext(b, key, version)
	return need
}

// ReadNeed is the permission to read an object, or a version of it, for another service
// that reads it for its caller. The bucket need not exist.
func ReadNeed(c *awssim.Call, bucket, key, version string) awssim.Need {
	b := StoreOf(c).Bucket(bucket)
	if b == nil {
		b = &s3store.Bucket{Name: bucket}
	}
	return grantedOnObject(c, b, readNeed(c, b, key, version), key, version)
}

// permit checks one more permission that an operation needs.
func permit(c *awssim.Call, n awssim.Need) error {
	if c.Principal == nil {
		return c.PermitAnonymous(n)
	}
	if err := c.Permit(n); err != nil {
		return err
	}
	return nil
}

// versioned is an object action where a version may be named.
func versioned(action, version string) string {
	if version == "" {
		return action
	}
	if rest, ok := strings.CutPrefix(action, "s3:GetObject"); ok {
		return "s3:GetObjectVersion" + rest
	}
	verb, rest, _ := strings.Cut(action, "Object")
	return verb + "ObjectVersion" + rest
}

// actionOf is the name of the action that an operation which is a management event
// needs.
func actionOf(operation string) string {
	if operation == "ListBuckets" {
		return "ListAllMyBuckets"
	}
	return strings.TrimPrefix(bucketAction(operation), "s3:")
}

// objectAction is the action that an operation on an object needs.
func objectAction(operation, version string) string {
	switch operation {
	case "HeadObject":
		return versioned("s3:GetObject", version)
	case "CopyObject", "CreateMultipartUpload", "UploadPart", "UploadPartCopy", "CompleteMultipartUpload":
		return "s3:PutObject"
	case "ListParts":
		return "s3:ListMultipartUploadParts"
	case "GetObject", "GetObjectAttributes", "GetObjectAcl", "PutObjectAcl", "DeleteObject",
		"GetObjectTagging", "PutObjectTagging", "DeleteObjectTagging":
		return versioned("s3:"+operation, version)
	}
	return "s3:" + operation
}

// bucketAction is the action that an operation on a bucket needs. Deleting a
// setting mostly needs the same as putting it.
func bucketAction(operation string) string {
	switch operation {
	case "HeadBucket", "ListObjects", "ListObjectsV2":
		return "s3:ListBucket"
	case "ListObjectVersions":
		return "s3:ListBucketVersions"
	case "ListMultipartUploads":
		return "s3:ListBucketMultipartUploads"
	case "DeleteBucket", "DeleteBucketPolicy", "DeleteBucketWebsite":
		return "s3:" + operation
	}
	verb := operation[:3]
	noun := operation[3:]
	if rest, ok := strings.CutPrefix(operation, "Delete"); ok {
		verb, noun = "Put", rest
	}
	switch noun {
	case "BucketCors":
		noun = "BucketCORS"
	case "BucketLifecycleConfiguration", "BucketLifecycle":
		noun = "LifecycleConfiguration"
	case "BucketEncryption":
		noun = "EncryptionConfiguration"
	case "BucketReplication":
		noun = "ReplicationConfiguration"
	case "BucketAccelerateConfiguration":
		noun = "AccelerateConfiguration"
	case "BucketNotificationConfiguration":
		noun = "BucketNotification"
	case "ObjectLockConfiguration":
		noun = "BucketObjectLockConfiguration"
	case "PublicAccessBlock":
		noun = "BucketPublicAccessBlock"
	}
	return "s3:" + verb + noun
}
