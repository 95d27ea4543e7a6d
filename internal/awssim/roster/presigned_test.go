package roster_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

// TestPresignedKeys goes by
// https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html
func TestPresignedKeys(t *testing.T) {
	l := newLimited(t)
	admin := simtest.S3Client(l.Config())
	if _, err := admin.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("some-bucket")}); err != nil {
		t.Fatal(err)
	}
	if _, err := admin.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("some-bucket"), Key: aws.String("k"), Body: strings.NewReader("x")}); err != nil {
		t.Fatal(err)
	}
	signed, err := s3.NewPresignClient(simtest.S3Client(l.ConfigFor(l.key))).PresignGetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("some-bucket"), Key: aws.String("k")})
	if err != nil {
		t.Fatal(err)
	}
	l.Clock.Advance(time.Minute)
	for condition, want := range map[string]int{
		`{"StringEquals":{"s3:authType":"REST-QUERY-STRING"},"NumericGreaterThan":{"s3:signatureAge":"59000"}}`: http.StatusOK,
		`{"NumericLessThan":{"s3:signatureAge":"59000"}}`:                                                       http.StatusForbidden, `{"StringEquals":{"s3:authType":"REST-HEADER"}}`: http.StatusForbidden,
	} {
		l.when(condition)
		if status, text := simtest.Unsigned(t, http.MethodGet, signed.URL, ""); status != want {
			t.Errorf("%s: %d, %s", condition, status, text)
		}
	}
}

// TestPresignedWithoutExpires signs a URL for STS without X-Amz-Expires, as its client does.
// Only S3 requires it.
func TestPresignedWithoutExpires(t *testing.T) {
	sim := simtest.Start(t)
	signed, err := sts.NewPresignClient(sts.NewFromConfig(sim.Config())).PresignGetCallerIdentity(t.Context(), nil)
	if err != nil || strings.Contains(signed.URL, "X-Amz-Expires") {
		t.Fatal(signed, err)
	}
	if status, text := simtest.Unsigned(t, http.MethodGet, signed.URL, ""); status != http.StatusOK {
		t.Errorf("%d: %s", status, text)
	}
}

// TestTagsOfTheRoleThatIsAssumed goes by
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
func TestTagsOfTheRoleThatIsAssumed(t *testing.T) {
	l := newLimited(t)
	role, err := l.Account.AddRole("reader", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"`+simtest.Account+`"}}]}`)
	if err != nil {
		t.Fatal(err)
	}
	role.Tags = map[string]string{"team": "red"}
	l.check(func() error {
		_, err := sts.NewFromConfig(l.ConfigFor(l.key)).AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: &role.ARN, RoleSessionName: aws.String("me")})
		return err
	}, map[string]bool{`{"StringEquals":{"aws:ResourceTag/team":"red","iam:ResourceTag/team":"${aws:PrincipalTag/team}"}}`: true, `{"StringEquals":{"aws:ResourceTag/team":"blue"}}`: false})
}

// TestChangingGroupsNamesThem goes by
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html#amazonec2-ModifyInstanceAttribute
func TestChangingGroupsNamesThem(t *testing.T) {
	l := newLimited(t)
	admin := ec2.NewFromConfig(l.Config())
	images, err := admin.DescribeImages(t.Context(), &ec2.DescribeImagesInput{Owners: []string{"amazon"}})
	if err != nil || len(images.Images) == 0 {
		t.Fatal(images, err)
	}
	made, err := admin.RunInstances(t.Context(), &ec2.RunInstancesInput{
		ImageId: images.Images[0].ImageId, MinCount: aws.Int32(1), MaxCount: aws.Int32(1), InstanceType: ec2types.InstanceTypeT3Micro,
	})
	if err != nil {
		t.Fatal(err)
	}
	group := *made.Instances[0].SecurityGroups[0].GroupId
	if err := l.user.PutPolicy("p", `{"Version":"2012-10-17","Statement":[`+statement("Allow", "ec2:*", "arn:aws:ec2:*:*:instance/*", "{}")+`]}`); err != nil {
		t.Fatal(err)
	}
	_, err = ec2.NewFromConfig(l.ConfigFor(l.key)).ModifyInstanceAttribute(t.Context(), &ec2.ModifyInstanceAttributeInput{InstanceId: made.Instances[0].InstanceId, Groups: []string{group}})
	simtest.WantCode(t, err, "UnauthorizedOperation", "security-group/"+group)
}
