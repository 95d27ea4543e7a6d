package awssim

import (
	"crypto/sha1"
	"encoding/base64"
	"maps"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/hawser/hawser/internal/access/reference"
	"github.com/hawser/hawser/internal/arn"
)

// assumeRoleWithSAML follows
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
func assumeRoleWithSAML(c *Call, in *sts.AssumeRoleWithSAMLInput) (*sts.AssumeRoleWithSAMLOutput, error) {
	roleARN, providerARN := aws.ToString(in.RoleArn), aws.ToString(in.PrincipalArn)
	provider, account := c.World.samlProvider(providerARN)
	if provider == nil {
		return nil, Errorf("InvalidIdentityToken", "Specified provider doesn't exist")
	}
	a, err := c.World.readAssertion(provider, aws.ToString(in.SAMLAssertion))
	if err != nil {
		return nil, err
	}
	qualifier := nameQualifier(a.issuer, account, providerARN)
	c.External = &External{Type: "SAMLUser", Account: account.ID, ID: qualifier + ":" + a.subject, Name: a.subject, Provider: qualifier}
	role := c.World.roleByARN(roleARN)
	denied := &Error{Code: "AccessDenied", Message: "Not authorized to perform sts:AssumeRoleWithSAML", Status: http.StatusForbidden}
	if role == nil || role.account != account || !a.offers(roleARN, providerARN) {
		return nil, denied
	}
	p, err := c.samlSession(role, a, in)
	if err != nil {
		return nil, err
	}
	if !c.trustsSAML(role, p, a, providerARN, qualifier) {
		return nil, denied
	}
	d, err := a.sessionLength(c, role, aws.ToInt32(in.DurationSeconds))
	if err != nil {
		return nil, err
	}
	out := &sts.AssumeRoleWithSAMLOutput{
		AssumedRoleUser: &types.AssumedRoleUser{Arn: aws.String(p.ARN), AssumedRoleId: aws.String(p.ID)},
		Credentials:     stsCredentials(c.World.issue(p, d)),
		Audience:        aws.String(a.recipient), Issuer: aws.String(a.issuer), NameQualifier: aws.String(qualifier),
		Subject: aws.String(a.subject), SubjectType: aws.String(a.subjectType()),
	}
	if p.SourceIdentity != "" {
		out.SourceIdentity = aws.String(p.SourceIdentity)
	}
	return out, nil
}

// samlProvider finds a provider of any account by its ARN.
func (w *World) samlProvider(arn string) (*SAMLProvider, *Account) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	for _, a := range w.accounts {
		for _, p := range a.saml {
			if p.ARN == arn {
				found := *p
				return &found, a
			}
		}
	}
	return nil, nil
}

// soundName reports whether an assertion's text may be a session's name.
func soundName(name string) bool {
	ok, _ := regexp.MatchString(`^[\w+=,.@-]{2,64}$`, name)
	return ok
}

// samlSession is the principal that an assertion asks for.
func (c *Call) samlSession(role *Role, a *assertion, in *sts.AssumeRoleWithSAMLInput) (*Principal, error) {
	name := a.attribute(attributeOf + "RoleSessionName")
	if name == "" {
		return nil, Errorf("InvalidIdentityToken", "RoleSessionName is required in AuthnResponse")
	}
	if !soundName(name) {
		return nil, Errorf("InvalidIdentityToken", "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}")
	}
	p := role.session(name)
	p.SourceIdentity = a.attribute(attributeOf + "SourceIdentity")
	if p.SourceIdentity != "" && !soundName(p.SourceIdentity) {
		return nil, Errorf("InvalidIdentityToken", "SourceIdentity in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with aws:")
	}
	if key := firstReserved(maps.Keys(a.tags())); key != "" {
		return nil, Errorf("InvalidIdentityToken", "The tag key %s in AuthnResponse must not begin with aws:", key)
	}
	p.Tags = maps.Clone(c.World.roleTags(role))
	if p.Tags == nil {
		p.Tags = make(map[string]string)
	}
	maps.Copy(p.Tags, a.tags())
	p.Transitive = a.attributes[attributeOf+"TransitiveTagKeys"]
	if in.Policy == nil && len(in.PolicyArns) == 0 {
		return p, nil
	}
	scope := *c // the policies are of the role's account
	scope.Account = role.account
	var err error
	p.SessionPolicy, _, err = scope.sessionPolicies(in.Policy, in.PolicyArns, nil)
	return p, err
}

// trustsSAML asks the role's trust policy for everything that the assertion does.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-saml
func (c *Call) trustsSAML(role *Role, p *Principal, a *assertion, provider, qualifier string) bool {
	named, _ := arn.Parse(provider)
	ctx := reference.Context{
		"saml:aud": {a.recipient}, "saml:iss": {a.issuer}, "saml:sub": {a.subject}, "saml:sub_type": {a.subjectType()},
		"saml:namequalifier": {qualifier}, "saml:doc": {role.account.ID + "/" + named.ID()},
		"sts:rolesessionname": {p.SessionName}, "sts:transitivetagkeys": p.Transitive,
	}
	for oid, key := range samlKeys() {
		if values := a.attributes[oid]; len(values) > 0 {
			ctx[key] = values
		}
	}
	for key, value := range a.tags() {
		RequestTag(ctx, key, value)
	}
	if p.SourceIdentity != "" {
		ctx["sts:sourceidentity"] = []string{p.SourceIdentity}
	}
	for _, action := range sessionActions("sts:AssumeRoleWithSAML", len(a.tags()) > 0, p.SourceIdentity != "") {
		if !c.trustsProvider(role, provider, action, ctx) {
			return false
		}
	}
	return true
}

// samlKeys are condition keys by the attribute that fills them.
func samlKeys() map[string]string {
	return map[string]string{
		"urn:oid:1.3.6.1.4.1.5923.1.1.1.1": "saml:edupersonaffiliation", "urn:oid:1.3.6.1.4.1.5923.1.1.1.7": "saml:edupersonentitlement",
		"urn:oid:1.3.6.1.4.1.5923.1.1.1.6": "saml:edupersonprincipalname", "urn:oid:1.3.6.1.4.1.5923.1.1.1.9": "saml:edupersonscopedaffiliation",
		"urn:oid:2.5.4.3": "saml:cn", "urn:oid:0.9.2342.19200300.100.1.3": "saml:mail", "urn:oid:0.9.2342.19200300.100.1.1": "saml:uid",
	}
}

// sessionLength is the shortest of what the call, the assertion and the provider's
// own session allow.
func (a *assertion) sessionLength(c *Call, role *Role, seconds int32) (time.Duration, error) {
	d, err := c.sessionLength(role, seconds)
	if err != nil {
		return 0, err
	}
	if text := a.attribute(attributeOf + "SessionDuration"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 900 || n > 43200 {
			return 0, Errorf("InvalidIdentityToken", "SessionDuration in AuthnResponse must be between 900 and 43200 seconds")
		}
		asserted := time.Duration(n) * time.Second
		if seconds == 0 {
			d = min(asserted, c.World.longestSession(role))
		}
		d = min(d, asserted)
	}
	if !a.sessionEnds.IsZero() {
		d = min(d, a.sessionEnds.Sub(c.Now()))
	}
	return d, nil
}

// nameQualifier is made of issuer, account and provider.
func nameQualifier(issuer string, account *Account, provider string) string {
	named, _ := arn.Parse(provider)
	sum := sha1.Sum([]byte(issuer + account.ID + "/" + named.Name()))
	return base64.StdEncoding.EncodeToString(sum[:])
}
