package organizations_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	sdk "github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

// BenchmarkAuthorizedRequests is signed calls over loopback by the SDK, client and
// simulator in one process. Each is decided by the policies of a member's user, AWS's
// long ReadOnlyAccess among them, a service control policy at two levels, and with S3 a
// bucket policy and a resource control policy. The aim is 3,000 a second on two cores.
func BenchmarkAuthorizedRequests(b *testing.B) {
	c := start(b, 1)
	member := c.members[0].Account
	c.control(types.PolicyTypeServiceControlPolicy, denyUsers, c.org.Root.ID, c.unit.ID)
	enable := &sdk.EnablePolicyTypeInput{RootId: &c.org.Root.ID, PolicyType: types.PolicyTypeResourceControlPolicy}
	if _, err := c.manager().EnablePolicyType(b.Context(), enable); err != nil {
		b.Fatal(err)
	}
	c.control(types.PolicyTypeResourceControlPolicy, denyBuckets, c.unit.ID)
	user := member.AddUser("reader")
	simtest.Grant(b, user, "ReadOnlyAccess", "SecurityAudit")
	admin := c.ConfigFor(simtest.Admin(b, member, "owner").NewKey())
	bucket := aws.String("measured")
	owner := simtest.S3Client(admin)
	if _, err := owner.CreateBucket(b.Context(), &s3.CreateBucketInput{Bucket: bucket}); err != nil {
		b.Fatal(err)
	}
	if _, err := owner.PutObject(b.Context(), &s3.PutObjectInput{Bucket: bucket, Key: aws.String("k"), Body: strings.NewReader("x")}); err != nil {
		b.Fatal(err)
	}
	policy := `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::measured/*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}`
	if _, err := owner.PutBucketPolicy(b.Context(), &s3.PutBucketPolicyInput{Bucket: bucket, Policy: &policy}); err != nil {
		b.Fatal(err)
	}
	cfg := c.ConfigFor(user.NewKey())
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 64
	cfg.HTTPClient = &http.Client{Transport: transport}
	users, objects := iam.NewFromConfig(cfg), simtest.S3Client(cfg)
	for _, request := range []struct {
		action string
		call   func() error
	}{
		{"iam:GetUser", func() error {
			_, err := users.GetUser(b.Context(), &iam.GetUserInput{UserName: aws.String("owner")})
			return err
		}},
		{"s3:HeadObject", func() error {
			_, err := objects.HeadObject(b.Context(), &s3.HeadObjectInput{Bucket: bucket, Key: aws.String("k")})
			return err
		}},
	} {
		b.Run(request.action, func(b *testing.B) {
			b.SetParallelism(8)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := request.call(); err != nil {
						b.Error(err)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
		})
	}
}
