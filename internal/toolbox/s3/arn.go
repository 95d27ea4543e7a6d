package s3

import (
	"strings"

	"github.com/hawser/hawser/internal/arn"
)

// splitBucket parts bucket and key. An ARN holds slashes of its own.
func splitBucket(rest string) (bucket, key string) {
	point, ok := arn.Parse(rest)
	switch {
	case ok:
		n := nameLength(point.Resource)
		return point.With(point.Resource[:n]).String(), strings.TrimPrefix(point.Resource[n:], "/")
	case strings.HasPrefix(rest, "arn:"):
		return rest, "" // it is refused as a bucket
	}
	bucket, key, _ = strings.Cut(rest, "/")
	return bucket, key
}

// nameLength returns how much of a resource is the access point's name, the words
// of which may be parted by colons or slashes:
//
//	accesspoint/NAME           of S3 and Object Lambda, and Multi-Region ones
//	outpost/ID/accesspoint/NAME
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-access-points.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/S3OnOutposts.html
func nameLength(resource string) int {
	words := 2
	if strings.HasPrefix(resource, "outpost:") || strings.HasPrefix(resource, "outpost/") {
		words = 4
	}
	at := 0
	for range words - 1 {
		next := strings.IndexAny(resource[at:], ":/")
		if next < 0 {
			return len(resource)
		}
		at += next + 1
	}
	if end := strings.IndexByte(resource[at:], '/'); end >= 0 {
		return at + end
	}
	return len(resource)
}

// copyBucket names a bucket as the source of a copy does: an access point by its
// ARN with /object behind it, on an Outpost by the Outpost alone.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
func copyBucket(bucket string) string {
	point, ok := arn.Parse(bucket)
	if !ok {
		return bucket
	}
	resource := strings.ReplaceAll(point.Resource, ":", "/")
	if point.Service == "s3-outposts" {
		resource, _, _ = strings.Cut(resource, "/accesspoint/")
	}
	return point.With(resource + "/object").String()
}
