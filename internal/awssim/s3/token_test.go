package s3_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

// A token is for the listing that gave it.
func TestContinuationTokens(t *testing.T) {
	b := newS3(t)
	b.make("second")
	for _, key := range []string{"a/1", "a/2", "a/3"} {
		b.put(key, "x")
	}
	in := func(bucket, prefix, delimiter, token string) *s3.ListObjectsV2Input {
		return &s3.ListObjectsV2Input{Bucket: &bucket, Prefix: &prefix, Delimiter: &delimiter, ContinuationToken: &token, MaxKeys: aws.Int32(1)}
	}
	first := in("bucket", "a/", "/", "")
	first.ContinuationToken = nil
	page, err := b.ListObjectsV2(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	token := aws.ToString(page.NextContinuationToken)
	if page, err = b.ListObjectsV2(t.Context(), in("bucket", "a/", "/", token)); err != nil || *page.Contents[0].Key != "a/2" {
		t.Errorf("the same listing: %+v, %v", page, err)
	}
	for name, in := range map[string]*s3.ListObjectsV2Input{
		"another bucket": in("second", "a/", "/", token), "another prefix": in("bucket", "a", "/", token), "another delimiter": in("bucket", "a/", "", token),
		"invented": in("bucket", "a/", "/", "zzz"), "empty": in("bucket", "a/", "/", ""),
	} {
		_, err := b.ListObjectsV2(t.Context(), in)
		simtest.WantCode(t, err, "InvalidArgument", "The continuation token provided is incorrect")
		if status(err) != "400 InvalidArgument" {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, foreign := range []string{"zzz", token} {
		_, err = b.ListBuckets(t.Context(), &s3.ListBucketsInput{ContinuationToken: &foreign})
		simtest.WantCode(t, err, "InvalidArgument", "The continuation token provided is incorrect")
	}
}

// A prefix that a request does not have is a condition key that it does not have.
func TestMissingPrefix(t *testing.T) {
	b := newS3(t)
	for operator, tt := range map[string]struct{ value, missing, empty string }{
		"Null":            {"true", "", "403 AccessDenied"},
		"StringEquals":    {"", "403 AccessDenied", ""},
		"StringNotEquals": {"", "", "403 AccessDenied"},
	} {
		user := b.sim.Account.AddUser(operator)
		if err := user.PutPolicy("p", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:ListBucket","s3:ListBucketVersions"],"Resource":"*","Condition":{"`+operator+`":{"s3:prefix":"`+tt.value+`"}}}]}`); err != nil {
			t.Fatal(err)
		}
		c := simtest.S3Client(b.sim.ConfigFor(user.NewKey()))
		for want, prefix := range map[*string]*string{&tt.missing: nil, &tt.empty: aws.String("")} {
			_, v1 := c.ListObjects(t.Context(), &s3.ListObjectsInput{Bucket: aws.String("bucket"), Prefix: prefix})
			_, v2 := c.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String("bucket"), Prefix: prefix})
			_, versions := c.ListObjectVersions(t.Context(), &s3.ListObjectVersionsInput{Bucket: aws.String("bucket"), Prefix: prefix})
			for _, err := range []error{v1, v2, versions} {
				if status(err) != *want {
					t.Errorf("%s, given %t: %v, want %q", operator, prefix != nil, err, *want)
				}
			}
		}
	}
}
