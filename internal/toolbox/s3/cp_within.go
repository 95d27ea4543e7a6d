package s3

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/hawser/hawser/internal/parallel"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// The sizes at which S3 copies by itself.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
const (
	maxCopy  = 5 << 30   // the most that one CopyObject takes
	copyPart = 512 << 20 // of larger objects; nothing of it passes through here
)

// duplicate has S3 copy an object, metadata and tags with it. The bytes do not
// come by here.
func (c *copying) duplicate(ctx context.Context, source item, only *bound) error {
	key, condition := c.to.at(source.name), only.condition()
	if source.size > maxCopy {
		err := c.duplicateParts(ctx, source, key, copyPart, condition)
		return condition.explain(ctx, err, changedEither)
	}
	_, err := c.to.client.CopyObject(ctx, &s3.CopyObjectInput{
		Bucket: &c.to.bucket, Key: &key, CopySource: c.copySource(source), CopySourceIfMatch: kit.Optional(source.etag),
		IfMatch: condition.match, IfNoneMatch: condition.noneMatch,
	})
	return condition.explain(ctx, err, changedEither)
}

// copySource names the object as a request's header does: escaped, slashes
// aside, and below /object/ behind an access point's ARN.
func (c *copying) copySource(source item) *string {
	key := strings.ReplaceAll(url.PathEscape(c.from.at(source.name)), "%2F", "/")
	return aws.String(copyBucket(c.from.bucket) + "/" + strings.ReplaceAll(key, "+", "%2B"))
}

// duplicateParts copies an object larger than CopyObject takes, in parts of a
// size.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/CopyingObjectsMPUapi.html
func (c *copying) duplicateParts(ctx context.Context, source item, key string, size int64, only condition) error {
	in, expires, err := c.beginCopy(ctx, source, key)
	if err != nil {
		return err
	}
	begun, err := c.to.client.CreateMultipartUpload(ctx, in, expires)
	if err != nil {
		return err
	}
	parts, err := c.copyParts(ctx, source, key, begun.UploadId, size)
	if err == nil {
		_, err = c.to.client.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
			Bucket: &c.to.bucket, Key: &key, UploadId: begun.UploadId, IfMatch: only.match, IfNoneMatch: only.noneMatch,
			MultipartUpload: &types.CompletedMultipartUpload{Parts: parts},
		})
	}
	if err != nil {
		t := transfer{client: c.to.client}
		t.sweep(ctx, &c.to.bucket, &key, *begun.UploadId)
	}
	return err
}

// beginCopy carries over what CopyObject would: headers, metadata and tags.
// Storage class, encryption, ACL, website redirect and locks are not copied, as
// CopyObject leaves them to the target.
func (c *copying) beginCopy(ctx context.Context, source item, key string) (*s3.CreateMultipartUploadInput, func(*s3.Options), error) {
	from := c.from.at(source.name)
	head, err := c.from.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &c.from.bucket, Key: &from, IfMatch: kit.Optional(source.etag)})
	if err != nil {
		return nil, nil, err
	}
	tags := map[string]string{}
	if aws.ToInt32(head.TagCount) > 0 {
		out, err := c.from.client.GetObjectTagging(ctx, &s3.GetObjectTaggingInput{Bucket: &c.from.bucket, Key: &from})
		if err != nil {
			return nil, nil, err
		}
		for _, tag := range out.TagSet {
			tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
		}
	}
	return &s3.CreateMultipartUploadInput{
		Bucket: &c.to.bucket, Key: &key, Metadata: encodedMetadata(head.Metadata), Tagging: kit.Optional(tagging(tags)),
		ContentType: head.ContentType, ContentEncoding: head.ContentEncoding, ContentLanguage: head.ContentLanguage,
		ContentDisposition: head.ContentDisposition, CacheControl: head.CacheControl,
	}, expiring(aws.ToString(head.ExpiresString)), nil
}

// expiring sends the header Expires as S3 gave it: it keeps any text, where the
// SDK sends dates alone.
func expiring(text string) func(*s3.Options) {
	return func(o *s3.Options) {
		if text != "" {
			o.APIOptions = append(o.APIOptions, smithyhttp.AddHeaderValue("Expires", text))
		}
	}
}

// copyParts copies a few parts at a time.
func (c *copying) copyParts(ctx context.Context, source item, key string, upload *string, size int64) ([]types.CompletedPart, error) {
	parts := make([]types.CompletedPart, (source.size+size-1)/size)
	group, ctx := parallel.WithContext(ctx)
	group.SetLimit(parallelParts)
	for i := range parts {
		group.Go(func() error {
			first := int64(i) * size
			number := aws.Int32(int32(i + 1))
			out, err := c.to.client.UploadPartCopy(ctx, &s3.UploadPartCopyInput{
				Bucket: &c.to.bucket, Key: &key, UploadId: upload, PartNumber: number,
				CopySource: c.copySource(source), CopySourceIfMatch: kit.Optional(source.etag),
				CopySourceRange: aws.String(fmt.Sprintf("bytes=%d-%d", first, min(first+size, source.size)-1)),
			})
			switch {
			case err != nil:
				return err
			case out.CopyPartResult == nil:
				return errors.New("S3 answered a part's copy without its entity tag")
			}
			parts[i] = types.CompletedPart{PartNumber: number, ETag: out.CopyPartResult.ETag}
			return nil
		})
	}
	return parts, group.Wait()
}
