package toolboxtest

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/hawser/hawser/internal/awsapi"
)

// MakeBucket creates a bucket over the rig's connection, and gives the client that
// made it.
func MakeBucket(t testing.TB, r *Rig, name string) *s3.Client {
	t.Helper()
	session, err := r.Pool.Session(t.Context(), awsapi.Target{})
	if err != nil {
		t.Fatal(err)
	}
	client := s3.NewFromConfig(session.Config(), func(o *s3.Options) { o.UsePathStyle = true })
	if _, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name}); err != nil {
		t.Fatal(err)
	}
	return client
}
