package awssim_test

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

const trustByAccount = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",
	"Principal":{"AWS":"111122223333"},"Condition":{"StringEquals":{"sts:ExternalId":"open-sesame"}}}]}`

func TestCallerIdentity(t *testing.T) {
	sim := simtest.Start(t)
	out, err := sts.NewFromConfig(sim.Config()).GetCallerIdentity(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := aws.ToString(out.Arn); got != "arn:aws:iam::111122223333:user/admin" {
		t.Errorf("Arn = %s", got)
	}
	if sim.Count("sts:GetCallerIdentity") != 1 {
		t.Errorf("counters: %v", sim.Counters())
	}
}

func TestAssumeRole(t *testing.T) {
	sim := simtest.Start(t)
	other := sim.AddAccount("444455556666", "other")
	if _, err := other.AddRole("reader", trustByAccount); err != nil {
		t.Fatal(err)
	}
	in := &sts.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::444455556666:role/reader"), RoleSessionName: aws.String("me")}
	client := sts.NewFromConfig(sim.Config())
	_, err := client.AssumeRole(t.Context(), in)
	simtest.WantCode(t, err, "AccessDenied", "User: arn:aws:iam::111122223333:user/admin is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::444455556666:role/reader")

	in.ExternalId = aws.String("open-sesame")
	out, err := client.AssumeRole(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	cfg := sim.Config()
	cfg.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: *out.Credentials.AccessKeyId, SecretAccessKey: *out.Credentials.SecretAccessKey, SessionToken: *out.Credentials.SessionToken}, nil
	})
	me, err := sts.NewFromConfig(cfg).GetCallerIdentity(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := aws.ToString(me.Arn); got != "arn:aws:sts::444455556666:assumed-role/reader/me" {
		t.Errorf("Arn = %s", got)
	}
}

// TestRoleIsNamedWithItsPath goes by
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
func TestRoleIsNamedWithItsPath(t *testing.T) {
	sim := simtest.Start(t)
	role, err := sim.Account.AddRoleAt("/team/", "reader", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"111122223333"}}]}`)
	if err != nil {
		t.Fatal(err)
	}
	client := sts.NewFromConfig(sim.Config())
	if _, err := client.AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: &role.ARN, RoleSessionName: aws.String("me")}); err != nil {
		t.Error(err)
	}
	for _, arn := range []string{"arn:aws:iam::111122223333:role/reader", "arn:aws:iam::111122223333:role/other/reader"} {
		_, err = client.AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: &arn, RoleSessionName: aws.String("me")})
		simtest.WantCode(t, err, "AccessDenied", "sts:AssumeRole on resource: "+arn)
	}
}
