package s3

import (
	"cmp"
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
	Bucket    string   `json:"bucket" jsonschema:"the bucket, an access point's ARN, or s3://bucket/key" format:"bucket" rest:"key" complete:"s3.bucket"`
	Key       string   `json:"key,omitempty" jsonschema:"the object's key; with recursive the folder whose objects are deleted, and without it they are all objects of the bucket" holds:"content" empty:"blank"`
	VersionID string   `json:"version_id,omitempty" jsonschema:"the version to remove for good; without it a versioned bucket keeps the object under a delete marker"`
	Recursive bool     `json:"recursive,omitempty" jsonschema:"delete all objects in the folder key"`
	Include   []string `json:"include,omitempty" jsonschema:"with recursive: delete only names that match one of these patterns, such as *.log or 2026/**" empty:"blank"`
	Exclude   []string `json:"exclude,omitempty" jsonschema:"with recursive: keep names that match one of these patterns" empty:"list,blank"`
	DryRun    bool     `json:"dry_run,omitempty" jsonschema:"list what would be deleted, but delete nothing"`
}

// Validate checks fields that depend on each other.
func (in deleteInput) Validate() error {
	switch {
	case in.Key == "" && !in.Recursive:
		return fault.New(fault.Invalid, "key is required").At("key").WithFix("give the object's key, or recursive for all objects of the bucket")
	case in.Recursive && in.VersionID != "":
		return fault.New(fault.Invalid, "recursive and version_id can't be used together").At("version_id").WithFix("leave one of the two out")
	case !in.Recursive && len(in.Include)+len(in.Exclude) > 0:
		return fault.New(fault.Invalid, "include and exclude need recursive").At("recursive").WithFix("add recursive, or leave the patterns out")
	}
	return cmp.Or(checkKey("key", in.Key), in.globs().Check())
}

func (in deleteInput) globs() kit.Globs { return kit.Globs{Include: in.Include, Exclude: in.Exclude} }

// Subject names what is deleted.
func (in deleteInput) Subject() string {
	switch {
	case in.Recursive:
		return "objects below " + objectURL(in.Bucket, in.folder())
	case in.VersionID != "":
		return "version " + in.VersionID + " of " + objectURL(in.Bucket, in.Key)
	}
	return objectURL(in.Bucket, in.Key)
}

// Effect is less for a dry run.
func (in deleteInput) Effect() tool.Effect {
	if in.DryRun {
		return tool.Read
	}
	return tool.Destroy
}

func (b *box) deleteTool() *tool.Tool {
	return tool.WithPreview(kit.Declare(tool.Info{
		Name:    "s3.delete",
		Summary: "Delete an object, or one version of it",
		Description: "S3 gives the same answer for an object that did not exist. If a question was confirmed, only the object that it showed is deleted. In a versioned bucket the object is hidden " +
			"by a delete marker and can be restored, unless version_id names the version to remove.\n\n" +
			"With recursive all objects in the folder key are deleted, up to 1,000 in a request. A folder always ends with a slash: img stands for img/. " +
			"If a question was confirmed, objects that were written after it are kept and reported. Versions and delete markers are not removed. " +
			"Objects that fail are listed.",
		Effect: tool.Destroy, Idempotent: true, Args: []string{"bucket", "key"}, Timeout: -1,
		Forms: []tool.Form{{Verb: "rm", Flags: append(quietFlags(), tool.FormFlag{Name: "dryrun", Field: "dry_run"})}},
		Needs: []tool.Need{
			{Action: "s3:DeleteObject", Resource: objectResource, When: tool.Condition{Absent: []string{"version_id"}}},
			{Action: "s3:DeleteObjectVersion", Resource: objectResource, When: tool.Condition{Given: []string{"version_id"}}},
			{Action: "s3:GetObject", Resource: objectResource, When: tool.Condition{Asked: true}},
			{Action: "s3:ListBucket", Resource: bucketResource, When: tool.Condition{Given: []string{"recursive"}}},
			{Action: "s3:GetBucketVersioning", Resource: bucketResource, When: tool.Condition{Asked: true}},
			{Action: "s3:GetObjectVersion", Resource: objectResource, When: tool.Condition{Asked: true, Besides: "versioning is suspended"}},
		},
		Examples: []tool.Example{
			{Does: "delete an object", Input: `{"bucket": "reports", "key": "2026/draft.txt"}`},
			{Does: "remove one version for good", Input: `{"bucket": "reports", "key": "2026/draft.txt", "version_id": "3HL4kqtJvjVBH40Nrjfkd"}`},
			{Does: "see which logs would be deleted", Input: `{"bucket": "reports", "key": "2026/", "recursive": true, "include": ["*.log"], "dry_run": true}`},
			{Does: "delete all objects in a folder", Input: `{"bucket": "reports", "key": "2026/", "recursive": true}`},
		},
	}, b.deleteObject), func(ctx context.Context, call *tool.Call, in deleteInput) tool.Preview {
		if in.Recursive {
			return b.treePreview(ctx, call, in)
		}
		return in.preview(ctx, b)
	})
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html
func (b *box) deleteObject(ctx context.Context, call *tool.Call, in deleteInput) (out deleted, err error) {
	ctx = in.agreed(ctx)
	switch {
	case in.Recursive:
		return b.deleteTree(ctx, call, in)
	case in.DryRun:
		return in.wouldDelete(ctx, b)
	}
	out = deleted{Bucket: in.Bucket, Key: in.Key}
	var only condition
	if seen, ok := call.Expected.(objectNow); ok {
		only = in.condition(seen)
		if gone, err := in.lookAgain(ctx, b, seen); gone || err != nil {
			out.gone(gone)
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

// wouldDelete says what there is to delete.
func (in deleteInput) wouldDelete(ctx context.Context, b *box) (deleted, error) {
	out := deleted{Bucket: in.Bucket, Key: in.Key, VersionID: in.VersionID, DryRun: true}
	now := b.objectNow(ctx, in.Target, in.Bucket, in.Key, in.VersionID)
	if !now.looked {
		return out, now.err
	}
	out.gone(now.current == nil)
	if now.current != nil {
		out.wouldDelete(deletedItem{Key: in.Key, Size: now.current.size})
	}
	return out, nil
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
