package s3

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/text"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// bucketInput is a bucket that is created or deleted.
type bucketInput struct {
	tool.Target
	Bucket string `json:"bucket" jsonschema:"the bucket's name, or s3://bucket" format:"bucket" rest:"-"`
}

// Validate refuses the ARN of an access point.
func (in bucketInput) Validate() error {
	if !arn.Is(in.Bucket) {
		return nil
	}
	return fault.New(fault.Invalid, "bucket is an ARN").At("bucket").WithFix("give the bucket's name")
}

// Subject names the bucket.
func (in bucketInput) Subject() string { return objectURL(in.Bucket, "") }

type createBucketInput struct{ bucketInput }

type deleteBucketInput struct{ bucketInput }

type createdBucket struct {
	Bucket string `json:"bucket"`
	Region string `json:"region" jsonschema:"the region of the bucket"`
}

type deletedBucket struct {
	Bucket string   `json:"bucket"`
	Notes  []string `json:"notes,omitempty" jsonschema:"what to know about how the answer was made"`
}

// Remarks returns the notes, for the door.
func (d deletedBucket) Remarks() []string { return d.Notes }

func (b *box) createBucketTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name:    "s3.create-bucket",
		Summary: "Create a bucket",
		Description: "The bucket is created in the region of the call or of the connection, with the settings that S3 gives to new " +
			"buckets: not public, no versioning. Names are unique among all accounts of a partition.",
		Effect: tool.Write, Args: []string{"bucket"},
		Forms: []tool.Form{{Verb: "mb"}},
		Needs: []tool.Need{{Action: "s3:CreateBucket", Resource: bucketResource}},
		Examples: []tool.Example{
			{Does: "create a bucket", Input: `{"bucket": "acme-reports-2026"}`},
			{Does: "create one in another region", Input: `{"bucket": "acme-reports-2026", "region": "eu-west-1"}`},
		},
	}, b.createBucket)
}

// firstRegion is the region of buckets that are created without a constraint. S3 does not
// accept it as one.
const firstRegion = "us-east-1"

// createBucket creates a bucket in the session's region.
//
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
func (b *box) createBucket(ctx context.Context, _ *tool.Call, in createBucketInput) (createdBucket, error) {
	s, err := b.Session(ctx, in.Target)
	if err != nil {
		return createdBucket{}, err
	}
	request := &s3.CreateBucketInput{Bucket: &in.Bucket}
	if s.Region != firstRegion {
		request.CreateBucketConfiguration = &types.CreateBucketConfiguration{LocationConstraint: types.BucketLocationConstraint(s.Region)}
	}
	if _, err := newClient(s).CreateBucket(ctx, request); err != nil {
		return createdBucket{}, takenBucket(ctx, in.Bucket, err)
	}
	b.homes.regions.Store(bucketName{s.Connection, in.Bucket}, s.Region)
	return createdBucket{Bucket: in.Bucket, Region: s.Region}, nil
}

// takenBucket says whose bucket has the name.
//
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
func takenBucket(ctx context.Context, bucket string, err error) error {
	f := fault.From(kit.Explain(ctx, err))
	switch f.Code {
	case "BucketAlreadyOwnedByYou":
		return f.WithCause("the account has this bucket already").WithFix("use it, or choose another name")
	case "BucketAlreadyExists":
		return f.WithCause("another account has a bucket called %s", bucket).WithFix("choose another name")
	}
	return err
}

func (b *box) deleteBucketTool() *tool.Tool {
	return tool.WithPreview(kit.Declare(tool.Info{
		Name:        "s3.delete-bucket",
		Summary:     "Delete an empty bucket",
		Description: "S3 refuses to delete a bucket that has objects, versions or delete markers.",
		Effect:      tool.Destroy, Args: []string{"bucket"},
		Forms: []tool.Form{{Verb: "rb", Flags: []tool.FormFlag{{
			Name: "force", Instead: "hawser s3 rm BUCKET --recursive",
			Doc: "would delete all objects with the bucket; they are deleted first, by a command that counts them",
		}}}},
		Needs: []tool.Need{
			{Action: "s3:DeleteBucket", Resource: bucketResource},
			{Action: "s3:ListBucket", Resource: bucketResource, When: tool.Condition{Asked: true}},
		},
		Examples: []tool.Example{{Does: "delete a bucket", Input: `{"bucket": "acme-reports-2025"}`}},
	}, b.deleteBucket), b.deleteBucketPreview)
}

// deleteBucketPreview finds out whether the bucket is empty.
func (b *box) deleteBucketPreview(ctx context.Context, _ *tool.Call, in deleteBucketInput) tool.Preview {
	p := tool.Preview{}
	objects := 0
	_, err := b.atBucket(ctx, in.Target, in.Bucket, func(client *s3.Client) error {
		p.Region = client.Options().Region
		page, err := listObjects(ctx, client, listInput{Bucket: in.Bucket}, "", 1)
		objects = len(page.Items)
		return err
	})
	name := text.Name(in.Bucket)
	switch {
	case kit.Refused(err) != nil, errors.Is(err, fault.NotFound), unaddressed(err):
		p.Err = err
	case err != nil:
		p.Does = fmt.Sprintf("Delete the bucket %s (%s)", name, kit.NotRead(ctx, err))
	case objects > 0:
		p.Err = notEmpty(in.Bucket)
	default:
		p.Does = fmt.Sprintf("Delete the bucket %s, which has no objects, so that others can take its name", name)
	}
	return p
}

func notEmpty(bucket string) *fault.Error {
	return fault.New(fault.Conflict, "the bucket %s is not empty", bucket).
		WithFix("delete its objects first, with hawser s3 rm s3://%s --recursive", bucket)
}

// deleteBucket deletes a bucket.
//
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html
func (b *box) deleteBucket(ctx context.Context, _ *tool.Call, in deleteBucketInput) (deletedBucket, error) {
	var client *s3.Client
	moved, err := b.atBucket(ctx, in.Target, in.Bucket, func(c *s3.Client) error {
		client = c
		_, err := c.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: &in.Bucket})
		return err
	})
	if err != nil {
		return deletedBucket{}, stillFull(ctx, client, in.Bucket, err)
	}
	b.homes.forget(in.Bucket)
	return deletedBucket{Bucket: in.Bucket, Notes: notes(moved)}, nil
}

// stillFull says what is left in a bucket that is not empty.
func stillFull(ctx context.Context, client *s3.Client, bucket string, err error) error {
	f := fault.From(err)
	if f == nil || f.Code != "BucketNotEmpty" {
		return err
	}
	page, unread := listObjects(ctx, client, listInput{Bucket: bucket}, "", 1)
	if unread == nil && len(page.Items) == 0 {
		return f.WithCause("it has no objects, and versions, delete markers or unfinished uploads").
			WithFix("remove each version with hawser s3 delete and its version_id, or have a lifecycle rule of the bucket remove them")
	}
	return f.WithFix("%s", notEmpty(bucket).Fix)
}
