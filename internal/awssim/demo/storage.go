package demo

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// buckets makes three buckets, one of them in another region, with objects.
func (f *filler) buckets(ctx context.Context) error {
	if err := f.bucket(ctx, Bucket, Region, map[string]string{
		"2026/q2.csv":     "month,revenue\napril,41200\nmay,43900\njune,47100\n",
		"2026/q3.csv":     "month,revenue\njuly,45200\naugust,44800\nseptember,51600\n",
		"README.txt":      "Quarterly reports, written by the finance job.\n",
		"notes/audit.txt": "Reviewed on 2026-10-01.\n",
	}); err != nil {
		return err
	}
	if err := f.bucket(ctx, "acme-web", Region, map[string]string{
		"index.html": "<!doctype html><title>Acme</title><h1>Acme</h1>\n",
		"robots.txt": "User-agent: *\nDisallow:\n",
	}); err != nil {
		return err
	}
	return f.bucket(ctx, "acme-backups", "eu-west-1", map[string]string{
		"shop/2026-11-01.dump": strings.Repeat("backup ", 4096),
	})
}

func (f *filler) bucket(ctx context.Context, name, region string, objects map[string]string) error {
	client := s3.NewFromConfig(f.config, func(o *s3.Options) { o.UsePathStyle, o.Region = true, region })
	in := &s3.CreateBucketInput{Bucket: &name}
	if region != "us-east-1" { // the one region that S3 does not accept as a constraint
		in.CreateBucketConfiguration = &types.CreateBucketConfiguration{LocationConstraint: types.BucketLocationConstraint(region)}
	}
	if _, err := client.CreateBucket(ctx, in); err != nil {
		return err
	}
	for key, body := range objects {
		_, err := client.PutObject(ctx, &s3.PutObjectInput{
			Bucket: &name, Key: aws.String(key), Body: strings.NewReader(body), ContentType: aws.String("text/plain"),
		})
		if err != nil {
			return fmt.Errorf("%s/%s: %w", name, key, err)
		}
	}
	return nil
}
