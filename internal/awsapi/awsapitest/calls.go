package awsapitest

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/rdsdata"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/hawser/hawser/internal/awsapi"
)

// Calls that tests make.

func WhoAmI(ctx context.Context, s *awsapi.Session) error {
	_, err := awsapi.Client(s, sts.NewFromConfig).GetCallerIdentity(ctx, nil)
	return err
}

func GetObject(ctx context.Context, s *awsapi.Session) error {
	_, err := awsapi.Client(s, s3.NewFromConfig).GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String("b"), Key: aws.String("k")})
	return err
}

func GetVersion(ctx context.Context, s *awsapi.Session) error {
	_, err := awsapi.Client(s, s3.NewFromConfig).GetObject(ctx, &s3.GetObjectInput{
		Bucket: aws.String("b"), Key: aws.String("k"), VersionId: aws.String("v"),
	})
	return err
}

func HeadBucket(ctx context.Context, s *awsapi.Session) error {
	_, err := awsapi.Client(s, s3.NewFromConfig).HeadBucket(ctx, &s3.HeadBucketInput{Bucket: aws.String("b")})
	return err
}

func Invoke(ctx context.Context, s *awsapi.Session) error {
	_, err := awsapi.Client(s, lambda.NewFromConfig).Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String("f")})
	return err
}

func ListFunctions(ctx context.Context, s *awsapi.Session) error {
	_, err := awsapi.Client(s, lambda.NewFromConfig).ListFunctions(ctx, nil)
	return err
}

func StopInstance(ctx context.Context, s *awsapi.Session) error {
	_, err := awsapi.Client(s, ec2.NewFromConfig).StopInstances(ctx, &ec2.StopInstancesInput{InstanceIds: []string{"i-1"}})
	return err
}

func BadCall(ctx context.Context, s *awsapi.Session) error {
	_, err := awsapi.Client(s, s3.NewFromConfig).GetObject(ctx, &s3.GetObjectInput{})
	return err
}

func PutObject(change func(*s3.PutObjectInput)) func(context.Context, *awsapi.Session) error {
	return func(ctx context.Context, s *awsapi.Session) error {
		in := &s3.PutObjectInput{Bucket: aws.String("b"), Key: aws.String("k"), Body: strings.NewReader("x")}
		change(in)
		_, err := awsapi.Client(s, s3.NewFromConfig).PutObject(ctx, in)
		return err
	}
}

func Execute(ctx context.Context, s *awsapi.Session) error {
	_, err := awsapi.Client(s, rdsdata.NewFromConfig).ExecuteStatement(ctx, &rdsdata.ExecuteStatementInput{
		ResourceArn: aws.String("arn:aws:rds:us-east-1:111122223333:cluster:c"), SecretArn: aws.String("s"), Sql: aws.String("SELECT 1"),
	})
	return err
}
