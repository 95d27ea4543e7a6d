package awssim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/hawser/hawser/internal/awssim/simtest"
)

func tags(pairs ...string) (list []ststypes.Tag) {
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, ststypes.Tag{Key: &pairs[i], Value: &pairs[i+1]})
	}
	return list
}

// TestMFADevices wants the device of a call to be the caller's.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
func TestMFADevices(t *testing.T) {
	sim := simtest.Start(t)
	own, other := sim.Account.AddUser("admin").AddMFA(), sim.Account.AddUser("other").AddMFA()
	role := mustRole(t, sim.Account, "r", trustAnyone)
	client := sts.NewFromConfig(sim.Config())
	const unknown, lacking = "MultiFactorAuthentication failed, unable to validate MFA code.", "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code."
	for name, tt := range map[string]struct{ serial, code, text string }{
		"own":       {own.Serial, "123456", ""},
		"another's": {other.Serial, "123456", unknown},
		"nobody's":  {"arn:aws:iam::111122223333:mfa/none", "123456", unknown},
		"no serial": {"", "123456", lacking},
		"no code":   {own.Serial, "", lacking},
	} {
		var serial, code *string
		if tt.serial != "" {
			serial = &tt.serial
		}
		if tt.code != "" {
			code = &tt.code
		}
		_, assume := client.AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: &role.ARN, RoleSessionName: aws.String("me"), SerialNumber: serial, TokenCode: code})
		_, token := client.GetSessionToken(t.Context(), &sts.GetSessionTokenInput{SerialNumber: serial, TokenCode: code})
		for _, err := range []error{assume, token} {
			switch {
			case tt.text != "":
				simtest.WantCode(t, err, "AccessDenied", tt.text)
			case err != nil:
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// TestSessionTags holds session tags to
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
func TestSessionTags(t *testing.T) {
	sim := simtest.Start(t)
	role := mustRole(t, sim.Account, "r", trustAnyone)
	untagged := mustRole(t, sim.Account, "untagged", strings.Replace(trustAnyone, `"sts:TagSession",`, "", 1))
	client := sts.NewFromConfig(sim.Config())
	in := func(transitive []string, pairs ...string) *sts.AssumeRoleInput {
		return &sts.AssumeRoleInput{RoleArn: &role.ARN, RoleSessionName: aws.String("me"), Tags: tags(pairs...), TransitiveTagKeys: transitive}
	}
	many := make([]string, 0, 102)
	var policies []ststypes.PolicyDescriptorType
	for range 11 {
		policies = append(policies, ststypes.PolicyDescriptorType{Arn: aws.String("arn:aws:iam::aws:policy/ReadOnlyAccess")})
	}
	for i := range 51 {
		many = append(many, strings.Repeat("k", i+1), "v")
	}
	for name, tt := range map[string]struct {
		in         *sts.AssumeRoleInput
		code, text string
	}{
		"aws:":                {in(nil, "AWS:x", "y"), "InvalidParameterValue", "aws:"},
		"case":                {in(nil, "Team", "a", "team", "b"), "InvalidParameterValue", "Duplicate tag keys found."},
		"transitive, no tag":  {in([]string{"team"}), "InvalidParameterValue", "must be included in the requested tags"},
		"51":                  {in(nil, many...), "ValidationError", "less than or equal to 50"},
		"key of 129":          {in(nil, strings.Repeat("k", 129), "v"), "ValidationError", "less than or equal to 128"},
		"value of 257":        {in(nil, "k", strings.Repeat("v", 257)), "ValidationError", "less than or equal to 256"},
		"eleven policies":     {&sts.AssumeRoleInput{RoleArn: &role.ARN, RoleSessionName: aws.String("me"), PolicyArns: policies}, "ValidationError", "less than or equal to 10"},
		"policy of 2049":      {&sts.AssumeRoleInput{RoleArn: &role.ARN, RoleSessionName: aws.String("me"), Policy: aws.String(readBuckets + strings.Repeat(" ", 2049-len(readBuckets)))}, "ValidationError", "less than or equal to 2048"},
		"policy that is none": {&sts.AssumeRoleInput{RoleArn: &role.ARN, RoleSessionName: aws.String("me"), PolicyArns: []ststypes.PolicyDescriptorType{{Arn: aws.String("arn:aws:iam::aws:policy/None")}}}, "ValidationError", "does not exist"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := client.AssumeRole(t.Context(), tt.in)
			simtest.WantCode(t, err, tt.code, tt.text)
		})
	}
	out, err := client.AssumeRole(t.Context(), in([]string{"team"}, "team", "shop", "size", "s"))
	if err != nil {
		t.Fatal(err)
	}
	if out.PackedPolicySize == nil || *out.PackedPolicySize == 0 { //nolint:staticcheck // SA1019: what most clients read
		t.Error("the tags take no space")
	}
	chained := sts.NewFromConfig(with(sim, out.Credentials))
	_, err = chained.AssumeRole(t.Context(), in(nil, "Team", "other"))
	simtest.WantCode(t, err, "InvalidParameterValue", "conflicts with a transitive tag key")
	_, err = chained.AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: &untagged.ARN, RoleSessionName: aws.String("me")})
	simtest.WantCode(t, err, "AccessDenied", "is not authorized to perform: sts:TagSession on resource: "+untagged.ARN)
	onlyTeam := mustRole(t, sim.Account, "team", strings.Replace(trustAnyone, `"Principal"`, `"Condition":{"StringEquals":{"aws:PrincipalTag/team":"shop"}},"Principal"`, 1))
	second, err := chained.AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: &onlyTeam.ARN, RoleSessionName: aws.String("me")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = sts.NewFromConfig(with(sim, second.Credentials)).AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: &onlyTeam.ARN, RoleSessionName: aws.String("me")}); err != nil {
		t.Errorf("the third role of the chain: %v", err)
	}
}

// TestSourceIdentityInChains wants the permission in each role of a chain.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
func TestSourceIdentityInChains(t *testing.T) {
	sim := simtest.Start(t)
	role := mustRole(t, sim.Account, "r", trustAnyone)
	without := mustRole(t, sim.Account, "without", strings.Replace(trustAnyone, `,"sts:SetSourceIdentity"`, "", 1))
	out, err := sts.NewFromConfig(sim.Config()).AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: &role.ARN, RoleSessionName: aws.String("me"), SourceIdentity: aws.String("ada")})
	if err != nil {
		t.Fatal(err)
	}
	_, err = sts.NewFromConfig(with(sim, out.Credentials)).AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: &without.ARN, RoleSessionName: aws.String("me")})
	simtest.WantCode(t, err, "AccessDenied", "is not authorized to perform: sts:SetSourceIdentity on resource: "+without.ARN)
}

// TestManagedSessionPolicies narrows sessions by managed policies of the role's
// account.
//
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
func TestManagedSessionPolicies(t *testing.T) {
	sim := simtest.Start(t)
	other := sim.AddAccount("444455556666", "other")
	if _, err := other.AddPolicy("lists", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"}]}`); err != nil {
		t.Fatal(err)
	}
	role := mustRole(t, other, "r", trustAnyone)
	if err := role.PutPolicy("all", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`); err != nil {
		t.Fatal(err)
	}
	out, err := sts.NewFromConfig(sim.Config()).AssumeRole(t.Context(), &sts.AssumeRoleInput{
		RoleArn: &role.ARN, RoleSessionName: aws.String("me"), PolicyArns: []ststypes.PolicyDescriptorType{{Arn: aws.String("arn:aws:iam::444455556666:policy/lists")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	client := simtest.S3Client(with(sim, out.Credentials))
	if _, err := client.ListBuckets(t.Context(), nil); err != nil {
		t.Errorf("what the policy allows: %v", err)
	}
	_, err = client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("some-bucket")})
	simtest.WantCode(t, err, "AccessDenied", "session policy")
}

// TestDeletedTrustees shows unique ids in the place of users and roles that are gone,
// does not trust new ones of the same name, and refuses the ids.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
func TestDeletedTrustees(t *testing.T) {
	sim := simtest.Start(t)
	client := iam.NewFromConfig(sim.Config())
	ada := sim.Account.AddUser("ada")
	name := ada.ARN
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"` + name + `"}}]}`
	made, err := client.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("r"), AssumeRolePolicyDocument: &trust})
	if err != nil {
		t.Fatal(err)
	}
	shown := func() string {
		out, err := client.GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("r")})
		if err != nil {
			t.Fatal(err)
		}
		return *out.Role.AssumeRolePolicyDocument
	}
	assume := func() error {
		_, err := sts.NewFromConfig(sim.ConfigFor(sim.Account.AddUser("ada").NewKey())).AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: made.Role.Arn, RoleSessionName: aws.String("me")})
		return err
	}
	if err := assume(); err != nil || !strings.Contains(shown(), "user%2Fada") {
		t.Errorf("the user is there: %v, %s", err, shown())
	}
	if _, err := client.UpdateUser(t.Context(), &iam.UpdateUserInput{UserName: aws.String("ada"), NewUserName: aws.String("eva")}); err != nil || !strings.Contains(shown(), "user%2Feva") {
		t.Errorf("the user has another name: %v, %s", err, shown())
	}
	ada.Remove()
	if !strings.Contains(shown(), "%22"+ada.ID+"%22") {
		t.Errorf("the user is gone: %s", shown())
	}
	simtest.WantCode(t, assume(), "AccessDenied", "sts:AssumeRole")
	if !strings.Contains(shown(), ada.ID) {
		t.Errorf("another user has the name: %s", shown())
	}
	_, err = client.UpdateAssumeRolePolicy(t.Context(), &iam.UpdateAssumeRolePolicyInput{RoleName: aws.String("r"), PolicyDocument: aws.String(strings.Replace(trust, name, ada.ID, 1))})
	simtest.WantCode(t, err, "MalformedPolicyDocument", `Invalid principal in policy: "AWS":"`+ada.ID+`"`)
}

// TestGitHubTrusts refuses trust policies for everybody at GitHub.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html#idp_oidc_Create_GitHub
func TestGitHubTrusts(t *testing.T) {
	sim := simtest.Start(t)
	client := iam.NewFromConfig(sim.Config())
	trust := func(condition string) *string {
		return aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity",
			"Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},"Condition":` + condition + `}]}`)
	}
	right := trust(`{"StringLike":{"token.actions.githubusercontent.com:sub":"repo:acme/*"}}`)
	if _, err := client.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("right"), AssumeRolePolicyDocument: right}); err != nil {
		t.Error(err)
	}
	for _, condition := range []string{
		`{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"}}`,
		`{"StringLike":{"token.actions.githubusercontent.com:sub":"*"}}`,
		`{"StringLike":{"token.actions.githubusercontent.com:sub":["repo:acme/*","?*"]}}`,
		`{"StringLikeIfExists":{"token.actions.githubusercontent.com:sub":"repo:acme/*"}}`,
		`{"StringNotLike":{"token.actions.githubusercontent.com:sub":"repo:acme/*"}}`,
		`{"ForAllValues:StringLike":{"token.actions.githubusercontent.com:sub":"repo:acme/*"}}`,
	} {
		_, made := client.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("wrong"), AssumeRolePolicyDocument: trust(condition)})
		_, updated := client.UpdateAssumeRolePolicy(t.Context(), &iam.UpdateAssumeRolePolicyInput{RoleName: aws.String("right"), PolicyDocument: trust(condition)})
		for _, err := range []error{made, updated} {
			simtest.WantCode(t, err, "MalformedPolicyDocument", "token.actions.githubusercontent.com:sub")
		}
	}
}

// TestWebClaims goes by the claims of a token besides its subject.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
func TestWebClaims(t *testing.T) {
	sim := simtest.Start(t)
	const host = "token.actions.githubusercontent.com"
	issuer := sim.AddIssuer("https://" + host)
	provider := sim.Account.AddOIDCProvider(issuer, "sts.amazonaws.com")
	cfg := sim.Config()
	cfg.Credentials = aws.AnonymousCredentials{}
	client := sts.NewFromConfig(cfg)
	later := float64(time.Now().Add(time.Hour).Unix())
	tagged := map[string]any{"principal_tags": map[string]any{"team": []string{"shop"}}, "transitive_tag_keys": []string{"team"}}
	for name, tt := range map[string]struct {
		condition, actions string
		claims             map[string]any
		code, text         string
	}{
		"repository":       {`{"StringEquals":{"` + host + `:repository_id":"7"}}`, "", map[string]any{"repository_id": "7"}, "", ""},
		"other repository": {`{"StringEquals":{"` + host + `:repository_id":"7"}}`, "", map[string]any{"repository_id": "8"}, "AccessDenied", ""},
		"a claim no key":   {`{"StringEquals":{"` + host + `:color":"red"}}`, "", map[string]any{"color": "red"}, "AccessDenied", ""},
		"amr":              {`{"ForAnyValue:StringEquals":{"` + host + `:amr":"authenticated"}}`, "", map[string]any{"amr": []string{"x", "authenticated"}}, "", ""},
		"party":            {`{"StringEquals":{"` + host + `:aud":"app","` + host + `:oaud":"sts.amazonaws.com"}}`, "", map[string]any{"azp": "app"}, "", ""},
		"not yet":          {`{}`, "", map[string]any{"nbf": later}, "InvalidIdentityToken", "not valid yet"},
		"no end":           {`{}`, "", map[string]any{"exp": nil}, "InvalidIdentityToken", "Missing a required claim: exp"},
		"no subject":       {`{}`, "", map[string]any{"sub": nil}, "InvalidIdentityToken", "Missing a required claim: sub"},
		"tags":             {`{"StringEquals":{"aws:RequestTag/team":"shop"}}`, `,"sts:TagSession"`, map[string]any{"https://aws.amazon.com/tags": tagged}, "", ""},
		"reserved tags": {
			`{}`, `,"sts:TagSession"`,
			map[string]any{"https://aws.amazon.com/tags": map[string]any{"principal_tags": map[string]any{"Aws:team": []string{"shop"}}}},
			"InvalidIdentityToken", "begin with aws: are reserved",
		},
		"tags, no TagSession": {
			`{}`, "", map[string]any{"https://aws.amazon.com/tags": tagged}, "AccessDenied", "Not authorized to perform sts:TagSession",
		},
		"source identity": {`{}`, `,"sts:SetSourceIdentity"`, map[string]any{"https://aws.amazon.com/source_identity": "ada"}, "", ""},
		"source identity without permission": {
			`{}`, "", map[string]any{"https://aws.amazon.com/source_identity": "ada"}, "AccessDenied", "Not authorized to perform sts:SetSourceIdentity",
		},
	} {
		t.Run(name, func(t *testing.T) {
			role := mustRole(t, sim.Account, "r", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sts:AssumeRoleWithWebIdentity"`+tt.actions+`],
				"Principal":{"Federated":"`+provider+`"},"Condition":`+tt.condition+`}]}`)
			claims := map[string]any{"sub": "repo:acme/shop", "aud": "sts.amazonaws.com", "exp": later}
			for key, value := range tt.claims {
				claims[key] = value
			}
			token, err := issuer.Token(claims)
			if err != nil {
				t.Fatal(err)
			}
			out, err := client.AssumeRoleWithWebIdentity(t.Context(), &sts.AssumeRoleWithWebIdentityInput{RoleArn: &role.ARN, RoleSessionName: aws.String("job"), WebIdentityToken: &token})
			if tt.code != "" {
				simtest.WantCode(t, err, tt.code, tt.text)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if want := claims["https://aws.amazon.com/source_identity"]; want != nil && aws.ToString(out.SourceIdentity) != want {
				t.Errorf("source identity %v, want %v", out.SourceIdentity, want)
			}
		})
	}
}

// TestTagsOfFederatedUsers wants sts:TagSession for the tags of a federated user.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_permissions-required
func TestTagsOfFederatedUsers(t *testing.T) {
	sim := simtest.Start(t)
	ada := sim.Account.AddUser("ada")
	client := sts.NewFromConfig(sim.ConfigFor(ada.NewKey()))
	token := func() error {
		_, err := client.GetFederationToken(t.Context(), &sts.GetFederationTokenInput{Name: aws.String("bob"), Tags: tags("team", "shop")})
		return err
	}
	if err := ada.PutPolicy("p", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:GetFederationToken","Resource":"*"}]}`); err != nil {
		t.Fatal(err)
	}
	simtest.WantCode(t, token(), "AccessDenied", "sts:TagSession")
	if err := ada.PutPolicy("p", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sts:GetFederationToken","sts:TagSession"],"Resource":"*","Condition":{"StringEquals":{"aws:RequestTag/team":"shop"}}}]}`); err != nil {
		t.Fatal(err)
	}
	if err := token(); err != nil {
		t.Error(err)
	}
}
