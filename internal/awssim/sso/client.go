package sso

import (
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc"

	"github.com/hawser/hawser/internal/awssim"
)

// The grants.
const (
	grantDevice  = "urn:ietf:params:oauth:grant-type:device_code"
	grantCode    = "authorization_code"
	grantRefresh = "refresh_token"
)

// clientLength is how long a registration lasts.
const clientLength = 90 * 24 * time.Hour

// client is a registered client.
type client struct {
	id, secret                string
	scopes, redirects, grants []string
	ends                      time.Time
}

// returnsTo reports whether a redirect is among the registered ones, of which those to
// the client's own machine may have any port.
//
// https://datatracker.ietf.org/doc/html/rfc8252#section-7.3
func (c *client) returnsTo(redirect *url.URL) bool {
	return slices.ContainsFunc(c.redirects, func(text string) bool {
		u, err := url.Parse(text)
		return err == nil && u.Scheme == redirect.Scheme && u.Path == redirect.Path && u.Hostname() == redirect.Hostname() &&
			(u.Host == redirect.Host || local(u))
	})
}

// local reports whether a URL is of the client's own machine.
func local(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "http" && ip != nil && ip.IsLoopback()
}

// mayUse reports whether the client registered for a grant; one that registered for
// none has devices and renewals.
func (c *client) mayUse(grant string) bool {
	if len(c.grants) == 0 {
		return grant != grantCode
	}
	return slices.Contains(c.grants, grant)
}

// limits refuses scopes that the client did not register for.
func (c *client) limits(scopes []string) error {
	for _, scope := range scopes {
		if !slices.Contains(c.scopes, scope) {
			return oauthError("InvalidScopeException", "invalid_scope", "Invalid scope: "+scope)
		}
	}
	return nil
}

// oauthError is an error as OAuth writes it, beside AWS's name for it.
func oauthError(name, code, description string) *awssim.Error {
	return awssim.Errorf(name, "%s", description).With("error", code).With("error_description", description)
}

// registerClient follows
// https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_RegisterClient.html
func registerClient(c *awssim.Call, in *ssooidc.RegisterClientInput) (*ssooidc.RegisterClientOutput, error) {
	if aws.ToString(in.ClientName) == "" {
		return nil, oauthError("InvalidRequestException", "invalid_request", "Invalid request")
	}
	if aws.ToString(in.ClientType) != "public" {
		return nil, oauthError("InvalidClientMetadataException", "invalid_client_metadata", "Invalid client type")
	}
	for _, grant := range in.GrantTypes {
		if !slices.Contains([]string{grantDevice, grantCode, grantRefresh}, grant) {
			return nil, oauthError("UnsupportedGrantTypeException", "unsupported_grant_type", "Unsupported grant type: "+grant)
		}
	}
	for _, scope := range in.Scopes {
		if !strings.Contains(scope, ":") {
			return nil, oauthError("InvalidScopeException", "invalid_scope", "Invalid scope: "+scope)
		}
	}
	for _, text := range in.RedirectUris {
		if u, err := url.Parse(text); err != nil || !local(u) && u.Scheme != "https" {
			return nil, oauthError("InvalidRedirectUriException", "invalid_redirect_uri", "Invalid redirect URI")
		}
	}
	if slices.Contains(in.GrantTypes, grantCode) && len(in.RedirectUris) == 0 {
		return nil, oauthError("InvalidRedirectUriException", "invalid_redirect_uri", "A redirect URI is required")
	}
	st := sessionsOf(c.World)
	st.mu.Lock()
	defer st.mu.Unlock()
	made := &client{
		id: awssim.RandomText(32), secret: awssim.RandomText(64), scopes: in.Scopes, redirects: in.RedirectUris, grants: in.GrantTypes,
		ends: c.Now().Add(c.World.Clock.Scaled(clientLength)),
	}
	st.clients[made.id] = made
	return &ssooidc.RegisterClientOutput{
		ClientId: aws.String(made.id), ClientSecret: aws.String(made.secret), ClientIdIssuedAt: c.Now().Unix(), ClientSecretExpiresAt: made.ends.Unix(),
	}, nil
}

// known finds a registered client by its secret. The sessions are locked.
func (st *sessions) known(id, secret *string) (*client, error) {
	c := st.clients[aws.ToString(id)]
	if c == nil || c.secret != aws.ToString(secret) {
		return nil, oauthError("InvalidClientException", "invalid_client", "Invalid client")
	}
	if !st.world.Clock.Now().Before(c.ends) {
		return nil, oauthError("InvalidClientException", "invalid_client", "Client is expired")
	}
	return c, nil
}

// startDeviceAuthorization follows
// https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_StartDeviceAuthorization.html
func startDeviceAuthorization(c *awssim.Call, in *ssooidc.StartDeviceAuthorizationInput) (*ssooidc.StartDeviceAuthorizationOutput, error) {
	st := sessionsOf(c.World)
	st.mu.Lock()
	defer st.mu.Unlock()
	registered, err := st.known(in.ClientId, in.ClientSecret)
	if err != nil {
		return nil, err
	}
	if !registered.mayUse(grantDevice) {
		return nil, oauthError("UnauthorizedClientException", "unauthorized_client", "The client is not registered for this grant")
	}
	if u, err := url.Parse(aws.ToString(in.StartUrl)); err != nil || u.Host == "" {
		return nil, oauthError("InvalidRequestException", "invalid_request", "Invalid start URL")
	}
	letters := awssim.UniqueID("")
	d := &device{user: letters[:4] + "-" + letters[4:8], client: registered, ends: c.Now().Add(c.World.Clock.Scaled(deviceLength))}
	text := awssim.RandomText(43)
	st.devices[text] = d
	page := "http://" + c.Request.Host + devicePath
	return &ssooidc.StartDeviceAuthorizationOutput{
		DeviceCode: aws.String(text), UserCode: aws.String(d.user), VerificationUri: aws.String(page),
		VerificationUriComplete: aws.String(page + "?user_code=" + d.user), ExpiresIn: int32(deviceLength.Seconds()), Interval: 1,
	}, nil
}
