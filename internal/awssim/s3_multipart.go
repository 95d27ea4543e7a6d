package awssim

import (
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim/s3store"
)

func s3MultipartHandlers() map[string]Handler {
	return map[string]Handler{
		"CreateMultipartUpload":   s3OnBucket(s3CreateUpload),
		"UploadPart":              s3OnBucket(s3UploadPart),
		"UploadPartCopy":          s3OnBucket(s3UploadPartCopy),
		"CompleteMultipartUpload": s3OnBucket(s3CompleteUpload),
		"AbortMultipartUpload":    s3OnBucket(s3AbortUpload),
		"ListParts":               s3OnBucket(s3ListParts),
		"ListMultipartUploads":    s3OnBucket(s3ListUploads),
	}
}

func s3CreateUpload(c *Call, b *s3store.Bucket, in *s3.CreateMultipartUploadInput) (*s3.CreateMultipartUploadOutput, error) {
	o, err := s3NewObject(c, b, aws.ToString(in.Key), in.Tagging)
	if err != nil {
		return nil, err
	}
	algorithm := s3store.Algorithm(in.ChecksumAlgorithm)
	full, err := s3FullObject(algorithm, in.ChecksumType)
	if err != nil {
		return nil, err
	}
	o.Checksum.Algorithm = algorithm // remembered: a client that asked for one must keep to it
	u, err := b.CreateUpload(*o, algorithm, full)
	if err != nil {
		return nil, err
	}
	e := o.Encryption
	out := &s3.CreateMultipartUploadOutput{
		Bucket: &b.Name, Key: &u.Key, UploadId: &u.ID, ChecksumAlgorithm: in.ChecksumAlgorithm,
		ServerSideEncryption: types.ServerSideEncryption(e.Algorithm), SSEKMSKeyId: optional(e.KMSKey),
		SSECustomerAlgorithm: s3CustomerAlgorithm(e), SSECustomerKeyMD5: optional(e.CustomerKey), BucketKeyEnabled: s3BucketKey(e),
	}
	if algorithm != "" {
		out.ChecksumType = s3UploadSumType(u)
	}
	return out, nil
}

// s3FullObject decides how an upload is summed up: over the parts' sums by
// default, over the whole for CRC-64/NVME, which knows no other way.
func s3FullObject(a s3store.Algorithm, asked types.ChecksumType) (bool, error) {
	switch {
	case a == "" && asked == "":
		return true, nil
	case a == "":
		return false, s3Invalid("InvalidRequest", "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.")
	case !a.Known():
		return false, s3Invalid("InvalidRequest", "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]")
	case asked == types.ChecksumTypeFullObject && !a.Combinable():
		return false, s3Invalid("InvalidRequest", "The FULL_OBJECT checksum type cannot be used with the "+strings.ToLower(string(a))+" checksum algorithm.")
	case asked == types.ChecksumTypeComposite && a == s3store.CRC64NVME:
		return false, s3Invalid("InvalidRequest", "The COMPOSITE checksum type cannot be used with the crc64nvme checksum algorithm.")
	case asked == "":
		return a == s3store.CRC64NVME, nil
	}
	return asked == types.ChecksumTypeFullObject, nil
}

func s3UploadSumType(u *s3store.Upload) types.ChecksumType {
	if u.FullObject {
		return types.ChecksumTypeFullObject
	}
	return types.ChecksumTypeComposite
}

// s3PartOf finds the upload and checks the part's number.
func s3PartOf(b *s3store.Bucket, key, id *string, number *int32) (*s3store.Upload, error) {
	if n := aws.ToInt32(number); n < 1 || n > s3store.MaxParts {
		return nil, s3Argument("partNumber", decimal(int(n)), "Part number must be an integer between 1 and 10000, inclusive")
	}
	return b.Upload(aws.ToString(key), aws.ToString(id))
}

func s3UploadPart(c *Call, b *s3store.Bucket, in *s3.UploadPartInput) (*s3.UploadPartOutput, error) {
	u, err := s3PartOf(b, in.Key, in.UploadId, in.PartNumber)
	if err != nil {
		return nil, err
	}
	if err := s3CheckCustomerKey(c.Request.Header, "X-Amz-Server-Side-Encryption-Customer-", &u.Object); err != nil {
		return nil, err
	}
	if c.Request.ContentLength < 0 {
		return nil, s3Fail("MissingContentLength")
	}
	r, err := s3ReceivePart(c, u, in)
	if err != nil {
		return nil, err
	}
	given := r.Checksum // which the answer repeats, if the client gave or asked for any
	if sum, _ := s3SumOf(c); sum.algorithm == "" && u.Object.Checksum.Algorithm == "" {
		given = s3store.Checksum{}
	}
	if r, err = s3Resummed(c, u, r); err != nil {
		return nil, err
	}
	p, err := u.PutPart(*in.PartNumber, r)
	if err != nil {
		r.Body.Release()
		return nil, err
	}
	e := u.Object.Encryption
	out := &s3.UploadPartOutput{
		ETag: aws.String(`"` + p.ETag + `"`), ServerSideEncryption: types.ServerSideEncryption(e.Algorithm), SSEKMSKeyId: optional(e.KMSKey),
		SSECustomerAlgorithm: s3CustomerAlgorithm(e), SSECustomerKeyMD5: optional(e.CustomerKey), BucketKeyEnabled: s3BucketKey(e),
	}
	s3SetSum(out, given)
	return out, nil
}

// s3ReceivePart reads a part, summed up by the upload's algorithm; a client may
// leave the sum out, but not use another.
func s3ReceivePart(c *Call, u *s3store.Upload, in *s3.UploadPartInput) (*s3store.Received, error) {
	sum, err := s3SumOf(c)
	if err != nil {
		return nil, err
	}
	algorithm := u.Algorithm
	if sum.algorithm != "" && sum.algorithm != algorithm {
		if u.Object.Checksum.Algorithm != "" { // asked for when the upload began
			return nil, s3Invalid("InvalidRequest", "Checksum Type mismatch occurred, expected checksum Type: "+
				strings.ToLower(string(algorithm))+", actual checksum Type: "+strings.ToLower(string(sum.algorithm)))
		}
		algorithm = sum.algorithm
	}
	r, err := s3Store(c).Receive(in.Body, c.Request.ContentLength, s3store.MaxPart, algorithm)
	if err != nil {
		return nil, err
	}
	if err := sum.check(c, r); err != nil {
		r.Body.Release()
		return nil, err
	}
	return r, nil
}

// s3Resummed sums a part up by the upload's algorithm if its client used
// another, which it may where the upload began without any.
func s3Resummed(c *Call, u *s3store.Upload, r *s3store.Received) (*s3store.Received, error) {
	if r.Checksum.Algorithm == u.Algorithm {
		return r, nil
	}
	defer r.Body.Release()
	return s3Store(c).Sum(r.Body, u.Algorithm)
}

func s3UploadPartCopy(c *Call, b *s3store.Bucket, in *s3.UploadPartCopyInput) (*s3.UploadPartCopyOutput, error) {
	u, err := s3PartOf(b, in.Key, in.UploadId, in.PartNumber)
	if err != nil {
		return nil, err
	}
	_, src, err := s3AcquireSource(c)
	if err != nil {
		return nil, err
	}
	defer src.Body.Release()
	span, err := s3CopyRange(src, aws.ToString(in.CopySourceRange))
	if err != nil {
		return nil, err
	}
	r, err := s3Store(c).Sum(src.Body.Slice(span.from, span.size), u.Algorithm)
	if err != nil {
		return nil, err
	}
	p, err := u.PutPart(*in.PartNumber, r)
	if err != nil {
		r.Body.Release()
		return nil, err
	}
	result := &types.CopyPartResult{ETag: aws.String(`"` + p.ETag + `"`), LastModified: &p.LastModified}
	if u.Object.Checksum.Algorithm != "" {
		s3SetSum(result, p.Checksum)
	}
	out := &s3.UploadPartCopyOutput{CopyPartResult: result, ServerSideEncryption: types.ServerSideEncryption(u.Object.Encryption.Algorithm)}
	if src.VersionID != s3store.NullVersion {
		out.CopySourceVersionId = &src.VersionID
	}
	return out, nil
}

// s3CopyRange reads "bytes=a-b", here always with both ends.
func s3CopyRange(src *s3store.Object, header string) (s3Span, error) {
	if header == "" {
		return s3Span{size: src.Size()}, nil
	}
	a, b, _ := strings.Cut(strings.TrimPrefix(header, "bytes="), "-")
	from, err1 := strconv.ParseInt(a, 10, 64)
	to, err2 := strconv.ParseInt(b, 10, 64)
	switch {
	case err1 != nil || err2 != nil || !strings.HasPrefix(header, "bytes=") || from < 0 || from > to:
		return s3Span{}, s3Argument("x-amz-copy-source-range", header, "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy")
	case to >= src.Size():
		return s3Span{}, s3Argument("x-amz-copy-source-range", header, "Range specified is not valid for source object of size: "+s3Int(src.Size()))
	}
	return s3Span{from: from, size: to - from + 1}, nil
}

func s3CompleteUpload(c *Call, b *s3store.Bucket, in *s3.CompleteMultipartUploadInput) (*s3.CompleteMultipartUploadOutput, error) {
	u, err := b.Upload(aws.ToString(in.Key), aws.ToString(in.UploadId))
	if err != nil {
		return nil, err
	}
	if in.ChecksumType != "" && in.ChecksumType != s3UploadSumType(u) {
		return nil, s3Invalid("InvalidRequest", "The upload was created using the "+string(s3UploadSumType(u))+" checksum mode. The complete request must use the same checksum mode.")
	}
	done := s3store.Completion{If: s3Condition(c), Size: in.MpuObjectSize}
	for _, a := range s3store.Algorithms() {
		if value := s3GetSum(in, a); value != "" {
			done.Checksum = s3store.Checksum{Algorithm: a, Value: value}
		}
	}
	if in.MultipartUpload != nil {
		for i := range in.MultipartUpload.Parts {
			p := &in.MultipartUpload.Parts[i]
			done.Parts = append(done.Parts, s3store.CompletedPart{
				Number: aws.ToInt32(p.PartNumber), ETag: aws.ToString(p.ETag), Checksum: s3GetSum(p, u.Algorithm),
			})
		}
	}
	o, err := b.Complete(u.Key, u.ID, done)
	if err != nil {
		return nil, err
	}
	out := &s3.CompleteMultipartUploadOutput{
		Bucket: &b.Name, Key: &o.Key, ETag: aws.String(`"` + o.ETag + `"`), VersionId: s3Version(b, o.VersionID),
		Location:             aws.String("http://" + c.Request.Host + c.Request.URL.EscapedPath()),
		ServerSideEncryption: types.ServerSideEncryption(o.Encryption.Algorithm), SSEKMSKeyId: optional(o.Encryption.KMSKey),
		BucketKeyEnabled: s3BucketKey(o.Encryption),
	}
	s3SetSum(out, o.Checksum)
	return out, nil
}

func s3AbortUpload(_ *Call, b *s3store.Bucket, in *s3.AbortMultipartUploadInput) (*s3.AbortMultipartUploadOutput, error) {
	return &s3.AbortMultipartUploadOutput{}, b.Abort(aws.ToString(in.Key), aws.ToString(in.UploadId))
}

// s3PartMarker reads a part number to go on after.
func s3PartMarker(marker *string) int32 {
	n, err := strconv.ParseInt(aws.ToString(marker), 10, 32)
	if err != nil {
		return 0
	}
	return int32(n)
}

func s3ListParts(c *Call, b *s3store.Bucket, in *s3.ListPartsInput) (*s3.ListPartsOutput, error) {
	limit, err := s3Limit("max-parts", in.MaxParts)
	if err != nil {
		return nil, err
	}
	u, err := b.Upload(aws.ToString(in.Key), aws.ToString(in.UploadId))
	if err != nil {
		return nil, err
	}
	after := s3PartMarker(in.PartNumberMarker)
	page, more := u.Parts(after, limit)
	owner := s3Owner(c, u.Object.Owner)
	out := &s3.ListPartsOutput{
		Bucket: &b.Name, Key: &u.Key, UploadId: &u.ID, Owner: owner, Initiator: &types.Initiator{ID: owner.ID, DisplayName: owner.DisplayName},
		StorageClass: types.StorageClass(s3Class(u.Object.StorageClass)), MaxParts: aws.Int32(int32(limit)), IsTruncated: &more,
		PartNumberMarker: aws.String(decimal(int(after))), NextPartNumberMarker: aws.String("0"),
		ChecksumAlgorithm: types.ChecksumAlgorithm(u.Object.Checksum.Algorithm), Parts: make([]types.Part, len(page)),
	}
	if u.Object.Checksum.Algorithm != "" {
		out.ChecksumType = s3UploadSumType(u)
	}
	for i, p := range page {
		out.Parts[i] = types.Part{PartNumber: aws.Int32(p.Number), ETag: aws.String(`"` + p.ETag + `"`), Size: &p.Size, LastModified: &p.LastModified}
		if out.ChecksumType != "" {
			s3SetSum(&out.Parts[i], p.Checksum)
		}
		out.NextPartNumberMarker = aws.String(decimal(int(p.Number)))
	}
	return out, nil
}

func s3ListUploads(c *Call, b *s3store.Bucket, in *s3.ListMultipartUploadsInput) (*s3.ListMultipartUploadsOutput, error) {
	limit, err := s3Limit("max-uploads", in.MaxUploads)
	if err != nil {
		return nil, err
	}
	encode, err := s3Encoder(in.EncodingType)
	if err != nil {
		return nil, err
	}
	q := s3store.Query{Prefix: aws.ToString(in.Prefix), Delimiter: aws.ToString(in.Delimiter), After: aws.ToString(in.KeyMarker), Max: limit}
	if q.After != "" {
		q.AfterID = aws.ToString(in.UploadIdMarker) // which counts beside a key marker only
	}
	page := b.ListUploads(q)
	out := &s3.ListMultipartUploadsOutput{
		Bucket: &b.Name, Prefix: encode(q.Prefix), KeyMarker: encode(q.After), UploadIdMarker: &q.AfterID, MaxUploads: aws.Int32(int32(limit)),
		EncodingType: in.EncodingType, IsTruncated: &page.Truncated, CommonPrefixes: s3Prefixes(page.Prefixes, encode),
	}
	if in.Delimiter != nil {
		out.Delimiter = encode(*in.Delimiter)
	}
	if page.Truncated {
		out.NextKeyMarker, out.NextUploadIdMarker = encode(page.Next), &page.NextID
	}
	for _, u := range page.Items {
		owner := s3Owner(c, u.Object.Owner)
		upload := types.MultipartUpload{
			Key: encode(u.Key), UploadId: &u.ID, Initiated: &u.Initiated, Owner: owner,
			Initiator: &types.Initiator{ID: owner.ID, DisplayName: owner.DisplayName}, StorageClass: types.StorageClass(s3Class(u.Object.StorageClass)),
		}
		if u.Object.Checksum.Algorithm != "" {
			upload.ChecksumAlgorithm, upload.ChecksumType = types.ChecksumAlgorithm(u.Algorithm), s3UploadSumType(u)
		}
		out.Uploads = append(out.Uploads, upload)
	}
	return out, nil
}
