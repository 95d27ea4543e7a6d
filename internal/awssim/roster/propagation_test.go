package roster_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/simtest"
)

// TestPropagation makes a key and a role, which IAM knows at once and others do not.
func TestPropagation(t *testing.T) {
	sim := simtest.Start(t, awssim.Options{Propagation: 10 * time.Second})
	cfg := sim.Config()
	client := iam.NewFromConfig(cfg)
	made, err := client.CreateAccessKey(t.Context(), &iam.CreateAccessKeyInput{UserName: aws.String("admin")})
	if err != nil {
		t.Fatal(err)
	}
	role, err := client.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("new"), AssumeRolePolicyDocument: aws.String(
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"` + simtest.Account + `"},"Action":"sts:AssumeRole"}}`)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("new")}); err != nil {
		t.Error(err)
	}
	fresh := cfg.Copy()
	fresh.Credentials = credentials.NewStaticCredentialsProvider(*made.AccessKey.AccessKeyId, *made.AccessKey.SecretAccessKey, "")
	who := func() error {
		_, err := sts.NewFromConfig(fresh).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
		return err
	}
	assume := func() error {
		_, err := sts.NewFromConfig(cfg).AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: role.Role.Arn, RoleSessionName: aws.String("me")})
		return err
	}
	simtest.WantCode(t, who(), "InvalidClientTokenId", "")
	simtest.WantCode(t, assume(), "AccessDenied", "")
	sim.Clock.Advance(11 * time.Second)
	if err := who(); err != nil {
		t.Error(err)
	}
	if err := assume(); err != nil {
		t.Error(err)
	}
}

// TestSkew gives the simulator a clock of its own.
func TestSkew(t *testing.T) {
	sim := simtest.Start(t, awssim.Options{Skew: time.Hour})
	if skew := time.Until(sim.Clock.Wall()); skew < 59*time.Minute {
		t.Errorf("the clock is %v ahead", skew)
	}
}
