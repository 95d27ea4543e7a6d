package lambda_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

// TestCodeFromS3NeedsGetObject makes a function of an object that the caller may not read,
// and of one that is not there.
//
// https://docs.aws.amazon.com/lambda/latest/dg/access-control-identity-based.html
func TestCodeFromS3NeedsGetObject(t *testing.T) {
	sim, admin := functions(t)
	store := simtest.S3Client(sim.Config())
	if _, err := store.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("code")}); err != nil {
		t.Fatal(err)
	}
	if _, err := store.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("code"), Key: aws.String("f.zip"), Body: bytes.NewReader(zipOf(t, "1"))}); err != nil {
		t.Fatal(err)
	}
	eve := sim.Account.AddUser("eve")
	if err := eve.PutPolicy("p", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["lambda:*","iam:PassRole"],"Resource":"*"}]}`); err != nil {
		t.Fatal(err)
	}
	make := func(client *lambda.Client, name, key string) error {
		in := python(t, name)
		in.Code = &types.FunctionCode{S3Bucket: aws.String("code"), S3Key: &key}
		_, err := client.CreateFunction(t.Context(), in)
		return err
	}
	denied := lambda.NewFromConfig(sim.ConfigFor(eve.NewKey()))
	simtest.WantCode(t, make(denied, "f", "f.zip"), "AccessDeniedException", "GetObject for code/f.zip")
	simtest.WantCode(t, make(denied, "f", "none"), "AccessDeniedException", "GetObject for code/none")
	if err := make(admin, "f", "f.zip"); err != nil {
		t.Error(err)
	}
	sim.Clock.Advance(3 * time.Second)
	_, err := denied.UpdateFunctionCode(t.Context(), &lambda.UpdateFunctionCodeInput{FunctionName: aws.String("f"), S3Bucket: aws.String("code"), S3Key: aws.String("f.zip")})
	simtest.WantCode(t, err, "AccessDeniedException", "GetObject")
}

// TestVPCPermissions puts functions into a VPC: the role must let Lambda make network
// interfaces, and the caller must be allowed to look at the network.
//
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
func TestVPCPermissions(t *testing.T) {
	sim, admin := functions(t)
	inVPC := func(client *lambda.Client, name string, change func(*lambda.CreateFunctionInput)) error {
		in := python(t, name)
		in.VpcConfig = &types.VpcConfig{SubnetIds: []string{"subnet-1"}, SecurityGroupIds: []string{"sg-1"}}
		change(in)
		_, err := client.CreateFunction(t.Context(), in)
		return err
	}
	same := func(*lambda.CreateFunctionInput) {}
	simtest.WantCode(t, inVPC(admin, "f", same), "InvalidParameterValueException", "CreateNetworkInterface on EC2")
	if err := sim.Account.Role("run").AttachAWS("service-role/AWSLambdaVPCAccessExecutionRole"); err != nil {
		t.Fatal(err)
	}
	eve := sim.Account.AddUser("eve")
	if err := eve.PutPolicy("p", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["lambda:*","iam:PassRole"],"Resource":"*"}]}`); err != nil {
		t.Fatal(err)
	}
	simtest.WantCode(t, inVPC(lambda.NewFromConfig(sim.ConfigFor(eve.NewKey())), "f", same), "AccessDeniedException", "ec2:Describe")
	simtest.WantCode(t, inVPC(admin, "f", func(in *lambda.CreateFunctionInput) { in.VpcConfig.SecurityGroupIds = nil }), "InvalidParameterValueException", "coexist")
	if err := inVPC(admin, "f", same); err != nil {
		t.Error(err)
	}
}
