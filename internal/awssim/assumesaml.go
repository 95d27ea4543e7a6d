package awssim

import (
	"crypto/sha1"
	"encoding/base64"
	"maps"
	"regexp"
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
		return nil, badIdentity("Specified provider doesn't exist")
	}
	a, err := c.World.readAssertion(provider, aws.ToString(in.SAMLAssertion))
	if err != nil {
		return nil, err
	}
	qualifier := nameQualifier(a.Issuer, account, providerARN)
	c.External = &External{Type: "SAMLUser", Account: account.ID, ID: qualifier + ":" + a.NameID.Value, Name: a.NameID.Value, Provider: qualifier}
	role := c.World.roleByARN(roleARN)
	if role == nil || role.account != account || !a.offers(roleARN, providerARN) {
		return nil, deniedProvider("sts:AssumeRoleWithSAML")
	}
	p, size, err := c.samlSession(role, a, in)
	if err != nil {
		return nil, err
	}
	p.Federated = a.sessionKeys(qualifier)
	if action := c.untrustedSAML(role, p, a, providerARN); action != "" {
		return nil, deniedProvider(action)
	}
	d, err := a.sessionLength(c, role, aws.ToInt32(in.DurationSeconds))
	if err != nil {
		return nil, err
	}
	out := &sts.AssumeRoleWithSAMLOutput{
		AssumedRoleUser: &types.AssumedRoleUser{Arn: aws.String(p.ARN), AssumedRoleId: aws.String(p.ID)},
		Credentials:     stsCredentials(c.World.issue(p, d)),
		Audience:        aws.String(a.recipient()), Issuer: aws.String(a.Issuer), NameQualifier: aws.String(qualifier),
		Subject: aws.String(a.NameID.Value), SubjectType: aws.String(a.subjectType()),
		PackedPolicySize: size, //nolint:staticcheck // SA1019: deprecated in 2026, and what most clients read
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

// samlSession is the principal that an assertion asks for, with the size of its policies
// and tags.
func (c *Call) samlSession(role *Role, a *assertion, in *sts.AssumeRoleWithSAMLInput) (p *Principal, size *int32, err error) {
	name := a.attribute(attributeOf + "RoleSessionName")
	if name == "" {
		return nil, nil, badIdentity("RoleSessionName is required in AuthnResponse")
	}
	if !soundName(name) {
		return nil, nil, badIdentity("RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}")
	}
	if err := oneValueEach(a.principalTags()); err != nil {
		return nil, nil, err
	}
	p = role.session(name)
	if err := p.assert(a.tags(), a.attributes[attributeOf+"TransitiveTagKeys"], a.attribute(attributeOf+"SourceIdentity")); err != nil {
		return nil, nil, err
	}
	p.SessionPolicy, size, err = c.roleSession(role, in.Policy, in.PolicyArns, a.tags())
	return p, size, err
}

// untrustedSAML asks the role's trust policy for everything that the assertion does. It
// returns the first action that is not allowed, or "".
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-saml
func (c *Call) untrustedSAML(role *Role, p *Principal, a *assertion, provider string) string {
	named, _ := arn.Parse(provider)
	ctx := reference.Context{
		"saml:aud": {a.recipient()}, "saml:iss": {a.Issuer}, "saml:doc": {role.account.ID + "/" + named.ID()},
		"sts:rolesessionname": {p.SessionName}, "sts:transitivetagkeys": p.Transitive,
	}
	maps.Copy(ctx, p.Federated)
	a.attributeKeys(ctx)
	for _, tag := range a.tags() {
		RequestTag(ctx, *tag.Key, *tag.Value)
	}
	if p.SourceIdentity != "" {
		ctx["sts:sourceidentity"] = []string{p.SourceIdentity}
	}
	for _, action := range sessionActions("sts:AssumeRoleWithSAML", len(a.tags()) > 0, p.SourceIdentity != "") {
		if !c.trustsProvider(role, provider, action, ctx) {
			return action
		}
	}
	return ""
}

// sessionLength is what the call asks for, but not beyond the session of the provider.
// The attribute SessionDuration is of the console alone.
//
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
func (a *assertion) sessionLength(c *Call, role *Role, seconds int32) (time.Duration, error) {
	d, err := c.sessionLength(role, seconds)
	if err != nil {
		return 0, err
	}
	if !a.Authn.End.IsZero() {
		d = min(d, a.Authn.End.Sub(c.Now()))
	}
	return d, nil
}

// nameQualifier is made of issuer, account and provider.
func nameQualifier(issuer string, account *Account, provider string) string {
	named, _ := arn.Parse(provider)
	sum := sha1.Sum([]byte(issuer + account.ID + "/" + named.Name()))
	return base64.StdEncoding.EncodeToString(sum[:])
}
