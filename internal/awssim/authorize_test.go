package awssim_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/simtest"
)

const readsOnly = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`

// TestTrustAndIdentityPolicies has a user with policies of its own assume roles: a
// trust policy that names the user is enough in its account, one that names the account
// leaves it to the user's policies, and another account wants both.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
func TestTrustAndIdentityPolicies(t *testing.T) {
	sim := simtest.Start(t)
	user := sim.Account.AddUser("eve")
	other := sim.AddAccount("444455556666", "other")
	trust := func(principal string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"` + principal + `"}}]}`
	}
	mustRole(t, sim.Account, "named", trust(user.ARN))
	mustRole(t, sim.Account, "account", trust("111122223333"))
	mustRole(t, other, "elsewhere", trust(user.ARN))
	client := sts.NewFromConfig(sim.ConfigFor(user.NewKey()))
	assume := func(arn string) error {
		_, err := client.AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: &arn, RoleSessionName: aws.String("me")})
		return err
	}
	put := func(document string) {
		if err := user.PutPolicy("own", document); err != nil {
			t.Fatal(err)
		}
	}
	const mine, theirs = "arn:aws:iam::111122223333:role/", "arn:aws:iam::444455556666:role/"
	put(readsOnly)
	if err := assume(mine + "named"); err != nil {
		t.Errorf("the user is named: %v", err)
	}
	simtest.WantCode(t, assume(mine+"account"), "AccessDenied", "is not authorized to perform: sts:AssumeRole")
	simtest.WantCode(t, assume(theirs+"elsewhere"), "AccessDenied", "is not authorized to perform: sts:AssumeRole")
	put(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}]}`)
	for _, arn := range []string{mine + "named", mine + "account", theirs + "elsewhere"} {
		if err := assume(arn); err != nil {
			t.Errorf("%s with both sides: %v", arn, err)
		}
	}
	put(`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"sts:*","Resource":"*"}]}`)
	simtest.WantCode(t, assume(mine+"named"), "AccessDenied", "is not authorized to perform: sts:AssumeRole")
	if _, err := client.GetSessionToken(t.Context(), nil); err != nil {
		t.Errorf("GetSessionToken needs no permission: %v", err)
	}
}

// TestKeysOfSessions looks for the keys by which policies tell sessions: a session of a
// role has no key of multi-factor authentication, but the tags of its role; one of
// GetSessionToken calls IAM only with it.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
func TestKeysOfSessions(t *testing.T) {
	sim := simtest.Start(t)
	sim.Account.AddUser("admin").AddMFA()
	sim.Account.AddUser("eve").AddMFA()
	role := mustRole(t, sim.Account, "tagged", trustAnyone)
	role.Tags = map[string]string{"team": "red"}
	if err := role.PutPolicy("p", `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"red"},"Null":{"aws:MultiFactorAuthPresent":"true"}}}]}`); err != nil {
		t.Fatal(err)
	}
	list := func(cfg aws.Config) error {
		_, err := iam.NewFromConfig(cfg).ListUsers(t.Context(), nil)
		return err
	}
	if err := list(sim.ConfigFor(role.NewSession("s", time.Hour))); err != nil {
		t.Errorf("a session of the role: %v", err)
	}
	out, err := sts.NewFromConfig(sim.Config()).AssumeRole(t.Context(), &sts.AssumeRoleInput{
		RoleArn: &role.ARN, RoleSessionName: aws.String("me"), SerialNumber: aws.String("arn:aws:iam::111122223333:mfa/admin"), TokenCode: aws.String("123456"),
	})
	if err != nil {
		t.Fatal(err)
	}
	cfg := sim.Config()
	cfg.Credentials = asProvider(out.Credentials)
	if err := list(cfg); err != nil {
		t.Errorf("a session that was begun with MFA: %v", err)
	}

	user := sim.Account.AddUser("eve")
	if err := user.PutPolicy("all", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`); err != nil {
		t.Fatal(err)
	}
	own := sim.ConfigFor(user.NewKey())
	token := func(in *sts.GetSessionTokenInput) aws.Config {
		out, err := sts.NewFromConfig(own).GetSessionToken(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		cfg := sim.Config()
		cfg.Credentials = asProvider(out.Credentials)
		return cfg
	}
	simtest.WantCode(t, list(token(nil)), "InvalidClientTokenId", "")
	if err := list(token(&sts.GetSessionTokenInput{SerialNumber: aws.String("arn:aws:iam::111122223333:mfa/eve"), TokenCode: aws.String("123456")})); err != nil {
		t.Errorf("a session of the user with MFA: %v", err)
	}
}

// TestNoPolicyAllowsNothing has principals without any policy call, and takes from a
// user the last policy: only policies allow, and the root user needs none.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
func TestNoPolicyAllowsNothing(t *testing.T) {
	sim := simtest.Start(t)
	user, role := sim.Account.AddUser("eve"), mustRole(t, sim.Account, "bare", trustAnyone)
	list := func(key *awssim.Credential) error {
		_, err := iam.NewFromConfig(sim.ConfigFor(key)).ListUsers(t.Context(), nil)
		return err
	}
	const refusal = "because no identity-based policy allows the iam:ListUsers action"
	simtest.WantCode(t, list(user.NewKey()), "AccessDenied", refusal)
	simtest.WantCode(t, list(role.NewSession("s", time.Hour)), "AccessDenied", refusal)
	if err := list(sim.Account.RootKey()); err != nil {
		t.Errorf("the root user: %v", err)
	}
	client := sts.NewFromConfig(sim.ConfigFor(user.NewKey()))
	if _, err := client.GetCallerIdentity(t.Context(), nil); err != nil {
		t.Error(err)
	}
	if _, err := client.GetSessionToken(t.Context(), nil); err != nil {
		t.Error(err)
	}

	admin, key := iam.NewFromConfig(sim.Config()), user.NewKey()
	policy := &iam.AttachUserPolicyInput{UserName: &user.Name, PolicyArn: aws.String("arn:aws:iam::aws:policy/AdministratorAccess")}
	if _, err := admin.AttachUserPolicy(t.Context(), policy); err != nil {
		t.Fatal(err)
	}
	if err := list(key); err != nil {
		t.Errorf("an administrator: %v", err)
	}
	if _, err := admin.DetachUserPolicy(t.Context(), &iam.DetachUserPolicyInput{UserName: policy.UserName, PolicyArn: policy.PolicyArn}); err != nil {
		t.Fatal(err)
	}
	simtest.WantCode(t, list(key), "AccessDenied", refusal)
}

// TestTrustAlone has a user without policies assume roles: a trust policy that names
// the user is enough in its account, but not in another, and one that names the
// account is not.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
func TestTrustAlone(t *testing.T) {
	sim := simtest.Start(t)
	user := sim.Account.AddUser("eve")
	trust := func(principal string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"` + principal + `"}}]}`
	}
	named := mustRole(t, sim.Account, "named", trust(user.ARN))
	byAccount := mustRole(t, sim.Account, "account", trust(simtest.Account))
	elsewhere := mustRole(t, sim.AddAccount("444455556666", "other"), "elsewhere", trust(user.ARN))
	client := sts.NewFromConfig(sim.ConfigFor(user.NewKey()))
	assume := func(role *awssim.Role) error {
		_, err := client.AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: &role.ARN, RoleSessionName: aws.String("me")})
		return err
	}
	if err := assume(named); err != nil {
		t.Errorf("the user is named: %v", err)
	}
	simtest.WantCode(t, assume(byAccount), "AccessDenied", "is not authorized to perform: sts:AssumeRole")
	simtest.WantCode(t, assume(elsewhere), "AccessDenied", "is not authorized to perform: sts:AssumeRole")
}
