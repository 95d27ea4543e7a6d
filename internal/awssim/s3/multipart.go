package s3

import (
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/s3/s3store"
)

func multipartHandlers() map[string]awssim.Handler {
	return map[string]awssim.Handler{
		"CreateMultipartUpload":   onBucket(createUpload),
		"UploadPart":              onBucket(uploadPart),
		"UploadPartCopy":          onBucket(uploadPartCopy),
		"CompleteMultipartUpload": onBucket(completeUpload),
		"AbortMultipartUpload":    onBucket(abortUpload),
		"ListParts":               onBucket(listParts),
		"ListMultipartUploads":    onBucket(listUploads),
	}
}

func createUpload(c *awssim.Call, b *s3store.Bucket, in *s3.CreateMultipartUploadInput) (*s3.CreateMultipartUploadOutput, error) {
	o, err := newObject(c, b, aws.ToString(in.Key), in.Tagging)
	if err != nil {
		return nil, err
	}
	algorithm := s3store.Algorithm(in.ChecksumAlgorithm)
	full, err := fullObject(algorithm, in.ChecksumType)
	if err != nil {
		return nil, err
	}
	o.Checksum.Algorithm = algorithm // remembered: a client that asked for one must keep to it
	u, err := b.CreateUpload(*o, c.Account.ID, algorithm, full)
	if err != nil {
		return nil, err
	}
	e := o.Encryption
	out := &s3.CreateMultipartUploadOutput{
		Bucket: &b.Name, Key: &u.Key, UploadId: &u.ID, ChecksumAlgorithm: in.ChecksumAlgorithm,
		ServerSideEncryption: types.ServerSideEncryption(e.Algorithm), SSEKMSKeyId: awssim.Optional(e.KMSKey),
		SSECustomerAlgorithm: customerAlgorithm(e), SSECustomerKeyMD5: awssim.Optional(e.CustomerKey), BucketKeyEnabled: bucketKey(e),
	}
	if algorithm != "" {
		out.ChecksumType = uploadSumType(u)
	}
	return out, nil
}

// fullObject decides how an upload is summed up: over the parts' sums by
// default, over the whole for CRC-64/NVME, which knows no other way.
func fullObject(a s3store.Algorithm, asked types.ChecksumType) (bool, error) {
	switch {
	case a == "" && asked == "":
		return true, nil
	case a == "":
		return false, invalid("InvalidRequest", "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.")
	case !a.Known():
		return false, invalid("InvalidRequest", "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]")
	case asked == types.ChecksumTypeFullObject && !a.Combinable():
		return false, invalid("InvalidRequest", "The FULL_OBJECT checksum type cannot be used with the "+strings.ToLower(string(a))+" checksum algorithm.")
	case asked == types.ChecksumTypeComposite && a == s3store.CRC64NVME:
		return false, invalid("InvalidRequest", "The COMPOSITE checksum type cannot be used with the crc64nvme checksum algorithm.")
	case asked == "":
		return a == s3store.CRC64NVME, nil
	}
	return asked == types.ChecksumTypeFullObject, nil
}

func uploadSumType(u *s3store.Upload) types.ChecksumType {
	if u.FullObject {
		return types.ChecksumTypeFullObject
	}
	return types.ChecksumTypeComposite
}

// partOf finds the upload and checks the part's number.
func partOf(b *s3store.Bucket, key, id *string, number *int32) (*s3store.Upload, error) {
	if n := aws.ToInt32(number); n < 1 || n > s3store.MaxParts {
		return nil, argument("partNumber", decimal(int(n)), "Part number must be an integer between 1 and 10000, inclusive")
	}
	return b.Upload(aws.ToString(key), aws.ToString(id))
}

func uploadPart(c *awssim.Call, b *s3store.Bucket, in *s3.UploadPartInput) (*s3.UploadPartOutput, error) {
	u, err := partOf(b, in.Key, in.UploadId, in.PartNumber)
	if err != nil {
		return nil, err
	}
	if err := checkCustomerKey(c.Request.Header, "X-Amz-Server-Side-Encryption-Customer-", &u.Object); err != nil {
		return nil, err
	}
	if c.Request.ContentLength < 0 {
		return nil, fail("MissingContentLength")
	}
	r, err := receivePart(c, u, in)
	if err != nil {
		return nil, err
	}
	given := r.Checksum // which the answer repeats, if the client gave or asked for any
	if sum, _ := sumOf(c); sum.algorithm == "" && u.Object.Checksum.Algorithm == "" {
		given = s3store.Checksum{}
	}
	if r, err = resummed(c, u, r); err != nil {
		return nil, err
	}
	p, err := u.PutPart(*in.PartNumber, r)
	if err != nil {
		r.Body.Release()
		return nil, err
	}
	e := u.Object.Encryption
	out := &s3.UploadPartOutput{
		ETag: aws.String(`"` + p.ETag + `"`), ServerSideEncryption: types.ServerSideEncryption(e.Algorithm), SSEKMSKeyId: awssim.Optional(e.KMSKey),
		SSECustomerAlgorithm: customerAlgorithm(e), SSECustomerKeyMD5: awssim.Optional(e.CustomerKey), BucketKeyEnabled: bucketKey(e),
	}
	setSum(out, given)
	return out, nil
}

// receivePart reads a part, summed up by the upload's algorithm; a client may
// leave the sum out, but not use another.
func receivePart(c *awssim.Call, u *s3store.Upload, in *s3.UploadPartInput) (*s3store.Received, error) {
	sum, err := sumOf(c)
	if err != nil {
		return nil, err
	}
	algorithm := u.Algorithm
	if sum.algorithm != "" && sum.algorithm != algorithm {
		if u.Object.Checksum.Algorithm != "" { // asked for when the upload began
			return nil, invalid("InvalidRequest", "Checksum Type mismatch occurred, expected checksum Type: "+
				strings.ToLower(string(algorithm))+", actual checksum Type: "+strings.ToLower(string(sum.algorithm)))
		}
		algorithm = sum.algorithm
	}
	r, err := StoreOf(c).Receive(in.Body, c.Request.ContentLength, s3store.MaxPart, algorithm)
	if err != nil {
		return nil, err
	}
	if err := sum.check(c, r); err != nil {
		r.Body.Release()
		return nil, err
	}
	return r, nil
}

// resummed sums a part up by the upload's algorithm if its client used
// another, which it may where the upload began without any.
func resummed(c *awssim.Call, u *s3store.Upload, r *s3store.Received) (*s3store.Received, error) {
	if r.Checksum.Algorithm == u.Algorithm {
		return r, nil
	}
	defer r.Body.Release()
	return StoreOf(c).Sum(r.Body, u.Algorithm)
}

func uploadPartCopy(c *awssim.Call, b *s3store.Bucket, in *s3.UploadPartCopyInput) (*s3.UploadPartCopyOutput, error) {
	u, err := partOf(b, in.Key, in.UploadId, in.PartNumber)
	if err != nil {
		return nil, err
	}
	_, src, err := acquireSource(c)
	if err != nil {
		return nil, err
	}
	defer src.Body.Release()
	span, err := copyRange(src, aws.ToString(in.CopySourceRange))
	if err != nil {
		return nil, err
	}
	r, err := StoreOf(c).Sum(src.Body.Slice(span.from, span.size), u.Algorithm)
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
		setSum(result, p.Checksum)
	}
	out := &s3.UploadPartCopyOutput{CopyPartResult: result, ServerSideEncryption: types.ServerSideEncryption(u.Object.Encryption.Algorithm)}
	if src.VersionID != s3store.NullVersion {
		out.CopySourceVersionId = &src.VersionID
	}
	return out, nil
}

// copyRange reads "bytes=a-b", here always with both ends.
func copyRange(src *s3store.Object, header string) (extent, error) {
	if header == "" {
		return extent{size: src.Size()}, nil
	}
	a, b, _ := strings.Cut(strings.TrimPrefix(header, "bytes="), "-")
	from, err1 := strconv.ParseInt(a, 10, 64)
	to, err2 := strconv.ParseInt(b, 10, 64)
	switch {
	case err1 != nil || err2 != nil || !strings.HasPrefix(header, "bytes=") || from < 0 || from > to:
		return extent{}, argument("x-amz-copy-source-range", header, "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy")
	case to >= src.Size():
		return extent{}, argument("x-amz-copy-source-range", header, "Range specified is not valid for source object of size: "+decimal64(src.Size()))
	}
	return extent{from: from, size: to - from + 1}, nil
}

func completeUpload(c *awssim.Call, b *s3store.Bucket, in *s3.CompleteMultipartUploadInput) (*s3.CompleteMultipartUploadOutput, error) {
	u, err := b.Upload(aws.ToString(in.Key), aws.ToString(in.UploadId))
	if err != nil {
		return nil, err
	}
	if in.ChecksumType != "" && in.ChecksumType != uploadSumType(u) {
		return nil, invalid("InvalidRequest", "The upload was created using the "+string(uploadSumType(u))+" checksum mode. The complete request must use the same checksum mode.")
	}
	only, err := writeCondition(c)
	if err != nil {
		return nil, err
	}
	done := s3store.Completion{If: only, Size: in.MpuObjectSize}
	for _, a := range s3store.Algorithms() {
		if value := getSum(in, a); value != "" {
			done.Checksum = s3store.Checksum{Algorithm: a, Value: value}
		}
	}
	if in.MultipartUpload != nil {
		for i := range in.MultipartUpload.Parts {
			p := &in.MultipartUpload.Parts[i]
			done.Parts = append(done.Parts, s3store.CompletedPart{
				Number: aws.ToInt32(p.PartNumber), ETag: aws.ToString(p.ETag), Checksum: getSum(p, u.Algorithm),
			})
		}
	}
	o, err := b.Complete(u.Key, u.ID, done)
	if err != nil {
		return nil, err
	}
	out := &s3.CompleteMultipartUploadOutput{
		Bucket: &b.Name, Key: &o.Key, ETag: aws.String(`"` + o.ETag + `"`), VersionId: versionOf(b, o.VersionID),
		Location:             aws.String("http://" + c.Request.Host + c.Request.URL.EscapedPath()),
		ServerSideEncryption: types.ServerSideEncryption(o.Encryption.Algorithm), SSEKMSKeyId: awssim.Optional(o.Encryption.KMSKey),
		BucketKeyEnabled: bucketKey(o.Encryption),
	}
	setSum(out, o.Checksum)
	return out, nil
}

func abortUpload(_ *awssim.Call, b *s3store.Bucket, in *s3.AbortMultipartUploadInput) (*s3.AbortMultipartUploadOutput, error) {
	return &s3.AbortMultipartUploadOutput{}, b.Abort(aws.ToString(in.Key), aws.ToString(in.UploadId))
}

// partMarker reads a part number to go on after.
func partMarker(marker *string) int32 {
	n, err := strconv.ParseInt(aws.ToString(marker), 10, 32)
	if err != nil {
		return 0
	}
	return int32(n)
}

// ownersOf tells whose object an upload is to be, and who began it.
func ownersOf(c *awssim.Call, b *s3store.Bucket, u *s3store.Upload) (*types.Owner, *types.Initiator) {
	by := ownerOf(c, u.Initiator)
	return ownerOf(c, objectOwner(b, &u.Object)), &types.Initiator{ID: by.ID, DisplayName: by.DisplayName}
}

func listParts(c *awssim.Call, b *s3store.Bucket, in *s3.ListPartsInput) (*s3.ListPartsOutput, error) {
	limit, err := limitOf("max-parts", in.MaxParts)
	if err != nil {
		return nil, err
	}
	u, err := b.Upload(aws.ToString(in.Key), aws.ToString(in.UploadId))
	if err != nil {
		return nil, err
	}
	after := partMarker(in.PartNumberMarker)
	page, more := u.Parts(after, limit)
	owner, initiator := ownersOf(c, b, u)
	out := &s3.ListPartsOutput{
		Bucket: &b.Name, Key: &u.Key, UploadId: &u.ID, Owner: owner, Initiator: initiator,
		StorageClass: types.StorageClass(classOf(u.Object.StorageClass)), MaxParts: aws.Int32(int32(limit)), IsTruncated: &more,
		PartNumberMarker: aws.String(decimal(int(after))), NextPartNumberMarker: aws.String("0"),
		ChecksumAlgorithm: types.ChecksumAlgorithm(u.Object.Checksum.Algorithm), Parts: make([]types.Part, len(page)),
	}
	if u.Object.Checksum.Algorithm != "" {
		out.ChecksumType = uploadSumType(u)
	}
	for i, p := range page {
		out.Parts[i] = types.Part{PartNumber: aws.Int32(p.Number), ETag: aws.String(`"` + p.ETag + `"`), Size: &p.Size, LastModified: &p.LastModified}
		if out.ChecksumType != "" {
			setSum(&out.Parts[i], p.Checksum)
		}
		out.NextPartNumberMarker = aws.String(decimal(int(p.Number)))
	}
	return out, nil
}

func listUploads(c *awssim.Call, b *s3store.Bucket, in *s3.ListMultipartUploadsInput) (*s3.ListMultipartUploadsOutput, error) {
	limit, err := limitOf("max-uploads", in.MaxUploads)
	if err != nil {
		return nil, err
	}
	encode, err := encoder(in.EncodingType)
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
		EncodingType: in.EncodingType, IsTruncated: &page.Truncated, CommonPrefixes: prefixes(page.Prefixes, encode),
	}
	if in.Delimiter != nil {
		out.Delimiter = encode(*in.Delimiter)
	}
	if page.Truncated {
		out.NextKeyMarker, out.NextUploadIdMarker = encode(page.Next), &page.NextID
	}
	for _, u := range page.Items {
		owner, initiator := ownersOf(c, b, u)
		upload := types.MultipartUpload{
			Key: encode(u.Key), UploadId: &u.ID, Initiated: &u.Initiated, Owner: owner,
			Initiator: initiator, StorageClass: types.StorageClass(classOf(u.Object.StorageClass)),
		}
		if u.Object.Checksum.Algorithm != "" {
			upload.ChecksumAlgorithm, upload.ChecksumType = types.ChecksumAlgorithm(u.Algorithm), uploadSumType(u)
		}
		out.Uploads = append(out.Uploads, upload)
	}
	return out, nil
}
