package s3

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/s3/s3store"
)

// head gives an object's headers.
func head(b *s3store.Bucket, o *s3store.Object, span extent) *s3.HeadObjectOutput {
	a, e := &o.Attributes, &o.Encryption
	h := &s3.HeadObjectOutput{
		AcceptRanges: aws.String("bytes"), ETag: aws.String(`"` + o.ETag + `"`), LastModified: &o.LastModified,
		ContentLength: &span.size, VersionId: versionOf(b, o.VersionID), Metadata: a.Metadata,
		CacheControl: awssim.Optional(a.CacheControl), ContentDisposition: awssim.Optional(a.ContentDisposition), ContentEncoding: awssim.Optional(a.ContentEncoding),
		ContentLanguage: awssim.Optional(a.ContentLanguage), ContentType: awssim.Optional(a.ContentType),
		StorageClass: types.StorageClass(a.StorageClass), WebsiteRedirectLocation: awssim.Optional(a.Redirect),
		ServerSideEncryption: types.ServerSideEncryption(e.Algorithm), SSEKMSKeyId: awssim.Optional(e.KMSKey),
		SSECustomerAlgorithm: customerAlgorithm(*e), SSECustomerKeyMD5: awssim.Optional(e.CustomerKey), BucketKeyEnabled: bucketKey(*e), Restore: restoreHeader(o),
	}
	if len(o.Tags) > 0 {
		h.TagCount = aws.Int32(int32(len(o.Tags)))
	}
	if span.part != nil {
		h.PartsCount = aws.Int32(int32(len(o.Parts)))
	}
	if o.Lock.Mode != "" {
		h.ObjectLockMode, h.ObjectLockRetainUntilDate = types.ObjectLockMode(o.Lock.Mode), aws.Time(o.Lock.Until)
	}
	if o.Lock.LegalHold {
		h.ObjectLockLegalHoldStatus = types.ObjectLockLegalHoldStatusOn
	}
	return h
}

// override lets the response-* parameters replace headers.
func override(c *awssim.Call, h *s3.HeadObjectOutput) {
	if c.Request.URL.RawQuery == "" {
		return
	}
	q := c.Request.URL.Query()
	for name, field := range map[string]**string{
		"response-cache-control": &h.CacheControl, "response-content-disposition": &h.ContentDisposition,
		"response-content-encoding": &h.ContentEncoding, "response-content-language": &h.ContentLanguage,
		"response-content-type": &h.ContentType,
	} {
		if q.Has(name) {
			*field = aws.String(q.Get(name))
		}
	}
	if q.Has("response-expires") {
		c.Header.Set("Expires", q.Get("response-expires"))
	}
}

// getFromHead gives the same headers for a Get.
func getFromHead(h *s3.HeadObjectOutput) *s3.GetObjectOutput {
	return &s3.GetObjectOutput{
		AcceptRanges: h.AcceptRanges, BucketKeyEnabled: h.BucketKeyEnabled, CacheControl: h.CacheControl,
		ChecksumCRC32: h.ChecksumCRC32, ChecksumCRC32C: h.ChecksumCRC32C, ChecksumCRC64NVME: h.ChecksumCRC64NVME,
		ChecksumMD5: h.ChecksumMD5, ChecksumSHA1: h.ChecksumSHA1, ChecksumSHA256: h.ChecksumSHA256, ChecksumSHA512: h.ChecksumSHA512,
		ChecksumXXHASH128: h.ChecksumXXHASH128, ChecksumXXHASH3: h.ChecksumXXHASH3, ChecksumXXHASH64: h.ChecksumXXHASH64,
		ChecksumType: h.ChecksumType, ContentDisposition: h.ContentDisposition, ContentEncoding: h.ContentEncoding,
		ContentLanguage: h.ContentLanguage, ContentLength: h.ContentLength, ContentRange: h.ContentRange, ContentType: h.ContentType,
		ETag: h.ETag, LastModified: h.LastModified, Metadata: h.Metadata,
		ObjectLockLegalHoldStatus: h.ObjectLockLegalHoldStatus, ObjectLockMode: h.ObjectLockMode,
		ObjectLockRetainUntilDate: h.ObjectLockRetainUntilDate, PartsCount: h.PartsCount, Restore: h.Restore, SSECustomerAlgorithm: h.SSECustomerAlgorithm,
		SSECustomerKeyMD5: h.SSECustomerKeyMD5, SSEKMSKeyId: h.SSEKMSKeyId, ServerSideEncryption: h.ServerSideEncryption,
		StorageClass: h.StorageClass, VersionId: h.VersionId, WebsiteRedirectLocation: h.WebsiteRedirectLocation,
	}
}

func getAttributes(c *awssim.Call, b *s3store.Bucket, in *s3.GetObjectAttributesInput) (*s3.GetObjectAttributesOutput, error) {
	o, err := b.Get(aws.ToString(in.Key), aws.ToString(in.VersionId))
	if err != nil {
		return nil, missing(c, b, o, err)
	}
	if err := checkCustomerKey(c.Request.Header, "X-Amz-Server-Side-Encryption-Customer-", o); err != nil {
		return nil, err
	}
	out := &s3.GetObjectAttributesOutput{LastModified: &o.LastModified, VersionId: versionOf(b, o.VersionID)}
	for _, name := range in.ObjectAttributes {
		switch name {
		case types.ObjectAttributesEtag:
			out.ETag = &o.ETag // the one place where S3 gives it without quotes
		case types.ObjectAttributesChecksum:
			if o.Checksum.Value != "" {
				out.Checksum = new(types.Checksum)
				setSum(out.Checksum, o.Checksum)
			}
		case types.ObjectAttributesObjectParts:
			out.ObjectParts = attributeParts(o, in)
		case types.ObjectAttributesStorageClass:
			out.StorageClass = types.StorageClass(classOf(o.StorageClass))
		case types.ObjectAttributesObjectSize:
			out.ObjectSize = aws.Int64(o.Size())
		default:
			return nil, argument("x-amz-object-attributes", string(name), "Invalid attribute name specified.")
		}
	}
	return out, nil
}

// attributeParts gives the parts of an object, one by one only where they
// have checksums of their own.
func attributeParts(o *s3store.Object, in *s3.GetObjectAttributesInput) *types.GetObjectAttributesParts {
	if len(o.Parts) == 0 {
		return nil
	}
	out := &types.GetObjectAttributesParts{TotalPartsCount: aws.Int32(int32(len(o.Parts)))}
	if !o.Checksum.Composite {
		return out
	}
	limit := int(aws.ToInt32(in.MaxParts))
	if limit <= 0 || limit > pageKeys {
		limit = pageKeys
	}
	out.MaxParts, out.IsTruncated = aws.Int32(int32(limit)), aws.Bool(false)
	out.PartNumberMarker = aws.String(aws.ToString(in.PartNumberMarker))
	after := partMarker(in.PartNumberMarker)
	for _, p := range o.Parts {
		if p.Number <= after {
			continue
		}
		if len(out.Parts) == limit {
			out.IsTruncated = aws.Bool(true)
			break
		}
		part := types.ObjectPart{PartNumber: aws.Int32(p.Number), Size: aws.Int64(p.Size)}
		setSum(&part, s3store.Checksum{Algorithm: o.Checksum.Algorithm, Value: p.Checksum})
		out.Parts = append(out.Parts, part)
		out.NextPartNumberMarker = aws.String(decimal(int(p.Number)))
	}
	return out
}
