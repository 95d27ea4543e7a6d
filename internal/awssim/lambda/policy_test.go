package lambda_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

// TestQualifiedPermissions adds permissions to a version and an alias, to those that do
// not exist, and to $LATEST, which can't have any. The answers for versions and aliases
// that do not exist are those of localstack's provider.
//
// https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
// https://github.com/terraform-aws-modules/terraform-aws-lambda/issues/36
func TestQualifiedPermissions(t *testing.T) {
	_, client := functions(t, "f")
	ctx, f := t.Context(), aws.String("f")
	add := func(qualifier string) error {
		_, err := client.AddPermission(ctx, &lambda.AddPermissionInput{
			FunctionName: f, Qualifier: &qualifier, StatementId: aws.String("s3"), Action: aws.String("lambda:InvokeFunction"), Principal: aws.String("s3.amazonaws.com"),
		})
		return err
	}
	remove := func(qualifier string) error {
		_, err := client.RemovePermission(ctx, &lambda.RemovePermissionInput{FunctionName: f, Qualifier: &qualifier, StatementId: aws.String("s3")})
		return err
	}
	get := func(qualifier string) error {
		_, err := client.GetPolicy(ctx, &lambda.GetPolicyInput{FunctionName: f, Qualifier: &qualifier})
		return err
	}
	simtest.WantCode(t, add("$LATEST"), "InvalidParameterValueException", "We currently do not support adding policies for $LATEST.")
	simtest.WantCode(t, remove("$LATEST"), "ResourceNotFoundException", "No policy is associated with the given resource.")
	simtest.WantCode(t, get("$LATEST"), "ResourceNotFoundException", "The resource you requested does not exist.")
	for qualifier, text := range map[string]string{
		"7":    "Function not found: arn:aws:lambda:us-east-1:111122223333:function:f:7",
		"live": "Cannot find alias arn: arn:aws:lambda:us-east-1:111122223333:function:f:live",
	} {
		simtest.WantCode(t, add(qualifier), "ResourceNotFoundException", text)
		simtest.WantCode(t, remove(qualifier), "ResourceNotFoundException", text)
		simtest.WantCode(t, get(qualifier), "ResourceNotFoundException", "")
	}
	if _, err := client.PublishVersion(ctx, &lambda.PublishVersionInput{FunctionName: f}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.CreateAlias(ctx, &lambda.CreateAliasInput{FunctionName: f, Name: aws.String("live"), FunctionVersion: aws.String("1")}); err != nil {
		t.Fatal(err)
	}
	for _, qualifier := range []string{"1", "live"} {
		simtest.WantCode(t, get(qualifier), "ResourceNotFoundException", "The resource you requested does not exist.")
		if err := add(qualifier); err != nil {
			t.Error(err)
		}
		simtest.WantCode(t, add(qualifier), "ResourceConflictException", "already exists")
		if err := get(qualifier); err != nil {
			t.Error(err)
		}
		if err := remove(qualifier); err != nil {
			t.Error(err)
		}
	}
	simtest.WantCode(t, remove("1"), "ResourceNotFoundException", "No policy is associated with the given resource.")
}
