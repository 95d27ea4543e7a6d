package s3

import (
	"strings"

	"github.com/hawser/hawser/internal/arn"
)

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
