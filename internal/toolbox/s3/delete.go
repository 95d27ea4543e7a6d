package s3

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

type deleteInput struct {
	tool.Target
	payer
	Bucket    string `json:"bucket" jsonschema:"the bucket, an access point's ARN, or s3://bucket/key" format:"bucket" rest:"key" complete:"s3.bucket"`
	Key       string `json:"key" jsonschema:"the object's key" holds:"content" empty:"blank"`
	VersionID string `json:"version_id,omitempty" jsonschema:"the version to remove for good; without it a versioned bucket keeps the object under a delete marker"`
}

// Validate holds the key against S3's limit.
func (in deleteInput) Validate() error { return checkKey("key", in.Key) }

// Subject names what is deleted.
func (in deleteInput) Subject() string {
	if in.VersionID != "" {
		return "version " + in.VersionID + " of " + objectURL(in.Bucket, in.Key)
	}
	return objectURL(in.Bucket, in.Key)
}

type deleted struct {
	Bucket       string   `json:"bucket"`
	Key          string   `json:"key"`
	VersionID    string   `json:"version_id,omitempty" jsonschema:"the version that was removed, or the delete marker that was made"`
	DeleteMarker bool     `json:"delete_marker,omitempty" jsonschema:"a delete marker was made, or the removed version was one"`
	Notes        []string `json:"notes,omitempty" jsonschema:"what to know about how the answer was made"`
}

// Remarks returns the notes, for the door.
func (d deleted) Remarks() []string { return d.Notes }

func (b *box) deleteTool() *tool.Tool {
	return tool.WithPreview(kit.Declare(tool.Info{
		Name:    "s3.delete",
		Summary: "Delete an object, or one version of it",
		Description: "S3 gives the same answer for an object that did not exist. If a question was confirmed, only the object that it showed is deleted. In a versioned bucket the object is hidden " +
			"by a delete marker and can be restored, unless version_id names the version to remove.",
		Effect: tool.Destroy, Idempotent: true, Args: []string{"bucket", "key"},
		Needs: []tool.Need{
			{Action: "s3:DeleteObject", Resource: objectResource, When: "version_id is not given"},
			{Action: "s3:DeleteObjectVersion", Resource: objectResource, When: "version_id is given"},
			{Action: "s3:GetObject", Resource: objectResource, When: "a person is asked"},
			{Action: "s3:GetBucketVersioning", Resource: bucketResource, When: "a person is asked"},
			{Action: "s3:GetObjectVersion", Resource: objectResource, When: "a person is asked, and versioning is suspended"},
		},
		Examples: []tool.Example{
			{Does: "delete an object", Input: `{"bucket": "reports", "key": "2026/draft.txt"}`},
			{Does: "remove one version for good", Input: `{"bucket": "reports", "key": "2026/draft.txt", "version_id": "3HL4kqtJvjVBH40Nrjfkd"}`},
		},
	}, b.deleteObject), func(ctx context.Context, _ *tool.Call, in deleteInput) tool.Preview { return in.preview(ctx, b) })
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html
func (b *box) deleteObject(ctx context.Context, call *tool.Call, in deleteInput) (out deleted, err error) {
	ctx = in.agreed(ctx)
	out = deleted{Bucket: in.Bucket, Key: in.Key}
	var only condition
	if seen, ok := call.Expected.(objectNow); ok {
		only = in.condition(seen)
		if gone, err := in.lookAgain(ctx, b, seen); gone || err != nil {
			return out, err
		}
	}
	moved, err := b.atBucket(ctx, in.Target, in.Bucket, func(client *s3.Client) error {
		answer, err := client.DeleteObject(ctx, &s3.DeleteObjectInput{
			Bucket: &in.Bucket, Key: &in.Key, VersionId: kit.Optional(in.VersionID), IfMatch: only.match,
		})
		if err != nil {
			return only.explain(ctx, err, changedDelete)
		}
		out.VersionID, out.DeleteMarker = aws.ToString(answer.VersionId), aws.ToBool(answer.DeleteMarker)
		return nil
	})
	out.Notes = notes(moved)
	return out, err
}

// condition returns the condition of the deletion. S3 compares only the current
// version. Other versions are never overwritten, except the one called null.
func (in deleteInput) condition(seen objectNow) condition {
	if in.VersionID != "" && seen.current != nil && seen.current.version != "" {
		return condition{}
	}
	return condition{match: seen.condition().match}
}

// lookAgain checks what no condition of S3 can express: that there is no object,
// so that nothing is to be deleted, and the version called null in a bucket that
// had other versions.
func (in deleteInput) lookAgain(ctx context.Context, b *box, seen objectNow) (gone bool, err error) {
	if seen.current != nil && (in.VersionID != nullVersion || seen.current.version == "") {
		return false, nil
	}
	now := b.objectNow(ctx, in.Target, in.Bucket, in.Key, in.VersionID)
	switch {
	case !now.looked:
		return false, now.err
	case now.state() != seen.state():
		return false, fault.New(fault.Conflict, "%s", changedDelete).WithFix(fixChanged)
	}
	return now.current == nil, nil
}

// Aim is where the ARN of an access point says.
func (in deleteInput) Aim() tool.Target { return kit.Aimed(in.Target, in.Bucket) }
