package kit

import (
	"strings"

	"github.com/hawser/hawser/internal/arn"
)

// scheme begins the URI of a bucket or an object.
const scheme = "s3://"

// S3URI takes apart the URI of a bucket or an object, s3://bucket/key, as the aws CLI
// writes it. The bucket may be the ARN of an access point. If ok is false, the text does
// not begin with s3://.
//
// https://docs.aws.amazon.com/cli/latest/reference/s3/
func S3URI(uri string) (bucket, key string, ok bool) {
	rest, ok := strings.CutPrefix(uri, scheme)
	if !ok {
		return "", "", false
	}
	bucket, key = splitBucket(rest)
	return bucket, key, true
}

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
