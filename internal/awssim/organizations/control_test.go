package organizations_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	sdk "github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/simtest"
)

const (
	denyUsers   = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iam:ListUsers","Resource":"*"}]}`
	onlyS3      = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`
	denyBuckets = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":["s3:ListBucket","sts:AssumeRole"],"Resource":"*"}]}`
)

// control makes a policy by a call and attaches it to targets.
func (c *company) control(kind types.PolicyType, content string, targets ...string) string {
	c.t.Helper()
	client := c.manager()
	out, err := client.CreatePolicy(c.t.Context(), &sdk.CreatePolicyInput{
		Type: kind, Name: aws.String("p" + strings.Join(targets, "")), Description: aws.String(""), Content: &content,
	})
	if err != nil {
		c.t.Fatal(err)
	}
	id := out.Policy.PolicySummary.Id
	for _, target := range targets {
		if _, err := client.AttachPolicy(c.t.Context(), &sdk.AttachPolicyInput{PolicyId: id, TargetId: &target}); err != nil {
			c.t.Fatal(err)
		}
	}
	return *id
}

// listUsers calls IAM with a key.
func (c *company) listUsers(key *awssim.Credential) error {
	_, err := iam.NewFromConfig(c.ConfigFor(key)).ListUsers(c.t.Context(), nil)
	return err
}

// TestServiceControlPolicies denies at each level in turn. The account's root user is
// limited; service-linked roles and the management account are not.
//
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
func TestServiceControlPolicies(t *testing.T) {
	c := start(t, 2)
	member, sibling := c.members[0].Account, c.members[1].Account
	trust := trustService("config.amazonaws.com")
	linked, err := member.AddRoleAt("/aws-service-role/config.amazonaws.com/", "AWSServiceRoleForConfig", trust)
	if err != nil {
		t.Fatal(err)
	}
	simtest.Grant(t, linked, "AdministratorAccess")
	admin, root, other := simtest.Admin(t, member, "ada").NewKey(), member.RootKey(), simtest.Admin(t, sibling, "bob").NewKey()
	const refusal = "with an explicit deny in a service control policy"
	for name, target := range map[string]string{"root": c.org.Root.ID, "unit": c.unit.ID, "account": member.ID} {
		t.Run(name, func(t *testing.T) {
			id := c.control(types.PolicyTypeServiceControlPolicy, denyUsers, target)
			simtest.WantCode(t, c.listUsers(admin), "AccessDenied", refusal)
			simtest.WantCode(t, c.listUsers(root), "AccessDenied", refusal)
			if err := c.listUsers(linked.NewSession("s", time.Hour)); err != nil {
				t.Errorf("a service-linked role: %v", err)
			}
			if err := c.listUsers(c.Key); err != nil {
				t.Errorf("the management account: %v", err)
			}
			if err := c.listUsers(other); (err == nil) != (name == "account") {
				t.Errorf("another account: %v", err)
			}
			if _, err := c.manager().DetachPolicy(t.Context(), &sdk.DetachPolicyInput{PolicyId: &id, TargetId: &target}); err != nil {
				t.Fatal(err)
			}
			if err := c.listUsers(admin); err != nil {
				t.Errorf("detached: %v", err)
			}
		})
	}
}

// TestEveryLevelAllows takes FullAWSAccess from one level, where a narrower policy is
// in its place: what one level does not allow is not allowed. A type that is disabled
// does not limit.
//
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
func TestEveryLevelAllows(t *testing.T) {
	c := start(t, 1)
	admin := simtest.Admin(t, c.members[0].Account, "ada").NewKey()
	c.control(types.PolicyTypeServiceControlPolicy, onlyS3, c.unit.ID)
	if err := c.listUsers(admin); err != nil {
		t.Errorf("beside FullAWSAccess: %v", err)
	}
	client := c.manager()
	if _, err := client.DetachPolicy(t.Context(), &sdk.DetachPolicyInput{PolicyId: aws.String("p-FullAWSAccess"), TargetId: &c.unit.ID}); err != nil {
		t.Fatal(err)
	}
	simtest.WantCode(t, c.listUsers(admin), "AccessDenied", "because no service control policy allows the iam:ListUsers action")
	if _, err := simtest.S3Client(c.ConfigFor(admin)).ListBuckets(t.Context(), nil); err != nil {
		t.Errorf("what the level allows: %v", err)
	}
	if _, err := client.DisablePolicyType(t.Context(), &sdk.DisablePolicyTypeInput{RootId: &c.org.Root.ID, PolicyType: types.PolicyTypeServiceControlPolicy}); err != nil {
		t.Fatal(err)
	}
	if err := c.listUsers(admin); err != nil {
		t.Errorf("with the type disabled: %v", err)
	}
}

// TestResourceControlPolicies limit the resources of members, whoever calls, and not
// those of the management account, services that do not have them or service-linked
// roles.
//
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
func TestResourceControlPolicies(t *testing.T) {
	c := start(t, 1)
	member := c.members[0].Account
	admin := simtest.Admin(t, member, "ada").NewKey()
	linked, err := member.AddRoleAt("/aws-service-role/config.amazonaws.com/", "AWSServiceRoleForConfig", trustService("config.amazonaws.com"))
	if err != nil {
		t.Fatal(err)
	}
	simtest.Grant(t, linked, "AdministratorAccess")
	door, err := member.AddRole("Door", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"`+simtest.Account+`"}}]}`)
	if err != nil {
		t.Fatal(err)
	}
	for bucket, key := range map[string]*awssim.Credential{"members-bucket": admin, "managers-bucket": c.Key} {
		if _, err := simtest.S3Client(c.ConfigFor(key)).CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &bucket}); err != nil {
			t.Fatal(err)
		}
	}
	list := func(key *awssim.Credential, bucket string) error {
		_, err := simtest.S3Client(c.ConfigFor(key)).ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: &bucket})
		return err
	}
	assume := func() error {
		_, err := sts.NewFromConfig(c.Config()).AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: &door.ARN, RoleSessionName: aws.String("me")})
		return err
	}
	if err := assume(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.manager().EnablePolicyType(t.Context(), &sdk.EnablePolicyTypeInput{RootId: &c.org.Root.ID, PolicyType: types.PolicyTypeResourceControlPolicy}); err != nil {
		t.Fatal(err)
	}
	c.control(types.PolicyTypeResourceControlPolicy, denyBuckets, c.org.Root.ID)
	simtest.WantCode(t, list(admin, "members-bucket"), "AccessDenied", "with an explicit deny in a resource control policy")
	simtest.WantCode(t, assume(), "AccessDenied", "sts:AssumeRole")
	if err := list(c.Key, "managers-bucket"); err != nil {
		t.Errorf("a resource of the management account: %v", err)
	}
	if err := list(linked.NewSession("s", time.Hour), "members-bucket"); err != nil {
		t.Errorf("a service-linked role: %v", err)
	}
	if err := c.listUsers(admin); err != nil {
		t.Errorf("another service: %v", err)
	}
}

// TestOrganizationKeys asks for the condition keys of the caller's and the resource's
// organization.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgid
func TestOrganizationKeys(t *testing.T) {
	c := start(t, 1)
	path := c.org.ID + "/" + c.org.Root.ID + "/" + c.unit.ID + "/"
	user := c.members[0].Account.AddUser("ada")
	key := user.NewKey()
	for _, tt := range []struct {
		condition string
		allowed   bool
	}{
		{`{"StringEquals":{"aws:PrincipalOrgID":"` + c.org.ID + `","aws:ResourceOrgID":"` + c.org.ID + `"}}`, true},
		{`{"StringEquals":{"aws:PrincipalOrgID":"o-another"}}`, false},
		{`{"ForAnyValue:StringEquals":{"aws:PrincipalOrgPaths":"` + path + `","aws:ResourceOrgPaths":"` + path + `"}}`, true},
		{`{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"` + c.org.ID + `/` + c.org.Root.ID + `/*"}}`, true},
		{`{"StringEquals":{"aws:ResourceAccount":"` + c.members[0].ID + `"}}`, true},
	} {
		if err := user.PutPolicy("p", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*","Condition":`+tt.condition+`}]}`); err != nil {
			t.Fatal(err)
		}
		if err := c.listUsers(key); (err == nil) != tt.allowed {
			t.Errorf("%s: %v", tt.condition, err)
		}
	}
	outsider := c.AddAccount("999988887777", "outside").AddUser("eve")
	if err := outsider.PutPolicy("p", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*","Condition":{"Null":{"aws:PrincipalOrgID":"true"}}}]}`); err != nil {
		t.Fatal(err)
	}
	if err := c.listUsers(outsider.NewKey()); err != nil {
		t.Errorf("an account in no organization has the key: %v", err)
	}
}

func trustService(name string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"` + name + `"}}]}`
}

// TestResourceControlOfWebIdentities keeps those out whom a role's trust policy lets in
// with a token of an identity provider.
//
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_examples.html
func TestResourceControlOfWebIdentities(t *testing.T) {
	c := start(t, 1)
	member := c.members[0].Account
	issuer := c.AddIssuer("https://tokens.example.com")
	provider := member.AddOIDCProvider(issuer, "sts.amazonaws.com")
	role, err := member.AddRole("web", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"`+provider+`"},"Action":"sts:AssumeRoleWithWebIdentity",
		"Condition":{"StringLike":{"tokens.example.com:sub":"*"}}}]}`)
	if err != nil {
		t.Fatal(err)
	}
	assume := func(subject string) error {
		token, err := issuer.Token(map[string]any{"sub": subject, "aud": "sts.amazonaws.com", "exp": time.Now().Add(time.Hour).Unix()})
		if err != nil {
			t.Fatal(err)
		}
		_, err = sts.NewFromConfig(c.Config()).AssumeRoleWithWebIdentity(t.Context(), &sts.AssumeRoleWithWebIdentityInput{
			RoleArn: &role.ARN, RoleSessionName: aws.String("me"), WebIdentityToken: &token,
		})
		return err
	}
	if _, err := c.manager().EnablePolicyType(t.Context(), &sdk.EnablePolicyTypeInput{RootId: &c.org.Root.ID, PolicyType: types.PolicyTypeResourceControlPolicy}); err != nil {
		t.Fatal(err)
	}
	c.control(types.PolicyTypeResourceControlPolicy, `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRoleWithWebIdentity","Resource":"*",
		"Condition":{"StringNotLike":{"tokens.example.com:sub":"repo:ours/*"}}}]}`, c.unit.ID)
	if err := assume("repo:ours/app"); err != nil {
		t.Errorf("ours: %v", err)
	}
	simtest.WantCode(t, assume("repo:theirs/app"), "AccessDenied", "sts:AssumeRoleWithWebIdentity")
}
