package awssim_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/hawser/hawser/internal/awssim/organizations"
	"github.com/hawser/hawser/internal/awssim/simtest"
)

func with(sim *simtest.Sim, c *ststypes.Credentials) aws.Config {
	cfg := sim.Config()
	cfg.Credentials = asProvider(c)
	return cfg
}

func TestFederationToken(t *testing.T) {
	sim := simtest.Start(t)
	client := sts.NewFromConfig(sim.Config())
	out, err := client.GetFederationToken(t.Context(), &sts.GetFederationTokenInput{
		Name: aws.String("bob"), Policy: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"}]}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	size := *out.PackedPolicySize //nolint:staticcheck // SA1019: what most clients read
	if *out.FederatedUser.Arn != "arn:aws:sts::"+simtest.Account+":federated-user/bob" || *out.FederatedUser.FederatedUserId != simtest.Account+":bob" || size == 0 {
		t.Errorf("federated user %+v, size %d", out.FederatedUser, size)
	}
	cfg := with(sim, out.Credentials)
	if me, err := sts.NewFromConfig(cfg).GetCallerIdentity(t.Context(), nil); err != nil || *me.Arn != *out.FederatedUser.Arn {
		t.Errorf("I am %v, %v", me, err)
	}
	if _, err := simtest.S3Client(cfg).ListBuckets(t.Context(), nil); err != nil {
		t.Errorf("what the policy allows: %v", err)
	}
	_, err = simtest.S3Client(cfg).CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("some-bucket")})
	simtest.WantCode(t, err, "AccessDenied", "session policy")
	_, err = iam.NewFromConfig(cfg).ListUsers(t.Context(), nil)
	simtest.WantCode(t, err, "InvalidClientTokenId", "")
	_, err = sts.NewFromConfig(cfg).GetSessionToken(t.Context(), nil)
	simtest.WantCode(t, err, "AccessDenied", "")
	session, err := client.GetSessionToken(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = sts.NewFromConfig(with(sim, session.Credentials)).GetFederationToken(t.Context(), &sts.GetFederationTokenInput{Name: aws.String("bob")})
	simtest.WantCode(t, err, "AccessDenied", "Cannot call GetFederationToken with session credentials")

	managed, err := client.GetFederationToken(t.Context(), &sts.GetFederationTokenInput{
		Name: aws.String("bob"), PolicyArns: []ststypes.PolicyDescriptorType{{Arn: aws.String("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := simtest.S3Client(with(sim, managed.Credentials)).ListBuckets(t.Context(), nil); err != nil {
		t.Errorf("what the managed policy allows: %v", err)
	}
	none, err := client.GetFederationToken(t.Context(), &sts.GetFederationTokenInput{Name: aws.String("bob")})
	if err != nil {
		t.Fatal(err)
	}
	_, err = simtest.S3Client(with(sim, none.Credentials)).ListBuckets(t.Context(), nil)
	simtest.WantCode(t, err, "AccessDenied", "")
	_, err = client.GetFederationToken(t.Context(), &sts.GetFederationTokenInput{Name: aws.String("b")})
	simtest.WantCode(t, err, "ValidationError", "name")
}

// TestUserTagsOfFederatedUsers wants the tags of the user, of which those of the session may
// replace some.
func TestUserTagsOfFederatedUsers(t *testing.T) {
	sim := simtest.Start(t)
	if _, err := iam.NewFromConfig(sim.Config()).TagUser(t.Context(), &iam.TagUserInput{UserName: aws.String("admin"), Tags: []iamtypes.Tag{
		{Key: aws.String("Team"), Value: aws.String("shop")}, {Key: aws.String("cost"), Value: aws.String("1")},
	}}); err != nil {
		t.Fatal(err)
	}
	for condition, want := range map[string]bool{
		`{"aws:PrincipalTag/cost":"1","aws:PrincipalTag/team":"data"}`: true,
		`{"aws:PrincipalTag/team":"shop"}`:                             false,
	} {
		out, err := sts.NewFromConfig(sim.Config()).GetFederationToken(t.Context(), &sts.GetFederationTokenInput{
			Name: aws.String("bob"), Tags: []ststypes.Tag{{Key: aws.String("team"), Value: aws.String("data")}},
			Policy: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":` + condition + `}}]}`),
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := simtest.S3Client(with(sim, out.Credentials)).ListBuckets(t.Context(), nil); (err == nil) != want {
			t.Errorf("with %s: %v, want allowed %v", condition, err, want)
		}
	}
}

func TestAssumeRoot(t *testing.T) {
	sim := simtest.Start(t)
	o, err := organizations.New(sim.World, sim.Account, "root@example.com", 1)
	if err != nil {
		t.Fatal(err)
	}
	member := sim.AddAccount("444455556666", "member")
	if _, err := o.Root.AddAccount(member, "member@example.com"); err != nil {
		t.Fatal(err)
	}
	client := sts.NewFromConfig(sim.Config())
	in := &sts.AssumeRootInput{
		TargetPrincipal: aws.String("444455556666"),
		TaskPolicyArn:   &ststypes.PolicyDescriptorType{Arn: aws.String("arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy")},
	}
	_, err = client.AssumeRoot(t.Context(), in)
	simtest.WantCode(t, err, "AccessDenied", "sts:AssumeRoot on resource: arn:aws:iam::444455556666:root")
	o.Trust("iam.amazonaws.com")
	out, err := client.AssumeRoot(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	cfg := with(sim, out.Credentials)
	if me, err := sts.NewFromConfig(cfg).GetCallerIdentity(t.Context(), nil); err != nil || *me.Arn != "arn:aws:iam::444455556666:root" {
		t.Errorf("I am %v, %v", me, err)
	}
	if _, err := simtest.S3Client(cfg).ListBuckets(t.Context(), nil); err != nil {
		t.Errorf("the task: %v", err)
	}
	_, err = iam.NewFromConfig(cfg).ListUsers(t.Context(), nil)
	simtest.WantCode(t, err, "AccessDenied", "iam:ListUsers")
	in.TaskPolicyArn.Arn = aws.String("arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials")
	audit, err := client.AssumeRoot(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := iam.NewFromConfig(with(sim, audit.Credentials)).GetAccountSummary(t.Context(), nil); err != nil {
		t.Errorf("the audit: %v", err)
	}
	if _, err := iam.NewFromConfig(with(sim, audit.Credentials)).ListAccessKeys(t.Context(), nil); err != nil {
		t.Errorf("the audit of keys: %v", err)
	}
	_, err = simtest.S3Client(with(sim, audit.Credentials)).ListBuckets(t.Context(), nil)
	simtest.WantCode(t, err, "AccessDenied", "explicit deny in a session policy")
	in.TaskPolicyArn.Arn = aws.String("arn:aws:iam::aws:policy/AdministratorAccess")
	_, err = client.AssumeRoot(t.Context(), in)
	simtest.WantCode(t, err, "ValidationError", "")
	in.TaskPolicyArn.Arn, in.DurationSeconds = aws.String("arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy"), aws.Int32(901)
	_, err = client.AssumeRoot(t.Context(), in)
	simtest.WantCode(t, err, "ValidationError", "durationSeconds")
}

func TestAssumeRoleWithSAML(t *testing.T) {
	sim := simtest.Start(t)
	idp, stranger := simtest.NewIdentityProvider(t), simtest.NewIdentityProvider(t)
	provider, err := iam.NewFromConfig(sim.Config()).CreateSAMLProvider(t.Context(), &iam.CreateSAMLProviderInput{Name: aws.String("corp"), SAMLMetadataDocument: &idp.Metadata})
	if err != nil {
		t.Fatal(err)
	}
	role := mustRole(t, sim.Account, "Staff", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sts:AssumeRoleWithSAML","sts:TagSession"],
		"Principal":{"Federated":"`+*provider.SAMLProviderArn+`"},
		"Condition":{"StringEquals":{"SAML:aud":"https://signin.aws.amazon.com/saml","SAML:sub_type":"persistent","SAML:doc":"`+simtest.Account+`/corp"}}}]}`)
	other := mustRole(t, sim.Account, "Other", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRoleWithSAML",
		"Principal":{"Federated":"`+*provider.SAMLProviderArn+`"},"Condition":{"StringEquals":{"SAML:iss":"https://elsewhere.example.com"}}}]}`)
	says := func(role string) map[string]string {
		return map[string]string{"Role": role + "," + *provider.SAMLProviderArn, "RoleSessionName": "ada@example.com", "PrincipalTag:team": "shop"}
	}
	reserved := says(role.ARN)
	reserved["PrincipalTag:AWS:team"] = "shop"
	soon := time.Now().Add(5 * time.Minute)
	good := idp.Respond(t, simtest.IdentityProviderID, soon, says(role.ARN))
	decoded, _ := base64.StdEncoding.DecodeString(good)
	forged := base64.StdEncoding.EncodeToString([]byte(strings.Replace(string(decoded), "ada@example.com", "eve@example.com", 1)))
	cfg := sim.Config()
	cfg.Credentials = aws.AnonymousCredentials{}
	client := sts.NewFromConfig(cfg)
	for _, tt := range []struct {
		name, role, response, code, text string
	}{
		{"good", role.ARN, good, "", ""},
		{"forged", role.ARN, forged, "InvalidIdentityToken", "Response signature invalid"},
		{"by a stranger", role.ARN, stranger.Respond(t, simtest.IdentityProviderID, soon, says(role.ARN)), "InvalidIdentityToken", "Response signature invalid"},
		{"of another issuer", role.ARN, idp.Respond(t, "https://other.example.com", soon, says(role.ARN)), "InvalidIdentityToken", "Issuer not present in specified provider"},
		{"late", role.ARN, idp.Respond(t, simtest.IdentityProviderID, time.Now().Add(-time.Minute), says(role.ARN)), "ExpiredTokenException", "within 5 minutes"},
		{"not base64", role.ARN, "<xml/>", "InvalidIdentityToken", "Invalid base64"},
		{"for another role", other.ARN, good, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithSAML"},
		{"not trusted", other.ARN, idp.Respond(t, simtest.IdentityProviderID, soon, says(other.ARN)), "AccessDenied", "Not authorized"},
		{"without a session name", role.ARN, idp.Respond(t, simtest.IdentityProviderID, soon, map[string]string{"Role": role.ARN + "," + *provider.SAMLProviderArn}), "InvalidIdentityToken", "RoleSessionName is required"},
		{"with a reserved tag", role.ARN, idp.Respond(t, simtest.IdentityProviderID, soon, reserved), "InvalidIdentityToken", "begin with aws: are reserved"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, err := client.AssumeRoleWithSAML(t.Context(), &sts.AssumeRoleWithSAMLInput{RoleArn: &tt.role, PrincipalArn: provider.SAMLProviderArn, SAMLAssertion: &tt.response})
			if tt.code != "" {
				simtest.WantCode(t, err, tt.code, tt.text)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			me, err := whoAmI(t, sim, asProvider(out.Credentials))
			if err != nil || me != "arn:aws:sts::"+simtest.Account+":assumed-role/Staff/ada@example.com" || *out.Subject != "ada" || *out.SubjectType != "persistent" || *out.Issuer != simtest.IdentityProviderID {
				t.Errorf("I am %s, %v: %+v", me, err, out)
			}
		})
	}
}
