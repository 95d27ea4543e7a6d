package secretsmanager_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	simsecretsmanager "github.com/hawser/hawser/internal/awssim/secretsmanager"
	"github.com/hawser/hawser/internal/awssim/simtest"
)

// TestTagResource goes by
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_TagResource.html
func TestTagResource(t *testing.T) {
	sim := simtest.Start(t)
	arn := simsecretsmanager.Put(sim.World, simtest.Account, "us-east-1", "prod/db", "x")
	client := secretsmanager.NewFromConfig(sim.Config())
	tag := func(id string, keys ...string) error {
		in := &secretsmanager.TagResourceInput{SecretId: &id}
		for _, key := range keys {
			in.Tags = append(in.Tags, types.Tag{Key: aws.String(key), Value: aws.String("v")})
		}
		_, err := client.TagResource(t.Context(), in)
		return err
	}
	if err := tag("prod/db", "team", "cost"); err != nil {
		t.Fatal(err)
	}
	if _, err := client.UntagResource(t.Context(), &secretsmanager.UntagResourceInput{SecretId: &arn, TagKeys: []string{"cost", "none"}}); err != nil {
		t.Fatal(err)
	}
	simsecretsmanager.Put(sim.World, simtest.Account, "us-east-1", "prod/db", "a new version keeps them")
	out, err := client.DescribeSecret(t.Context(), &secretsmanager.DescribeSecretInput{SecretId: aws.String("prod/db")})
	if err != nil || len(out.Tags) != 1 || aws.ToString(out.Tags[0].Key) != "team" || aws.ToString(out.ARN) != arn || len(out.VersionIdsToStages) != 1 {
		t.Errorf("%+v, %v", out, err)
	}
	simtest.WantCode(t, tag("nil", "team"), "ResourceNotFoundException", "can't find")
	simtest.WantCode(t, tag("prod/db", "aws:team"), "InvalidParameterException", "aws:")
	var many []string
	for i := range 50 {
		many = append(many, fmt.Sprint(i))
	}
	simtest.WantCode(t, tag("prod/db", many...), "InvalidParameterException", "50 tags")
	_, err = client.DescribeSecret(t.Context(), &secretsmanager.DescribeSecretInput{SecretId: aws.String("arn:aws:secretsmanager:us-east-1:444455556666:secret:x-abcdef")})
	simtest.WantCode(t, err, "AccessDeniedException", "secretsmanager:DescribeSecret")
}
