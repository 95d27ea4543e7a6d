package s3_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

// TestEmailGrants refuses grants by e-mail address, in headers and in a list.
//
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAcl.html
func TestEmailGrants(t *testing.T) {
	b := newS3(t)
	b.owned(types.ObjectOwnershipObjectWriter)
	b.put("key", "text")
	bucket, key, grantee := aws.String("bucket"), aws.String("key"), aws.String(`emailAddress="ada@example.com"`)
	list := &types.AccessControlPolicy{Owner: &types.Owner{}, Grants: []types.Grant{{
		Permission: types.PermissionRead, Grantee: &types.Grantee{Type: types.TypeAmazonCustomerByEmail, EmailAddress: aws.String("ada@example.com")},
	}}}
	_, header := b.PutBucketAcl(t.Context(), &s3.PutBucketAclInput{Bucket: bucket, GrantRead: grantee})
	_, listed := b.PutBucketAcl(t.Context(), &s3.PutBucketAclInput{Bucket: bucket, AccessControlPolicy: list})
	_, object := b.PutObjectAcl(t.Context(), &s3.PutObjectAclInput{Bucket: bucket, Key: key, AccessControlPolicy: list})
	_, put := b.PutObject(t.Context(), &s3.PutObjectInput{Bucket: bucket, Key: key, GrantRead: grantee})
	for _, err := range []error{header, listed, object, put} {
		simtest.WantCode(t, err, "MethodNotAllowed", "The specified method is not allowed against this resource.")
	}
}
