package s3

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/text"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// objectNow is the object under a key before a call writes or deletes it.
type objectNow struct {
	exists   bool
	size     kit.ByteCount
	modified time.Time
	version  string
	etag     string
	keeps    bool // the bucket keeps versions
	region   string
	err      error // why it could not be looked at
	refused  error // Hawser's own refusal, which ends the call
}

// objectNow looks at a key by two reads at most.
//
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketVersioning.html
func (b *box) objectNow(ctx context.Context, target tool.Target, bucket, key, version string) (now objectNow) {
	_, now.err = b.atBucket(ctx, target, bucket, func(client *s3.Client) error {
		now = objectNow{region: client.Options().Region}
		head, err := client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: &key, VersionId: kit.Optional(version)})
		if err != nil {
			return err
		}
		now.exists, now.size = true, kit.ByteCount(aws.ToInt64(head.ContentLength))
		now.modified, now.version = aws.ToTime(head.LastModified), aws.ToString(head.VersionId)
		now.etag = aws.ToString(head.ETag)
		now.keeps, err = keepsVersions(ctx, client, bucket)
		return err
	})
	if errors.Is(now.err, fault.NotFound) && !now.exists {
		now.err = nil
	}
	now.refused = kit.Refused(now.err)
	if unaddressed(now.err) {
		now.refused = now.err // the call would fail in the same way
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
	now := fmt.Sprintf("%s, modified %s", o.size, o.modified.UTC().Format(time.DateTime))
	if o.version != "" && o.version != "null" {
		now += ", version " + text.Name(o.version)
	}
	return now
}

// state identifies the object's current state.
func (o objectNow) state() string {
	return fmt.Sprintf("%d %q %q %d ", o.size, o.etag, o.version, o.modified.UnixNano())
}

// known reports whether the object could be looked at.
func (o objectNow) known() bool { return o.exists || o.err == nil }

// condition returns the condition of a write that was allowed, or agreed to,
// after the object was looked at. If it could not be looked at, there is no
// condition.
func (o objectNow) condition() condition {
	switch {
	case o.exists:
		return onlyOver(o.etag)
	case o.err == nil:
		return onlyNew()
	}
	return condition{}
}

// expected returns the object that the tool's function may find, if that is
// known.
func (o objectNow) expected() any {
	if !o.known() {
		return nil
	}
	return o
}

// fileState identifies the local file's current state.
func (in putInput) fileState(call *tool.Call) string {
	if in.FromFile == "" {
		return ""
	}
	info, err := call.Files.Stat(in.FromFile)
	if err != nil {
		return "" // the call itself reports the error
	}
	return fmt.Sprintf("%d %d", info.Size(), info.ModTime().UnixNano())
}

// preview finds out whether an object would be written over.
func (in putInput) preview(ctx context.Context, b *box, call *tool.Call) tool.Preview {
	body, size, err := in.open(call)
	if err != nil {
		return tool.Preview{Err: err}
	}
	_ = body.Close()
	name, from := text.Name(objectURL(in.Bucket, in.Key)), fmt.Sprintf(" with a text of %s", kit.ByteCount(size))
	if in.FromFile != "" {
		from = fmt.Sprintf(" with the file %s (%s)", text.Name(in.FromFile), kit.ByteCount(size))
	}
	if in.IfNoneMatch != "" {
		return tool.Preview{Effect: tool.Write, Does: "Write " + name + from + ", unless an object has the key"}
	}
	now := b.objectNow(ctx, in.Target, in.Bucket, in.Key, "")
	p := tool.Preview{Region: now.region, Effect: tool.Write, Err: now.refused, State: now.state() + in.fileState(call), Expected: now.expected()}
	switch {
	case now.err != nil && !now.exists:
		p.Effect = tool.Destroy
		p.Does = fmt.Sprintf("Write %s%s, over an object that may be there (%s)", name, from, kit.NotRead(ctx, now.err))
	case !now.exists:
		p.Does = "Write the new object " + name + from
	case now.err != nil:
		p.Effect = tool.Destroy
		p.Does = fmt.Sprintf("Overwrite %s (%s)%s, for good as far as is known (%s)", name, now, from, kit.NotRead(ctx, now.err))
	case now.keeps:
		p.Does = fmt.Sprintf("Write a new version of %s (now %s)%s", name, now, from)
	default:
		p.Effect = tool.Destroy
		p.Does = fmt.Sprintf("Overwrite %s (%s, and no versions are kept)%s", name, now, from)
	}
	return p
}

// preview describes what would be deleted, and whether it can be restored.
func (in deleteInput) preview(ctx context.Context, b *box) tool.Preview {
	name := text.Name(objectURL(in.Bucket, in.Key))
	now := b.objectNow(ctx, in.Target, in.Bucket, in.Key, in.VersionID)
	p := tool.Preview{Region: now.region, Err: now.refused, State: now.state(), Expected: now.expected()}
	switch {
	case now.err != nil && !now.exists:
		p.Does = fmt.Sprintf("Delete %s (%s)", name, kit.NotRead(ctx, now.err))
	case !now.exists:
		p.Does = "Delete " + name + ", which is not there"
	case in.VersionID != "":
		p.Does = fmt.Sprintf("Delete one version of %s for good (%s)", name, now)
	case now.err == nil && now.keeps:
		p.Does = fmt.Sprintf("Delete %s (%s, and its versions are kept)", name, now)
	default:
		p.Does = fmt.Sprintf("Delete %s for good (%s)", name, now)
	}
	return p
}
