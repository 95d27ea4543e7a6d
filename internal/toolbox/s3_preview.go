package toolbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// objectNow is what stands under a key before a call writes or deletes it.
type objectNow struct {
	exists   bool
	size     byteCount
	modified time.Time
	version  string
	keeps    bool // the bucket keeps what is written over
	region   string
	err      error // why it could not be looked at
}

// objectNow looks at a key by two reads at most.
//
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketVersioning.html
func (b *Box) objectNow(ctx context.Context, target tool.Target, bucket, key, version string) (now objectNow) {
	_, now.err = b.atBucket(ctx, target, bucket, func(client *s3.Client) error {
		now = objectNow{region: client.Options().Region}
		head, err := client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: &key, VersionId: optional(version)})
		if err != nil {
			return err
		}
		now.exists, now.size = true, byteCount(aws.ToInt64(head.ContentLength))
		now.modified, now.version = aws.ToTime(head.LastModified), aws.ToString(head.VersionId)
		now.keeps, err = keepsVersions(ctx, client, bucket)
		return err
	})
	if errors.Is(now.err, fault.NotFound) && !now.exists {
		now.err = nil
	}
	return now
}

// keepsVersions reports whether a bucket keeps an object that is written over.
// One whose versioning is suspended does not.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/AddingObjectstoVersionSuspendedBuckets.html
func keepsVersions(ctx context.Context, client *s3.Client, bucket string) (bool, error) {
	out, err := client.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: &bucket})
	if err != nil {
		return false, err
	}
	return out.Status == types.BucketVersioningStatusEnabled, nil
}

// String describes the object in a question.
func (o objectNow) String() string {
	text := fmt.Sprintf("%s, modified %s", o.size, o.modified.UTC().Format(time.DateTime))
	if o.version != "" && o.version != "null" {
		text += ", version " + tool.Visible(o.version)
	}
	return text
}

// preview finds out whether an object would be written over.
func (in s3PutInput) preview(ctx context.Context, b *Box) tool.Preview {
	name := tool.Visible(objectURL(in.Bucket, in.Key))
	if in.IfNoneMatch != "" {
		return tool.Preview{Effect: tool.Write, Does: "Write " + name + " where no object has the key yet"}
	}
	now := b.objectNow(ctx, in.Target, in.Bucket, in.Key, "")
	p := tool.Preview{Region: now.region, Effect: tool.Write}
	switch {
	case now.err != nil && !now.exists:
		p.Effect = tool.Destroy
		p.Does = fmt.Sprintf("Write %s, over an object that may be there (%s)", name, notRead(ctx, now.err))
	case !now.exists:
		p.Does = "Write " + name + ", where no object is yet"
	case now.err != nil:
		p.Effect = tool.Destroy
		p.Does = fmt.Sprintf("Overwrite %s (%s), for good as far as is known (%s)", name, now, notRead(ctx, now.err))
	case now.keeps:
		p.Does = fmt.Sprintf("Write a new version of %s (now %s)", name, now)
	default:
		p.Effect = tool.Destroy
		p.Does = fmt.Sprintf("Overwrite %s (%s) in a bucket that keeps no versions", name, now)
	}
	return p
}

// preview says what would be deleted, and whether it can be had back.
func (in s3DeleteInput) preview(ctx context.Context, b *Box) tool.Preview {
	name := tool.Visible(objectURL(in.Bucket, in.Key))
	now := b.objectNow(ctx, in.Target, in.Bucket, in.Key, in.VersionID)
	p := tool.Preview{Region: now.region}
	switch {
	case now.err != nil && !now.exists:
		p.Does = fmt.Sprintf("Delete %s (%s)", name, notRead(ctx, now.err))
	case !now.exists:
		p.Does = "Delete " + name + ", which is not there"
	case in.VersionID != "":
		p.Does = fmt.Sprintf("Delete one version of %s for good (%s)", name, now)
	case now.err == nil && now.keeps:
		p.Does = fmt.Sprintf("Delete %s (%s) in a bucket that keeps its versions", name, now)
	default:
		p.Does = fmt.Sprintf("Delete %s for good (%s)", name, now)
	}
	return p
}
