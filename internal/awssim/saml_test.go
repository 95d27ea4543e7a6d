package awssim_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/simtest"
)

// corp is an account with a SAML provider and a role that trusts it.
type corp struct {
	sim      *simtest.Sim
	idp      *simtest.IdentityProvider
	provider string
	role     *awssim.Role
}

func startCorp(t *testing.T) corp {
	t.Helper()
	c := corp{sim: simtest.Start(t), idp: simtest.NewIdentityProvider(t)}
	out, err := iam.NewFromConfig(c.sim.Config()).CreateSAMLProvider(t.Context(), &iam.CreateSAMLProviderInput{Name: aws.String("corp"), SAMLMetadataDocument: &c.idp.Metadata})
	if err != nil {
		t.Fatal(err)
	}
	c.provider = *out.SAMLProviderArn
	c.role = mustRole(t, c.sim.Account, "Staff", `{"Version":"2012-10-17","Statement":{"Effect":"Allow",
		"Action":["sts:AssumeRoleWithSAML","sts:TagSession","sts:SetSourceIdentity"],"Principal":{"Federated":"`+c.provider+`"}}}`)
	return c
}

// assertion is one that is taken, with more attributes.
func (c corp) assertion(more map[string]string) string {
	all := map[string]string{"Role": c.role.ARN + "," + c.provider, "RoleSessionName": "ada"}
	for name, value := range more {
		all[name] = value
	}
	return simtest.Assertion(simtest.IdentityProviderID, time.Now().Add(5*time.Minute), all)
}

func (c corp) assume(t *testing.T, response string) (*sts.AssumeRoleWithSAMLOutput, error) {
	t.Helper()
	cfg := c.sim.Config()
	cfg.Credentials = aws.AnonymousCredentials{}
	return sts.NewFromConfig(cfg).AssumeRoleWithSAML(t.Context(), &sts.AssumeRoleWithSAMLInput{RoleArn: &c.role.ARN, PrincipalArn: &c.provider, SAMLAssertion: &response})
}

// TestAssertionsThatAreRefused changes one thing of an assertion that is taken.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html
func TestAssertionsThatAreRefused(t *testing.T) {
	const (
		endpoint = "https://signin.aws.amazon.com/saml"
		audience = "<Audience>urn:amazon:webservices</Audience>"
		bad      = "InvalidIdentityToken"
		late     = "ExpiredTokenException"
		rejected = "IDPRejectedClaim"
	)
	c := startCorp(t)
	good := c.assertion(map[string]string{"SourceIdentity": "ada"})
	confirmation := good[strings.Index(good, "<SubjectConfirmation "):strings.Index(good, "</Subject>")]
	name := good[strings.Index(good, "<NameID"):strings.Index(good, "<SubjectConfirmation ")]
	end := good[strings.Index(good, "NotOnOrAfter="):strings.Index(good, " Recipient")]
	at := func(d time.Duration) string { return time.Now().Add(d).UTC().Format(time.RFC3339) }
	for _, tt := range []struct {
		name, status, old, replacement, code, text string
	}{
		{"nothing", "", "", "", "", ""},
		{"status", "urn:oasis:names:tc:SAML:2.0:status:Responder", "", "", rejected, "authentication failed"},
		{"no status", "none", "", "", bad, "Invalid SAML response"},
		{"endpoint as audience", "", audience, "<Audience>" + endpoint + "</Audience>", "", ""},
		{"several audiences", "", audience, "<Audience>https://other.example.com</Audience>" + audience, "", ""},
		{"other audience", "", audience, "<Audience>https://other.example.com</Audience>", bad, "Response does not contain the required audience."},
		{"audience of China", "", audience, "<Audience>urn:amazon:webservices:cn-north-1</Audience>", bad, "Response does not contain the required audience."},
		{"no audience", "", audience, "", bad, "Response does not contain the required audience."},
		{"begun", "", "<Conditions>", `<Conditions NotBefore="` + at(-time.Minute) + `" NotOnOrAfter="` + at(time.Minute) + `">`, "", ""},
		{"not begun", "", "<Conditions>", `<Conditions NotBefore="` + at(time.Minute) + `">`, bad, "not valid before"},
		{"ended", "", "<Conditions>", `<Conditions NotOnOrAfter="` + at(-time.Minute) + `">`, late, "Token must be redeemed within 5 minutes of issuance"},
		{"subject ended", "", end, `NotOnOrAfter="` + at(-time.Minute) + `"`, late, "Token must be redeemed within 5 minutes of issuance"},
		{"no end", "", end, "", bad, "NotOnOrAfter is required"},
		{"no time", "", end, `NotOnOrAfter="soon"`, bad, "Invalid SAML response"},
		{"endpoint of a region", "", endpoint, "https://eu-central-1.signin.aws.amazon.com/saml", "", ""},
		{"no recipient", "", ` Recipient="` + endpoint + `"`, "", bad, "Recipient"},
		{"other recipient", "", endpoint, "https://signin.aws.amazon.com.example.com/saml", bad, "Recipient"},
		{"endpoint in a query", "", endpoint, "https://example.com/?" + endpoint, bad, "Recipient"},
		{"no confirmation", "", confirmation, "", bad, "exactly one SubjectConfirmation"},
		{"two confirmations", "", confirmation, confirmation + confirmation, bad, "exactly one SubjectConfirmation"},
		{"no name", "", name, "", bad, "NameID"},
		{"no role", "", "/SAML/Attributes/Role\"", "/SAML/Attributes/Roles\"", bad, "Role is required in AuthnResponse"},
		{"no session name", "", "/RoleSessionName\"", "/SessionName\"", bad, "RoleSessionName is required in AuthnResponse"},
		{"wrong session name", "", "ada</AttributeValue>", "ada lovelace</AttributeValue>", bad, "must match [a-zA-Z_0-9+=,.@-]{2,64}"},
		{"wrong source identity", "", `/SourceIdentity"><AttributeValue>ada`, `/SourceIdentity"><AttributeValue>aws:ada`, bad, `Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := strings.ReplaceAll(good, tt.old, tt.replacement)
			if tt.old == "" {
				text = good
			}
			status := strings.TrimPrefix(tt.status, "none")
			if tt.status == "" {
				status = simtest.SAMLSuccess
			}
			_, err := c.assume(t, c.idp.Sign(t, status, text))
			if tt.code != "" {
				simtest.WantCode(t, err, tt.code, tt.text)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

// wantKeys gives the session's role permission to list users by one condition after the
// other, and calls it.
func wantKeys(t *testing.T, sim *simtest.Sim, role *awssim.Role, session *ststypes.Credentials, keys map[string]bool) {
	t.Helper()
	client := iam.NewFromConfig(with(sim, session))
	for condition, want := range keys {
		if err := role.PutPolicy("p", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*","Condition":`+condition+`}}`); err != nil {
			t.Fatal(err)
		}
		if _, err := client.ListUsers(t.Context(), nil); (err == nil) != want {
			t.Errorf("with %s: %v, want allowed %v", condition, err, want)
		}
	}
}

// TestKeysOfSAMLSessions wants three of an assertion's keys in later requests, and no
// other.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#cross-condition-keys-saml
func TestKeysOfSAMLSessions(t *testing.T) {
	c := startCorp(t)
	text := strings.Replace(c.assertion(map[string]string{"PrincipalTag:team": "shop", "SourceIdentity": "ada", "SessionDuration": "900"}), "</AttributeStatement>",
		`<Attribute Name="urn:oid:1.3.6.1.4.1.5923.1.1.1.1"><AttributeValue>staff</AttributeValue></Attribute></AttributeStatement>`, 1)
	out, err := c.assume(t, c.idp.Sign(t, simtest.SAMLSuccess, text))
	if err != nil {
		t.Fatal(err)
	}
	if left := time.Until(*out.Credentials.Expiration); left < 59*time.Minute {
		t.Errorf("the session ends in %s, as the console's would", left)
	}
	if out.PackedPolicySize == nil { //nolint:staticcheck // SA1019: what most clients read
		t.Error("no size of the tags")
	}
	wantKeys(t, c.sim, c.role, out.Credentials, map[string]bool{
		`{"StringEquals":{"saml:sub":"ada","SAML:sub_type":"persistent"}}`:             true,
		`{"StringEquals":{"saml:namequalifier":"` + *out.NameQualifier + `"}}`:         true,
		`{"StringEquals":{"saml:sub":"eve"}}`:                                          false,
		`{"Null":{"saml:aud":"false"}}`:                                                false,
		`{"Null":{"saml:iss":"false"}}`:                                                false,
		`{"Null":{"saml:doc":"false"}}`:                                                false,
		`{"Null":{"saml:edupersonaffiliation":"false"}}`:                               false,
		`{"StringEquals":{"aws:PrincipalTag/team":"shop","aws:SourceIdentity":"ada"}}`: true,
		`{"Null":{"sts:RoleSessionName":"false"}}`:                                     false,
		`{"Null":{"sts:SourceIdentity":"false"}}`:                                      false,
	})
	// Another role may ask for them, and its sessions have none.
	next := mustRole(t, c.sim.Account, "Next", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["sts:AssumeRole","sts:SetSourceIdentity"],
		"Principal":{"AWS":"`+c.role.ARN+`"},"Condition":{"StringEquals":{"saml:sub":"ada"}}}}`)
	chained, err := sts.NewFromConfig(with(c.sim, out.Credentials)).AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: &next.ARN, RoleSessionName: aws.String("next")})
	if err != nil {
		t.Fatal(err)
	}
	wantKeys(t, c.sim, next, chained.Credentials, map[string]bool{`{"Null":{"saml:sub":"true"}}`: true, `{"Null":{"saml:sub":"false"}}`: false})
}

// TestSAMLAttributesAsKeys asks a trust policy for keys that attributes fill.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html#saml-attribute-mapping
func TestSAMLAttributesAsKeys(t *testing.T) {
	c := startCorp(t)
	for attribute, key := range map[string]string{
		"urn:oid:1.3.6.1.4.1.5923.1.1.1.5":                              "saml:edupersonprimaryaffiliation",
		"urn:oid:1.3.6.1.4.1.5923.1.2.1.4":                              "saml:eduorglegalname",
		"urn:oid:2.5.4.3":                                               "saml:cn",
		"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname": "saml:surname",
		"2.5.4.45": "saml:x500UniqueIdentifier",
	} {
		mustRole(t, c.sim.Account, "Staff", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRoleWithSAML",
			"Principal":{"Federated":"`+c.provider+`"},"Condition":{"StringEquals":{"`+key+`":"red"}}}}`)
		for value, want := range map[string]bool{"red": true, "blue": false} {
			text := strings.Replace(c.assertion(nil), "</AttributeStatement>",
				`<Attribute Name="`+attribute+`"><AttributeValue>`+value+`</AttributeValue></Attribute></AttributeStatement>`, 1)
			if _, err := c.assume(t, c.idp.Sign(t, simtest.SAMLSuccess, text)); (err == nil) != want {
				t.Errorf("%s %s: %v", key, value, err)
			}
		}
	}
}

// TestKeysOfWebSessions wants three of a token's keys in later requests, and no other.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#cross-condition-keys-wif
func TestKeysOfWebSessions(t *testing.T) {
	w := startWeb(t)
	out, err := w.assume(t, map[string]any{"amr": []string{"authenticated"}, "repository": "acme/shop"})
	if err != nil {
		t.Fatal(err)
	}
	const host = "token.actions.githubusercontent.com"
	wantKeys(t, w.sim, w.role, out.Credentials, map[string]bool{
		`{"StringEquals":{"` + host + `:sub":"repo:acme/shop","` + host + `:aud":"sts.amazonaws.com"}}`: true,
		`{"ForAnyValue:StringEquals":{"` + host + `:amr":"authenticated"}}`:                             true,
		`{"StringEquals":{"` + host + `:sub":"repo:acme/other"}}`:                                       false,
		`{"Null":{"` + host + `:repository":"false"}}`:                                                  false,
		`{"Null":{"` + host + `:oaud":"false"}}`:                                                        false,
		`{"StringLike":{"aws:FederatedProvider":"*:oidc-provider/` + host + `"}}`:                       true,
	})
}

// web is an account with a provider of web identities and a role that trusts it.
type web struct {
	sim    *simtest.Sim
	issuer *awssim.Issuer
	role   *awssim.Role
}

func startWeb(t *testing.T) web {
	t.Helper()
	w := web{sim: simtest.Start(t)}
	w.issuer = w.sim.AddIssuer("https://token.actions.githubusercontent.com")
	provider := w.sim.Account.AddOIDCProvider(w.issuer, "sts.amazonaws.com")
	w.role = mustRole(t, w.sim.Account, "Job", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["sts:AssumeRoleWithWebIdentity","sts:TagSession","sts:SetSourceIdentity"],
		"Principal":{"Federated":"`+provider+`"},"Condition":{"StringLike":{"token.actions.githubusercontent.com:sub":"repo:acme/*"}}}}`)
	return w
}

func (w web) assume(t *testing.T, more map[string]any) (*sts.AssumeRoleWithWebIdentityOutput, error) {
	t.Helper()
	claims := map[string]any{"sub": "repo:acme/shop", "aud": "sts.amazonaws.com", "exp": float64(time.Now().Add(time.Hour).Unix())}
	for key, value := range more {
		claims[key] = value
	}
	token, err := w.issuer.Token(claims)
	if err != nil {
		t.Fatal(err)
	}
	cfg := w.sim.Config()
	cfg.Credentials = aws.AnonymousCredentials{}
	return sts.NewFromConfig(cfg).AssumeRoleWithWebIdentity(t.Context(), &sts.AssumeRoleWithWebIdentityInput{RoleArn: &w.role.ARN, RoleSessionName: aws.String("job"), WebIdentityToken: &token})
}

// TestTagsThatAreRefused gives the same tags to a session by a call, an assertion and a
// token.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_know
func TestTagsThatAreRefused(t *testing.T) {
	many := func(n int) map[string]string {
		all := map[string]string{}
		for i := range n {
			all[fmt.Sprint("key", i)] = "x"
		}
		return all
	}
	one := func(key, value string) map[string]string { return map[string]string{key: value} }
	c, w := startCorp(t), startWeb(t)
	admin := sts.NewFromConfig(w.sim.Config())
	chain := mustRole(t, w.sim.Account, "Chain", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["sts:AssumeRole","sts:TagSession"],"Principal":{"AWS":"*"}}}`)
	for _, tt := range []struct {
		name       string
		tags       map[string]string
		transitive string
		refused    string
		byModel    bool // AssumeRole's model refuses it
	}{
		{"50 tags", many(50), "", "", false},
		{"51 tags", many(51), "", "no more than 50 tags", true},
		{"long key", one(strings.Repeat("é", 128), "x"), "", "", false},
		{"too long a key", one(strings.Repeat("é", 129), "x"), "", "1 to 128 characters", true},
		{"long value", one("k", strings.Repeat("é", 256)), "", "", false},
		{"too long a value", one("k", strings.Repeat("é", 257)), "", "no more than 256 characters", true},
		{"characters", one("k", "a*b"), "", "must match", true},
		{"case", map[string]string{"Team": "a", "team": "b"}, "", "case insensitive", false},
		{"reserved", one("Aws:team", "a"), "", "begin with aws: are reserved", false},
		{"transitive", one("team", "a"), "Team", "", false},
		{"transitive without a tag", one("team", "a"), "cost", "must be included in the requested tags", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			attributes, principal, list, keys := map[string]string{}, map[string][]string{}, []ststypes.Tag{}, []string(nil)
			for key, value := range tt.tags {
				attributes["PrincipalTag:"+key], principal[key] = value, []string{value}
				list = append(list, ststypes.Tag{Key: aws.String(key), Value: aws.String(value)})
			}
			if tt.transitive != "" {
				attributes["TransitiveTagKeys"], keys = tt.transitive, []string{tt.transitive}
			}
			_, bySAML := c.assume(t, c.idp.Sign(t, simtest.SAMLSuccess, c.assertion(attributes)))
			_, byToken := w.assume(t, map[string]any{"https://aws.amazon.com/tags": map[string]any{"principal_tags": principal, "transitive_tag_keys": keys}})
			_, byCall := admin.AssumeRole(t.Context(), &sts.AssumeRoleInput{RoleArn: &chain.ARN, RoleSessionName: aws.String("session"), Tags: list, TransitiveTagKeys: keys})
			if tt.refused == "" {
				if bySAML != nil || byToken != nil || byCall != nil {
					t.Errorf("%v; %v; %v", bySAML, byToken, byCall)
				}
				return
			}
			simtest.WantCode(t, bySAML, "InvalidIdentityToken", tt.refused)
			simtest.WantCode(t, byToken, "InvalidIdentityToken", tt.refused)
			if tt.byModel {
				simtest.WantCode(t, byCall, "ValidationError", "tags")
			} else {
				simtest.WantCode(t, byCall, "InvalidParameterValue", tt.refused)
			}
		})
	}
}

// TestTagsOfSeveralValues asserts two values of one session tag.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_know
func TestTagsOfSeveralValues(t *testing.T) {
	c, w := startCorp(t), startWeb(t)
	two := strings.Replace(c.assertion(map[string]string{"PrincipalTag:team": "shop"}),
		"<AttributeValue>shop</AttributeValue>", "<AttributeValue>shop</AttributeValue><AttributeValue>bank</AttributeValue>", 1)
	_, err := c.assume(t, c.idp.Sign(t, simtest.SAMLSuccess, two))
	simtest.WantCode(t, err, "InvalidIdentityToken", "session tag team must have one value")
	_, err = w.assume(t, map[string]any{"https://aws.amazon.com/tags": map[string]any{"principal_tags": map[string][]string{"team": {"shop", "bank"}}}})
	simtest.WantCode(t, err, "InvalidIdentityToken", "session tag team must have one value")
}
