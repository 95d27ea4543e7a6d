package awssim

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/hawser/hawser/internal/awssim/s3store"
	"github.com/hawser/hawser/internal/policy"
)

// s3Needs follows "Actions, resources, and condition keys for Amazon S3".
//
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
func s3Needs(c *Call, in any) []Need {
	bucket, key := s3Path(c)
	if bucket == "" {
		return []Need{{Action: "s3:ListAllMyBuckets", Resource: "*"}}
	}
	b := s3Store(c).Bucket(bucket)
	if b == nil || c.Operation == "CreateBucket" {
		b = &s3store.Bucket{Name: bucket} // nobody's yet
	}
	if key == "" {
		if c.Operation == "DeleteObjects" {
			return []Need{} // each key has needs of its own
		}
		need := s3BucketNeed(c, b, s3BucketAction(c.Operation))
		need.Context = s3ListContext(in)
		return []Need{need}
	}
	var version string
	if c.Request.URL.RawQuery != "" {
		version = c.Request.URL.Query().Get("versionId")
	}
	need := s3ObjectNeed(c, b, key, s3ObjectAction(c.Operation, version))
	need.Context = s3PutContext(c)
	needs := []Need{need}
	if header := c.Request.Header.Get("X-Amz-Copy-Source"); header != "" {
		needs = append(needs, s3SourceNeeds(c, header)...)
	}
	return needs
}

func s3BucketARN(c *Call, name string) string { return "arn:" + c.Partition() + ":s3:::" + name }

func s3BucketNeed(c *Call, b *s3store.Bucket, action string) Need {
	n := Need{Action: action, Resource: s3BucketARN(c, b.Name), Owner: b.Owner}
	if b.Owner != "" {
		n.Policy = s3store.Config[policy.Document](b)
	}
	return n
}

func s3ObjectNeed(c *Call, b *s3store.Bucket, key, action string) Need {
	n := s3BucketNeed(c, b, action)
	n.Resource += "/" + key
	return n
}

// s3SourceNeeds is the permission to read what is copied.
func s3SourceNeeds(c *Call, header string) []Need {
	src, err := s3CopySource(header)
	if err != nil {
		return nil // which the operation itself refuses
	}
	b := s3Store(c).Bucket(src.bucket)
	if b == nil {
		b = &s3store.Bucket{Name: src.bucket}
	}
	return []Need{s3ObjectNeed(c, b, src.key, s3Versioned("s3:GetObject", src.version))}
}

// s3Permit asks for one more permission in the course of an operation.
func s3Permit(c *Call, n Need) error {
	if err := c.Permit(n); err != nil {
		return err
	}
	return nil
}

// s3Versioned is an object action where a version may be named.
func s3Versioned(action, version string) string {
	if version == "" {
		return action
	}
	if rest, ok := strings.CutPrefix(action, "s3:GetObject"); ok {
		return "s3:GetObjectVersion" + rest
	}
	verb, rest, _ := strings.Cut(action, "Object")
	return verb + "ObjectVersion" + rest
}

// s3ObjectAction is the action that an operation on an object needs.
func s3ObjectAction(operation, version string) string {
	switch operation {
	case "HeadObject":
		return s3Versioned("s3:GetObject", version)
	case "CopyObject", "CreateMultipartUpload", "UploadPart", "UploadPartCopy", "CompleteMultipartUpload":
		return "s3:PutObject"
	case "ListParts":
		return "s3:ListMultipartUploadParts"
	case "GetObject", "GetObjectAttributes", "GetObjectAcl", "PutObjectAcl", "DeleteObject",
		"GetObjectTagging", "PutObjectTagging", "DeleteObjectTagging":
		return s3Versioned("s3:"+operation, version)
	}
	return "s3:" + operation
}

// s3BucketAction is the action that an operation on a bucket needs. Deleting a
// setting mostly needs the same as putting it.
func s3BucketAction(operation string) string {
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

// s3ListContext are the condition keys of lists.
func s3ListContext(in any) policy.Context {
	var prefix, delimiter *string
	var limit *int32
	switch in := in.(type) {
	case *s3.ListObjectsInput:
		prefix, delimiter, limit = in.Prefix, in.Delimiter, in.MaxKeys
	case *s3.ListObjectsV2Input:
		prefix, delimiter, limit = in.Prefix, in.Delimiter, in.MaxKeys
	case *s3.ListObjectVersionsInput:
		prefix, delimiter, limit = in.Prefix, in.Delimiter, in.MaxKeys
	default:
		return nil
	}
	ctx := policy.Context{"s3:prefix": {aws.ToString(prefix)}}
	if delimiter != nil {
		ctx["s3:delimiter"] = []string{*delimiter}
	}
	if limit != nil {
		ctx["s3:max-keys"] = []string{decimal(int(*limit))}
	}
	return ctx
}

// s3PutContext are the condition keys that are a request's own headers.
func s3PutContext(c *Call) policy.Context {
	var ctx policy.Context
	for _, name := range [...]string{
		"X-Amz-Acl", "X-Amz-Storage-Class", "X-Amz-Server-Side-Encryption", "X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id",
		"X-Amz-Copy-Source", "X-Amz-Metadata-Directive", "If-None-Match", "If-Match",
	} {
		if value := c.Request.Header.Get(name); value != "" {
			if ctx == nil {
				ctx = make(policy.Context)
			}
			ctx["s3:"+strings.ToLower(name)] = []string{value}
		}
	}
	return ctx
}
