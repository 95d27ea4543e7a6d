package s3

import (
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/hawser/hawser/internal/access/reference"
	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/s3/s3store"
)

// The condition keys of requests to S3. See
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-policy-keys

// bucketContext are the condition keys of a request about a bucket.
func bucketContext(c *awssim.Call, b *s3store.Bucket, in any) reference.Context {
	ctx := listContext(in)
	if ctx == nil {
		ctx = reference.Context{}
	}
	headerContext(c, ctx)
	ownerContext(b, ctx)
	if create, ok := in.(*s3.CreateBucketInput); ok && create.CreateBucketConfiguration != nil {
		ctx["s3:locationconstraint"] = []string{string(create.CreateBucketConfiguration.LocationConstraint)}
	}
	return ctx
}

// listContext are the condition keys of lists.
func listContext(in any) reference.Context {
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
	ctx := reference.Context{}
	if prefix != nil { // an empty prefix counts, a missing one is a missing key
		ctx["s3:prefix"] = []string{*prefix}
	}
	if delimiter != nil {
		ctx["s3:delimiter"] = []string{*delimiter}
	}
	if limit != nil {
		ctx["s3:max-keys"] = []string{decimal(int(*limit))}
	}
	return ctx
}

// objectContext are the condition keys of a request about an object.
func objectContext(c *awssim.Call, b *s3store.Bucket, key, version string, in any) reference.Context {
	ctx := versionContext(version)
	if existingTags(c.Operation) {
		ctx = existingContext(b, key, version)
	}
	headerContext(c, ctx)
	ownerContext(b, ctx)
	requestTagContext(c, ctx, in)
	return ctx
}

func versionContext(version string) reference.Context {
	ctx := reference.Context{}
	if version != "" {
		ctx["s3:versionid"] = []string{version}
	}
	return ctx
}

// existingTags reports whether an operation's action has the tags that the object has.
// Those that write or delete the object do not.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/tagging-and-policies.html
func existingTags(operation string) bool {
	switch operation {
	case "GetObject", "HeadObject", "GetObjectAttributes", "GetObjectAcl", "PutObjectAcl", "GetObjectTagging", "PutObjectTagging", "DeleteObjectTagging":
		return true
	}
	return false
}

// existingContext are the keys of an object that is there: its version and its tags.
func existingContext(b *s3store.Bucket, key, version string) reference.Context {
	ctx := versionContext(version)
	o, err := b.Get(key, version)
	if err != nil {
		return ctx // the operation says what is missing
	}
	for _, t := range o.Tags {
		ctx["s3:existingobjecttag/"+t.Key] = []string{t.Value}
	}
	return ctx
}

// ownerContext adds the account that a bucket is in.
func ownerContext(b *s3store.Bucket, ctx reference.Context) {
	if b.Owner != "" {
		ctx["s3:resourceaccount"] = []string{b.Owner}
	}
}

// signatureContext adds the keys of how a request is signed and sent. The simulator is
// reached without TLS as AWS is with its newest version. See
// https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html
func signatureContext(c *awssim.Call, ctx reference.Context) {
	ctx["s3:tlsversion"] = []string{"1.3"}
	if c.Principal == nil {
		return
	}
	ctx["s3:signatureversion"], ctx["s3:authtype"] = []string{"AWS4-HMAC-SHA256"}, []string{"REST-HEADER"}
	if c.Request.Header.Get("Authorization") != "" {
		return
	}
	ctx["s3:authtype"] = []string{"REST-QUERY-STRING"}
	if signed, err := time.Parse("20060102T150405Z", c.Request.URL.Query().Get("X-Amz-Date")); err == nil {
		ctx["s3:signatureage"] = []string{decimal(int(c.Now().Sub(signed).Milliseconds()))}
	}
}

// headerContext adds the keys that are a request's own headers, and those of its
// signature.
func headerContext(c *awssim.Call, ctx reference.Context) {
	signatureContext(c, ctx)
	for _, name := range [...]string{
		"X-Amz-Acl", "X-Amz-Grant-Read", "X-Amz-Grant-Read-Acp", "X-Amz-Grant-Write", "X-Amz-Grant-Write-Acp", "X-Amz-Grant-Full-Control",
		"X-Amz-Storage-Class", "X-Amz-Server-Side-Encryption", "X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id",
		"X-Amz-Copy-Source", "X-Amz-Metadata-Directive", "If-None-Match", "If-Match",
	} {
		if value := c.Request.Header.Get(name); value != "" {
			ctx["s3:"+strings.ToLower(name)] = []string{value}
		}
	}
}

// requestTagContext adds the tags that a request gives an object: in a header, or in
// the body of PutObjectTagging.
func requestTagContext(c *awssim.Call, ctx reference.Context, in any) {
	add := func(key, value string) {
		ctx["s3:requestobjecttag/"+key] = []string{value}
		ctx["s3:requestobjecttagkeys"] = append(ctx["s3:requestobjecttagkeys"], key)
	}
	if put, ok := in.(*s3.PutObjectTaggingInput); ok && put.Tagging != nil {
		for _, t := range put.Tagging.TagSet {
			add(aws.ToString(t.Key), aws.ToString(t.Value))
		}
	}
	tags, err := url.ParseQuery(c.Request.Header.Get("X-Amz-Tagging"))
	if err != nil {
		return // the operation says what is wrong
	}
	for key, values := range tags {
		add(key, values[0])
	}
}
