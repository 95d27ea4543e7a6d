package signin

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc"
)

// byCode gets a token by an authorization code with PKCE. The browser, which must be on
// this machine, brings the code.
//
// https://datatracker.ietf.org/doc/html/rfc7636
func (c *Client) byCode(ctx context.Context, s Session, r registration) (*ssooidc.CreateTokenOutput, error) {
	back, err := listen(ctx)
	if err != nil {
		return nil, err
	}
	defer back.close(ctx)
	base, err := c.endpoint(ctx)
	if err != nil {
		return nil, err
	}
	verifier := rand.Text() + rand.Text() // at least 43 characters
	challenge := sha256.Sum256([]byte(verifier))
	query := url.Values{
		"response_type": {"code"}, "client_id": {r.ClientID}, "redirect_uri": {back.address()}, "state": {back.state},
		"code_challenge_method": {"S256"}, "code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])},
		"scopes": {strings.Join(s.Scopes, " ")},
	}
	if err := c.show(Prompt{Address: base + "/authorize?" + query.Encode()}); err != nil {
		return nil, err
	}
	code, err := back.wait(ctx)
	if err != nil {
		return nil, err
	}
	return c.oidc().CreateToken(ctx, &ssooidc.CreateTokenInput{
		ClientId: aws.String(r.ClientID), ClientSecret: aws.String(r.ClientSecret), GrantType: aws.String(grantCode),
		Code: aws.String(code), CodeVerifier: aws.String(verifier), RedirectUri: aws.String(back.address()),
	})
}

// endpoint returns the address of the service, below which the page is that a person
// approves. The page is no operation of the SDK.
func (c *Client) endpoint(ctx context.Context) (string, error) {
	options := c.oidc().Options()
	found, err := ssooidc.NewDefaultEndpointResolverV2().ResolveEndpoint(ctx, ssooidc.EndpointParameters{
		Region: aws.String(options.Region), Endpoint: options.BaseEndpoint,
		UseFIPS:      aws.Bool(options.EndpointOptions.UseFIPSEndpoint == aws.FIPSEndpointStateEnabled),
		UseDualStack: aws.Bool(options.EndpointOptions.UseDualStackEndpoint == aws.DualStackEndpointStateEnabled),
	})
	return strings.TrimSuffix(found.URI.String(), "/"), err
}
