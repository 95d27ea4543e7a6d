package awssim

import (
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim/s3store"
)

// s3RestoreHandlers is what brings archived objects back. A restore is done at
// once; all else of "Restoring an archived object" holds.
func s3RestoreHandlers() map[string]Handler {
	return map[string]Handler{"RestoreObject": s3OnBucket(s3Restore)}
}

func s3Archived(o *s3store.Object) bool {
	return o.StorageClass == string(types.StorageClassGlacier) || o.StorageClass == string(types.StorageClassDeepArchive)
}

// s3Readable refuses the bytes of an object that is archived and not restored.
func s3Readable(c *Call, o *s3store.Object) error {
	if !s3Archived(o) || c.Now().Before(o.RestoredUntil) {
		return nil
	}
	return s3Fail("InvalidObjectState").With("StorageClass", o.StorageClass)
}

func s3Restore(c *Call, b *s3store.Bucket, in *s3.RestoreObjectInput) (*s3.RestoreObjectOutput, error) {
	if in.RestoreRequest == nil || aws.ToInt32(in.RestoreRequest.Days) < 1 {
		return nil, s3Fail("MalformedXML")
	}
	c.Status = http.StatusAccepted
	o, err := b.Update(aws.ToString(in.Key), aws.ToString(in.VersionId), func(o *s3store.Object) error {
		if !s3Archived(o) {
			return s3Invalid("InvalidObjectState", "Restore is not allowed for the object's current storage class").With("StorageClass", s3Class(o.StorageClass))
		}
		if c.Now().Before(o.RestoredUntil) {
			c.Status = http.StatusOK
		}
		o.RestoredUntil = c.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, int(*in.RestoreRequest.Days)+1)
		return nil
	})
	if err != nil {
		c.Status = 0
		return nil, s3Missing(c, b, o, err)
	}
	return &s3.RestoreObjectOutput{}, nil
}

// s3RestoreHeader is the x-amz-restore of an object that was archived.
func s3RestoreHeader(o *s3store.Object) *string {
	if o.RestoredUntil.IsZero() {
		return nil
	}
	return aws.String(`ongoing-request="false", expiry-date="` + o.RestoredUntil.Format(http.TimeFormat) + `"`)
}
