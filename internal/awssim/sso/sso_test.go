package sso_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sso"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/simtest"
	simsso "github.com/hawser/hawser/internal/awssim/sso"
)

func TestSSOPortal(t *testing.T) {
	sim := simtest.Start(t)
	role, err := sim.Account.AddRole("AWSReservedSSO_Admin_0123456789abcdef",
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"*"}}]}`)
	if err != nil {
		t.Fatal(err)
	}
	session := simsso.NewSession(sim.World, "ada", time.Hour)
	session.Grant("Admin", role)
	portal := sso.New(sso.Options{Region: "us-east-1", BaseEndpoint: &sim.URL})
	in := &sso.GetRoleCredentialsInput{AccessToken: &session.AccessToken, AccountId: &sim.Account.ID, RoleName: aws.String("Admin")}
	out, err := portal.GetRoleCredentials(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	c := out.RoleCredentials
	me, err := sts.NewFromConfig(sim.ConfigFor(&awssim.Credential{
		AccessKeyID: *c.AccessKeyId, SecretAccessKey: *c.SecretAccessKey, SessionToken: *c.SessionToken,
	})).GetCallerIdentity(t.Context(), nil)
	if err != nil || !strings.HasSuffix(*me.Arn, "AWSReservedSSO_Admin_0123456789abcdef/ada") {
		t.Errorf("I am %v, %v", me, err)
	}
	if list, err := portal.ListAccounts(t.Context(), &sso.ListAccountsInput{AccessToken: &session.AccessToken}); err != nil || len(list.AccountList) != 1 {
		t.Errorf("ListAccounts: %v, %v", list, err)
	}
	in.RoleName = aws.String("Other")
	_, err = portal.GetRoleCredentials(t.Context(), in)
	simtest.WantCode(t, err, "ForbiddenException", "No access")

	sim.Clock.Advance(2 * time.Hour)
	in.RoleName, in.AccessToken = aws.String("Admin"), aws.String(session.AccessToken)
	_, err = portal.GetRoleCredentials(t.Context(), in)
	simtest.WantCode(t, err, "UnauthorizedException", "Session token not found or invalid")
	oidc := ssooidc.New(ssooidc.Options{Region: "us-east-1", BaseEndpoint: &sim.URL})
	renewed, err := oidc.CreateToken(t.Context(), &ssooidc.CreateTokenInput{
		ClientId: aws.String("c"), ClientSecret: aws.String("s"), GrantType: aws.String("refresh_token"), RefreshToken: &session.RefreshToken,
	})
	if err != nil {
		t.Fatal(err)
	}
	in.AccessToken = renewed.AccessToken
	if _, err = portal.GetRoleCredentials(t.Context(), in); err != nil {
		t.Error(err)
	}
}
