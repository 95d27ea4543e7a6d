package lambda

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/google/uuid"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/s3"
)

// deployed is what is kept of a deployment package.
type deployed struct {
	sha      string // of SHA-256, base64
	size     int64
	location types.FunctionCodeLocation
}

// into gives a version its code.
func (k deployed) into(v *functionVersion) {
	v.config.CodeSha256, v.config.CodeSize, v.code = aws.String(k.sha), k.size, k.location
}

// codeOf takes in a zip file, an object of the simulated S3, or the name of
// an image. The code's location has AWS's form, but nothing answers there.
func codeOf(c *awssim.Call, id functionID, in types.FunctionCode) (deployed, error) {
	if in.ImageUri != nil {
		sum := sha256.Sum256([]byte(*in.ImageUri))
		return deployed{sha: hex.EncodeToString(sum[:]), location: types.FunctionCodeLocation{
			RepositoryType: aws.String("ECR"), ImageUri: in.ImageUri, ResolvedImageUri: aws.String(*in.ImageUri + "@sha256:" + hex.EncodeToString(sum[:])),
		}}, nil
	}
	content := in.ZipFile
	if in.S3Bucket != nil {
		var err error
		if content, err = codeFromS3(c, in); err != nil {
			return deployed{}, err
		}
	}
	if len(content) == 0 {
		return deployed{}, fail("InvalidParameterValueException", "Please provide a source for function code.")
	}
	if _, err := zip.NewReader(bytes.NewReader(content), int64(len(content))); err != nil {
		return deployed{}, fail("InvalidParameterValueException",
			"Could not unzip uploaded file. Please check your file, then try to upload again.")
	}
	sum := sha256.Sum256(content)
	return deployed{sha: base64.StdEncoding.EncodeToString(sum[:]), size: int64(len(content)), location: types.FunctionCodeLocation{
		RepositoryType: aws.String("S3"),
		Location: aws.String(fmt.Sprintf("https://awslambda-%s-tasks.s3.%s.amazonaws.com/snapshots/%s/%s-%s",
			id.region, id.region, id.account, id.name, uuid.NewString())),
	}}, nil
}

// codeFromS3 reads a package from the simulated S3, which the caller must be allowed to do
// and whose bucket must be in the function's region.
//
// https://docs.aws.amazon.com/lambda/latest/dg/access-control-identity-based.html
func codeFromS3(c *awssim.Call, in types.FunctionCode) ([]byte, error) {
	failed := func(code, text string) error {
		return fail("InvalidParameterValueException", "Error occurred while GetObject. S3 Error Code: %s. S3 Error Message: %s", code, text)
	}
	if err := c.Permit(s3.ReadNeed(c, *in.S3Bucket, aws.ToString(in.S3Key), aws.ToString(in.S3ObjectVersion))); err != nil {
		return nil, &awssim.Error{Code: "AccessDeniedException", Status: http.StatusForbidden, Message: fmt.Sprintf(
			"Your access has been denied by S3, please make sure your request credentials have permission to GetObject for %s/%s. "+
				"S3 Error Code: AccessDenied. S3 Error Message: Access Denied", *in.S3Bucket, aws.ToString(in.S3Key))}
	}
	bucket := s3.StoreOf(c).Bucket(*in.S3Bucket)
	switch {
	case bucket == nil:
		return nil, failed("NoSuchBucket", "The specified bucket does not exist")
	case bucket.Region != c.Region:
		return nil, failed("PermanentRedirect", "The bucket is in this region: "+bucket.Region+". Please use this region to retry the request")
	}
	object, err := bucket.Acquire(aws.ToString(in.S3Key), aws.ToString(in.S3ObjectVersion))
	if err != nil {
		return nil, failed("NoSuchKey", "The specified key does not exist.")
	}
	defer object.Body.Release()
	reader := object.Body.Open(0, object.Size())
	defer func() { _ = reader.Close() }()
	return io.ReadAll(reader)
}
