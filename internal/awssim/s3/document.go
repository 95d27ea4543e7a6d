package s3

import (
	"bytes"
	"io"

	"github.com/hawser/hawser/internal/awssim"
)

// maxDocument is more than any document of S3's has.
const maxDocument = 4 << 20

// unsupported are the members of inputs that are refused: those of directory buckets and
// of S3 Select, and the deletion that needs an MFA code.
func unsupported() map[string][]string {
	return map[string][]string{
		"CreateBucket":         {"BucketNamespace", "CreateBucketConfiguration.Bucket", "CreateBucketConfiguration.Location"},
		"AbortMultipartUpload": {"IfMatchInitiatedTime"},
		"PutObject":            {"WriteOffsetBytes"},
		"RestoreObject":        {"RestoreRequest.OutputLocation", "RestoreRequest.SelectParameters", "RestoreRequest.Type"},
	}
}

// checkDocument holds a body that is a document to the digests that the request gives.
//
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
func checkDocument(c *awssim.Call) error {
	if c.Operation == "CompleteMultipartUpload" {
		return nil // whose checksums are those of the object
	}
	sum, err := sumOf(c)
	if err != nil {
		return err
	}
	var whole bytes.Buffer
	r, err := StoreOf(c).Receive(io.TeeReader(c.Request.Body, &whole), -1, maxDocument, sum.algorithm)
	if err != nil {
		return answerOf(c, err)
	}
	defer r.Body.Release()
	c.Request.Body = io.NopCloser(&whole)
	return sum.check(c, r)
}
