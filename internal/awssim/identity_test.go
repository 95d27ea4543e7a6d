package awssim_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/ec2rolecreds"
	"github.com/aws/aws-sdk-go-v2/credentials/endpointcreds"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/hawser/hawser/internal/awssim"
	simsecretsmanager "github.com/hawser/hawser/internal/awssim/secretsmanager"
	"github.com/hawser/hawser/internal/awssim/simtest"
)

const trustAnyone = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"],"Principal":{"AWS":"*"}}]}`

func mustRole(t *testing.T, a *awssim.Account, name, trust string) *awssim.Role {
	t.Helper()
	r, err := a.AddRole(name, trust)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// whoAmI asks GetCallerIdentity with a provider's credentials.
func whoAmI(t *testing.T, sim *simtest.Sim, p aws.CredentialsProvider) (string, error) {
	t.Helper()
	cfg := sim.Config()
	cfg.Credentials = p
	out, err := sts.NewFromConfig(cfg).GetCallerIdentity(t.Context(), nil)
	if err != nil {
		return "", err
	}
	return aws.ToString(out.Arn), nil
}

func asProvider(c *ststypes.Credentials) aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: *c.AccessKeyId, SecretAccessKey: *c.SecretAccessKey, SessionToken: *c.SessionToken}, nil
	})
}

func TestTrustConditions(t *testing.T) {
	statement := func(principal, condition string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:*","Principal":` + principal + `,"Condition":` + condition + `}]}`
	}
	tests := []struct {
		name, trust string
		change      func(*sts.AssumeRoleInput)
		allowed     bool
	}{
		{"anyone", trustAnyone, nil, true},
		{"own root", statement(`{"AWS":"arn:aws:iam::111122223333:root"}`, `{}`), nil, true},
		{"the user", statement(`{"AWS":"arn:aws:iam::111122223333:user/admin"}`, `{}`), nil, true},
		{"another user", statement(`{"AWS":"arn:aws:iam::111122223333:user/eve"}`, `{}`), nil, false},
		{"a service", statement(`{"Service":"ec2.amazonaws.com"}`, `{}`), nil, false},
		{"session name wrong", statement(`"*"`, `{"StringEquals":{"sts:RoleSessionName":"other"}}`), nil, false},
		{"session name right", statement(`"*"`, `{"StringLike":{"sts:RoleSessionName":"m?"}}`), nil, true},
		{"principal tag", statement(`"*"`, `{"StringEquals":{"aws:PrincipalTag/team":"x"}}`), nil, false},
		{"source identity missing", statement(`"*"`, `{"StringEquals":{"sts:SourceIdentity":"ada"}}`), nil, false},
		{"source identity", statement(`"*"`, `{"StringEquals":{"sts:SourceIdentity":"ada"}}`), func(in *sts.AssumeRoleInput) {
			in.SourceIdentity = aws.String("ada")
		}, true},
		{"tags without TagSession", strings.Replace(statement(`"*"`, `{}`), "sts:*", "sts:AssumeRole", 1), func(in *sts.AssumeRoleInput) {
			in.Tags = []ststypes.Tag{{Key: aws.String("a"), Value: aws.String("b")}}
		}, false},
		{"MFA missing", statement(`"*"`, `{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`), nil, false},
		{"MFA", statement(`"*"`, `{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`), func(in *sts.AssumeRoleInput) {
			in.SerialNumber, in.TokenCode = aws.String("arn:aws:iam::111122223333:mfa/admin"), aws.String("123456")
		}, true},
	}
	sim := simtest.Start(t)
	sim.Account.AddUser("admin").AddMFA()
	client := sts.NewFromConfig(sim.Config())
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			role := mustRole(t, sim.Account, "r", tt.trust)
			in := &sts.AssumeRoleInput{RoleArn: &role.ARN, RoleSessionName: aws.String("me")}
			if tt.change != nil {
				tt.change(in)
			}
			_, err := client.AssumeRole(t.Context(), in)
			switch {
			case tt.allowed && err != nil:
				t.Error(err)
			case !tt.allowed:
				action := "sts:AssumeRole"
				if in.Tags != nil {
					action = "sts:TagSession"
				}
				simtest.WantCode(t, err, "AccessDenied", "not authorized to perform: "+action+" on resource")
			}
		})
	}
}

// TestSessions follows a session through a chain: its end, its length, its
// source identity and its policy.
func TestSessions(t *testing.T) {
	sim := simtest.Start(t)
	role := mustRole(t, sim.Account, "r", trustAnyone)
	simtest.Grant(t, role, "AdministratorAccess")
	role.MaxSession = 4 * time.Hour
	in := &sts.AssumeRoleInput{
		RoleArn: &role.ARN, RoleSessionName: aws.String("me"), SourceIdentity: aws.String("ada"), DurationSeconds: aws.Int32(4 * 3600),
		Policy: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:*","Resource":"*"}]}`),
	}
	first, err := sts.NewFromConfig(sim.Config()).AssumeRole(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	cfg := sim.Config()
	cfg.Credentials = asProvider(first.Credentials)
	chained := sts.NewFromConfig(cfg)
	_, err = chained.AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: &role.ARN, RoleSessionName: aws.String("me"), DurationSeconds: aws.Int32(7200)})
	simtest.WantCode(t, err, "ValidationError", "1 hour session limit")
	second, err := chained.AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: &role.ARN, RoleSessionName: aws.String("me")})
	if err != nil {
		t.Fatal(err)
	}
	if aws.ToString(second.SourceIdentity) != "ada" {
		t.Errorf("the chained session's source identity is %v", second.SourceIdentity)
	}
	_, err = secretsmanager.NewFromConfig(cfg).GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: aws.String("s")})
	simtest.WantCode(t, err, "AccessDeniedException", "because no session policy allows the secretsmanager:GetSecretValue action")

	sim.Clock.Advance(90 * time.Minute)
	if _, err := whoAmI(t, sim, asProvider(first.Credentials)); err != nil {
		t.Errorf("the session of four hours ended early: %v", err)
	}
	_, err = whoAmI(t, sim, asProvider(second.Credentials))
	simtest.WantCode(t, err, "ExpiredToken", "expired")
}

func TestGetSessionToken(t *testing.T) {
	sim := simtest.Start(t)
	serial := sim.Account.AddUser("admin").AddMFA().Serial
	client := sts.NewFromConfig(sim.Config())
	_, err := client.GetSessionToken(t.Context(), &sts.GetSessionTokenInput{SerialNumber: &serial, TokenCode: aws.String("12345x")})
	simtest.WantCode(t, err, "ValidationError", `pattern: [\d]*`)
	out, err := client.GetSessionToken(t.Context(), &sts.GetSessionTokenInput{SerialNumber: &serial, TokenCode: aws.String("123456")})
	if err != nil {
		t.Fatal(err)
	}
	if me, err := whoAmI(t, sim, asProvider(out.Credentials)); me != "arn:aws:iam::111122223333:user/admin" {
		t.Errorf("I am %s, %v", me, err)
	}
	role := mustRole(t, sim.Account, "mfa", strings.Replace(trustAnyone, `"Principal"`, `"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}},"Principal"`, 1))
	cfg := sim.Config()
	cfg.Credentials = asProvider(out.Credentials)
	if _, err := sts.NewFromConfig(cfg).AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: &role.ARN, RoleSessionName: aws.String("me")}); err != nil {
		t.Error(err)
	}
	_, err = sts.NewFromConfig(cfg).GetSessionToken(t.Context(), nil)
	simtest.WantCode(t, err, "AccessDenied", "session credentials")
}

func TestWebIdentity(t *testing.T) {
	sim := simtest.Start(t)
	issuer := sim.AddIssuer("https://oidc.eks.us-east-1.amazonaws.com/id/ABC")
	provider := sim.Account.AddOIDCProvider(issuer, "sts.amazonaws.com")
	role := mustRole(t, sim.Account, "irsa", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity",
		"Principal":{"Federated":"`+provider+`"},"Condition":{"StringEquals":{
		"oidc.eks.us-east-1.amazonaws.com/id/ABC:sub":"system:serviceaccount:default:app","oidc.eks.us-east-1.amazonaws.com/id/ABC:aud":"sts.amazonaws.com"}}}]}`)
	soon := float64(time.Now().Add(time.Hour).Unix())
	tests := []struct {
		name       string
		claims     map[string]any
		spoil      bool
		code, text string
	}{
		{"right", map[string]any{"sub": "system:serviceaccount:default:app", "aud": []string{"sts.amazonaws.com"}, "exp": soon}, false, "", ""},
		{"wrong subject", map[string]any{"sub": "system:serviceaccount:default:eve", "aud": "sts.amazonaws.com", "exp": soon}, false, "AccessDenied", "sts:AssumeRoleWithWebIdentity"},
		{"wrong audience", map[string]any{"sub": "system:serviceaccount:default:app", "aud": "x", "exp": soon}, false, "InvalidIdentityToken", "audience"},
		{"ended", map[string]any{"sub": "system:serviceaccount:default:app", "aud": "sts.amazonaws.com", "exp": 1}, false, "ExpiredTokenException", "Token expired"},
		{"not signed by it", map[string]any{"sub": "system:serviceaccount:default:app", "aud": "sts.amazonaws.com", "exp": soon}, true, "InvalidIdentityToken", "signature"},
	}
	cfg := sim.Config()
	cfg.Credentials = aws.AnonymousCredentials{}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			token, err := issuer.Token(tt.claims)
			if err != nil {
				t.Fatal(err)
			}
			if tt.spoil {
				at, other := strings.LastIndex(token, ".")+5, "A" // still base64
				if token[at] == 'A' {
					other = "B"
				}
				token = token[:at] + other + token[at+1:]
			}
			out, err := sts.NewFromConfig(cfg).AssumeRoleWithWebIdentity(t.Context(), &sts.AssumeRoleWithWebIdentityInput{
				RoleArn: &role.ARN, RoleSessionName: aws.String("pod"), WebIdentityToken: &token,
			})
			if tt.code != "" {
				simtest.WantCode(t, err, tt.code, tt.text)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if me, err := whoAmI(t, sim, asProvider(out.Credentials)); !strings.HasSuffix(me, "assumed-role/irsa/pod") {
				t.Errorf("I am %s, %v", me, err)
			}
		})
	}
}

func TestEndpoints(t *testing.T) {
	sim := simtest.Start(t)
	role := mustRole(t, sim.Account, "node", trustAnyone)

	metadata := httptest.NewServer(sim.InstanceMetadata(role, "eu-west-1", "i-0abc"))
	defer metadata.Close()
	client := imds.New(imds.Options{Endpoint: metadata.URL, EnableFallback: aws.FalseTernary})
	me, err := whoAmI(t, sim, ec2rolecreds.New(func(o *ec2rolecreds.Options) { o.Client = client }))
	if me != "arn:aws:sts::111122223333:assumed-role/node/i-0abc" {
		t.Errorf("IMDS: I am %q, %v", me, err)
	}
	if out, err := client.GetRegion(t.Context(), nil); err != nil || out.Region != "eu-west-1" {
		t.Errorf("IMDS region: %v, %v", out, err)
	}
	if resp, err := http.Get(metadata.URL + "/latest/meta-data/instance-id"); err != nil || resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("IMDSv1 is answered: %v, %v", resp, err)
	}

	container := httptest.NewServer(simtest.ContainerCredentials(role, "hush"))
	defer container.Close()
	for token, want := range map[string]string{"hush": "assumed-role/node/container", "wrong": ""} {
		me, err := whoAmI(t, sim, endpointcreds.New(container.URL, func(o *endpointcreds.Options) { o.AuthorizationToken = token }))
		if want == "" && err == nil || !strings.HasSuffix(me, want) {
			t.Errorf("container with token %s: I am %q, %v", token, me, err)
		}
	}
}

// TestDenials has identity policies refuse, in AWS's words.
func TestDenials(t *testing.T) {
	sim := simtest.Start(t)
	user := sim.Account.AddUser("eve")
	key := user.NewKey()
	client := secretsmanager.NewFromConfig(sim.ConfigFor(key))
	arn := simsecretsmanager.Put(sim.World, simtest.Account, "us-east-1", "s", "v")
	get := func() error {
		_, err := client.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: aws.String("s")})
		return err
	}
	put := func(name, document string) {
		if err := user.PutPolicy(name, document); err != nil {
			t.Fatal(err)
		}
	}
	put("a", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`)
	simtest.WantCode(t, get(), "AccessDeniedException", "User: arn:aws:iam::111122223333:user/eve is not authorized to perform: secretsmanager:GetSecretValue on resource: "+arn+" because no identity-based policy allows the secretsmanager:GetSecretValue action")
	put("b", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"secretsmanager:Get*","Resource":"`+arn+`"}]}`)
	if err := get(); err != nil {
		t.Error(err)
	}
	put("c", `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"us-east-1"}}}]}`)
	simtest.WantCode(t, get(), "AccessDeniedException", "with an explicit deny in an identity-based policy")
}

func TestDecodeAuthorizationMessage(t *testing.T) {
	sim := startWith(t, &awssim.Service{Model: "ec2"}, "DescribeVolumes", awssim.Op(func(*awssim.Call, *struct{}) (*struct{}, error) { return nil, nil }))
	user := sim.Account.AddUser("eve")
	if err := user.PutPolicy("none", `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"ec2:*","Resource":"*"}]}`); err != nil {
		t.Fatal(err)
	}
	err := describeVolumes(t, sim.ConfigFor(user.NewKey()))
	simtest.WantCode(t, err, "UnauthorizedOperation", "You are not authorized to perform this operation. User: arn:aws:iam::111122223333:user/eve is not authorized to perform: ec2:DescribeVolumes")
	_, encoded, _ := strings.Cut(err.Error(), "Encoded authorization failure message: ")
	out, err := sts.NewFromConfig(sim.Config()).DecodeAuthorizationMessage(t.Context(), &sts.DecodeAuthorizationMessageInput{EncodedMessage: &encoded})
	if err != nil {
		t.Fatal(err)
	}
	var told struct{ Context struct{ Action string } }
	if err := json.Unmarshal([]byte(*out.DecodedMessage), &told); err != nil || told.Context.Action != "ec2:DescribeVolumes" {
		t.Errorf("decoded %s, %v", *out.DecodedMessage, err)
	}
}

// TestProvidersThatAWSKnows assumes a role by a token of Google without a provider in IAM.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
func TestProvidersThatAWSKnows(t *testing.T) {
	sim := simtest.Start(t)
	trust := func(name, aud string) *awssim.Role {
		return mustRole(t, sim.Account, name, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity",
			"Principal":{"Federated":"accounts.google.com"},"Condition":{"StringEquals":{"accounts.google.com:aud":"`+aud+`"}}}}`)
	}
	token, err := sim.AddIssuer("https://accounts.google.com").Token(map[string]any{
		"sub": "ada", "aud": "app", "iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix(),
	})
	if err != nil {
		t.Fatal(err)
	}
	cfg := sim.Config()
	cfg.Credentials = aws.AnonymousCredentials{}
	in := &sts.AssumeRoleWithWebIdentityInput{RoleArn: &trust("app", "app").ARN, RoleSessionName: aws.String("ada"), WebIdentityToken: &token}
	out, err := sts.NewFromConfig(cfg).AssumeRoleWithWebIdentity(t.Context(), in)
	if err != nil || *out.Provider != "accounts.google.com" {
		t.Errorf("by Google: %v, %v", out, err)
	}
	in.RoleArn = &trust("other", "other").ARN
	_, err = sts.NewFromConfig(cfg).AssumeRoleWithWebIdentity(t.Context(), in)
	simtest.WantCode(t, err, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
}
