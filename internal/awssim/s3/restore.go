package s3

import (
	"net/http"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/s3/s3store"
)

// restoreHandlers is what brings archived objects back. A restore is done at
// once; all else of "Restoring an archived object" holds.
func restoreHandlers() map[string]awssim.Handler {
	return map[string]awssim.Handler{"RestoreObject": onBucket(restore)}
}

func archived(o *s3store.Object) bool {
	return o.StorageClass == string(types.StorageClassGlacier) || o.StorageClass == string(types.StorageClassDeepArchive)
}

// readable refuses the bytes of an object that is archived and not restored.
func readable(c *awssim.Call, o *s3store.Object) error {
	if !archived(o) || c.Now().Before(o.RestoredUntil) {
		return nil
	}
	return fail("InvalidObjectState").With("StorageClass", o.StorageClass)
}

func restore(c *awssim.Call, b *s3store.Bucket, in *s3.RestoreObjectInput) (*s3.RestoreObjectOutput, error) {
	if in.RestoreRequest == nil || aws.ToInt32(in.RestoreRequest.Days) < 1 {
		return nil, fail("MalformedXML")
	}
	c.Status = http.StatusAccepted
	o, err := b.Update(aws.ToString(in.Key), aws.ToString(in.VersionId), func(o *s3store.Object) error {
		if !archived(o) {
			return invalid("InvalidObjectState", "Restore is not allowed for the object's current storage class").With("StorageClass", classOf(o.StorageClass))
		}
		if c.Now().Before(o.RestoredUntil) {
			c.Status = http.StatusOK
		}
		o.RestoredUntil = c.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, int(*in.RestoreRequest.Days)+1)
		return nil
	})
	if err != nil {
		c.Status = 0
		return nil, missing(c, b, o, err)
	}
	return &s3.RestoreObjectOutput{}, nil
}

// restoreHeader is the x-amz-restore of an object that was archived.
func restoreHeader(o *s3store.Object) *string {
	if o.RestoredUntil.IsZero() {
		return nil
	}
	return aws.String(`ongoing-request="false", expiry-date="` + o.RestoredUntil.Format(http.TimeFormat) + `"`)
}

// restoreStatus is what lists have of an object that was restored, where it is asked for.
func restoreStatus(o *s3store.Object, asked []types.OptionalObjectAttributes) *types.RestoreStatus {
	if o.RestoredUntil.IsZero() || !slices.Contains(asked, types.OptionalObjectAttributesRestoreStatus) {
		return nil
	}
	return &types.RestoreStatus{IsRestoreInProgress: aws.Bool(false), RestoreExpiryDate: &o.RestoredUntil}
}
