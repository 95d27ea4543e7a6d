package s3

import (
	"context"
	"errors"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// nullVersion is the version of objects that were written while versioning was
// off or suspended. While versioning is not enabled, a write replaces this version,
// and a deletion puts a delete marker in its place. It need not be the current one.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/AddingObjectstoVersionSuspendedBuckets.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjectsfromVersionSuspendedBuckets.html
const nullVersion = "null"

// isNull reports whether a version is the one called null. S3 names no version in a
// bucket that never had any.
func (f *found) isNull() bool { return f.version == "" || f.version == nullVersion }

// head looks at an object, or at one of its versions. It returns nil if there is
// none, or if it is a delete marker.
//
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
func head(ctx context.Context, client *s3.Client, bucket, key, version string) (*found, error) {
	out, err := client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: &key, VersionId: kit.Optional(version)})
	switch {
	case errors.Is(kit.Explain(ctx, err), fault.NotFound),
		version != "" && awserr.StatusOf(err) == http.StatusMethodNotAllowed: // a delete marker
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &found{
		size: kit.ByteCount(aws.ToInt64(out.ContentLength)), modified: aws.ToTime(out.LastModified),
		version: aws.ToString(out.VersionId), etag: aws.ToString(out.ETag),
	}, nil
}

// versioningError is the failure to read a bucket's versioning.
type versioningError struct{ error }

// Unwrap returns the service's error.
func (e *versioningError) Unwrap() error { return e.error }

// beneath returns whether the bucket keeps what is written over, and the version
// null under a key if that is not the current version. If versioning can't be read,
// the version is looked at nevertheless: without it nothing can be lost.
func beneath(ctx context.Context, client *s3.Client, bucket, key string, current *found) (keeps bool, null *found, err error) {
	status, unread := versioningOf(ctx, client, bucket)
	switch {
	case unread == nil && status != types.BucketVersioningStatusSuspended:
		return status == types.BucketVersioningStatusEnabled, nil, nil
	case current != nil && current.isNull():
		return false, nil, unread
	}
	null, err = head(ctx, client, bucket, key, nullVersion)
	switch {
	case null != nil:
		return false, null, unread
	case err != nil && unread != nil:
		return false, nil, unread
	}
	return false, nil, err
}

// versioningOf returns the state of a bucket's versioning. A bucket that never had
// versions has none, as have stores without that operation, and buckets that do not
// exist. The error is a *versioningError.
//
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketVersioning.html
func versioningOf(ctx context.Context, client *s3.Client, bucket string) (types.BucketVersioningStatus, error) {
	out, err := client.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: &bucket})
	if err == nil {
		return out.Status, nil
	}
	if f := fault.From(kit.Explain(ctx, err)); errors.Is(f, fault.Unsupported) || errors.Is(f, fault.NotFound) {
		return "", nil
	}
	return "", &versioningError{err}
}
