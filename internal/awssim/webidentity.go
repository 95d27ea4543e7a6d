package awssim

import (
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"
)

// assumeRoleWithWebIdentity follows
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
func assumeRoleWithWebIdentity(c *Call, in *sts.AssumeRoleWithWebIdentityInput) (*sts.AssumeRoleWithWebIdentityOutput, error) {
	name := aws.ToString(in.RoleSessionName)
	claims, issuer, err := c.World.checkWebToken(aws.ToString(in.WebIdentityToken))
	if err != nil {
		return nil, err
	}
	role := c.World.roleByARN(aws.ToString(in.RoleArn))
	if role == nil {
		return nil, deniedProvider("sts:AssumeRoleWithWebIdentity")
	}
	provider, ok := role.account.provider(issuer)
	if !ok {
		return nil, Errorf("InvalidIdentityToken", "No OpenIDConnect provider found in your account for %s", issuer.URL)
	}
	c.External = &External{
		Type: "WebIdentityUser", Account: role.account.ID, Name: claims.Subject, Provider: provider.arn,
		ID: provider.arn + ":" + strings.Join(claims.Audience, ",") + ":" + claims.Subject,
	}
	if !provider.takes(claims.Audience) {
		return nil, Errorf("InvalidIdentityToken", "Incorrect token audience")
	}
	host := issuer.host()
	ctx := claims.keys(host)
	ctx["sts:rolesessionname"] = []string{name}
	for _, action := range sessionActions("sts:AssumeRoleWithWebIdentity", len(claims.Tags.Principal) > 0, claims.SourceIdentity != "") {
		if !c.trustsProvider(role, provider.arn, action, ctx) {
			return nil, deniedProvider(action)
		}
	}
	return c.webSession(role, in, claims, provider)
}

// webSession issues the credentials.
func (c *Call) webSession(role *Role, in *sts.AssumeRoleWithWebIdentityInput, claims webClaims, provider oidcProvider) (*sts.AssumeRoleWithWebIdentityOutput, error) {
	d, err := c.sessionLength(role, aws.ToInt32(in.DurationSeconds))
	if err != nil {
		return nil, err
	}
	if err := oneValueEach(claims.Tags.Principal); err != nil {
		return nil, err
	}
	p := role.session(aws.ToString(in.RoleSessionName))
	if err := p.assert(claims.tags(), claims.Tags.Transitive, claims.SourceIdentity); err != nil {
		return nil, err
	}
	p.Provider, p.Federated = provider.arn, claims.sessionKeys(provider.host)
	var size *int32
	if p.SessionPolicy, size, err = c.roleSession(role, in.Policy, in.PolicyArns, claims.tags()); err != nil {
		return nil, err
	}
	out := &sts.AssumeRoleWithWebIdentityOutput{
		PackedPolicySize: size, //nolint:staticcheck // SA1019: deprecated in 2026, and what most clients read
		AssumedRoleUser:  &types.AssumedRoleUser{Arn: aws.String(p.ARN), AssumedRoleId: aws.String(p.ID)},
		Credentials:      stsCredentials(c.World.issue(p, d)),
		Provider:         aws.String(provider.arn), Audience: aws.String(claims.Audience[0]),
		SubjectFromWebIdentityToken: aws.String(claims.Subject),
	}
	if p.SourceIdentity != "" {
		out.SourceIdentity = &p.SourceIdentity
	}
	return out, nil
}

// checkWebToken checks a token's form, signature, claims and times.
func (w *World) checkWebToken(token string) (webClaims, *Issuer, error) {
	claims, signed, err := parseToken(token)
	if err != nil {
		return claims, nil, badIdentity("The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)")
	}
	w.mu.RLock()
	issuer := w.issuers[claims.Issuer]
	w.mu.RUnlock()
	if issuer == nil || !issuer.signed(signed) {
		return claims, nil, Errorf("InvalidIdentityToken", "Couldn't retrieve verification key from your identity provider, or the token's signature is not by it")
	}
	if name := claims.lacking(); name != "" {
		return claims, nil, Errorf("InvalidIdentityToken", "Missing a required claim: %s", name)
	}
	if begin := time.Unix(int64(claims.NotBefore), 0); w.Clock.Now().Before(begin) {
		return claims, nil, Errorf("InvalidIdentityToken", "Token is not valid yet: current date/time %d must be after the not before date/time %d", w.Clock.Now().Unix(), begin.Unix())
	}
	if end := time.Unix(int64(*claims.Expires), 0); !w.Clock.Now().Before(end) {
		return claims, nil, Errorf("ExpiredTokenException", "Token expired: current date/time %d must be before the expiration date/time %d", w.Clock.Now().Unix(), end.Unix())
	}
	return claims, issuer, nil
}
