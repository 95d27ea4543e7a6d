package signin

import (
	"context"
	"errors"
	"os"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc/types"

	"github.com/hawser/hawser/internal/awsapi/awserr"
)

// The grants.
//
// https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateToken.html
const (
	grantDevice  = "urn:ietf:params:oauth:grant-type:device_code"
	grantCode    = "authorization_code"
	grantRefresh = "refresh_token"
)

// approvalTime is how long a person has to approve the sign-in in the browser. AWS's codes
// last as long.
const approvalTime = 10 * time.Minute

// renewBefore is how long before its end a registration is not used any more.
const renewBefore = 15 * time.Minute

// Prompt is what a person has to do in a browser.
type Prompt struct {
	// Address is the page to open: an https address, or one of this machine.
	Address string
	// Code is what the page asks for, or shows for comparison; empty if there is none.
	Code string
}

// Client signs in.
type Client struct {
	// Config is for the session's region. Its calls need no credentials.
	Config aws.Config
	// Show lets the person see where to go. It also opens the browser.
	Show func(Prompt) error
	// Device is set if the browser may be on another machine: the person approves a code,
	// and nothing has to reach this machine.
	Device bool
	// Wait waits for a duration or for the end of the context; nil is a timer. Now is the
	// time; nil is this machine's clock. Both are for tests.
	Wait func(context.Context, time.Duration) error
	Now  func() time.Time
}

// SignedIn is a sign-in that has been cached.
type SignedIn struct {
	// Expires is when the token ends. Programs renew it by themselves if it is Renewable,
	// for as long as the session at IAM Identity Center lasts.
	Expires   time.Time
	Renewable bool
	File      string // the cache file
}

// SignIn signs a person in and caches the token. A session without a name is signed in to
// by a device code, as the aws CLI does: programs can't renew tokens of such sessions, and
// those of a device code last longer.
func (c *Client) SignIn(ctx context.Context, s Session) (SignedIn, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, approvalTime, errTooLate)
	defer cancel()
	file, err := tokenFile(s.key())
	if err != nil {
		return SignedIn{}, err
	}
	if err := checkFile(file); err != nil && !errors.Is(err, os.ErrNotExist) {
		return SignedIn{}, err
	}
	if s.Name == "" {
		s.Scopes = nil
	}
	flow, grants := c.byCode, []string{grantCode, grantRefresh}
	if c.Device || s.Name == "" {
		flow, grants = c.byDevice, []string{grantDevice, grantRefresh}
	}
	r, token, err := c.registered(ctx, s, grants, flow)
	if err != nil {
		return SignedIn{}, c.explain(ctx, err)
	}
	expires := c.now().Add(time.Duration(token.ExpiresIn) * time.Second)
	err = save(file, cached{
		StartURL: s.StartURL, Region: s.Region, AccessToken: aws.ToString(token.AccessToken), ExpiresAt: stamp(expires),
		RefreshToken: aws.ToString(token.RefreshToken), ClientID: r.ClientID, ClientSecret: r.ClientSecret, RegistrationExpiresAt: r.ExpiresAt,
	})
	return SignedIn{expires.UTC().Truncate(time.Second), aws.ToString(token.RefreshToken) != "", file}, err
}

// flow is a way to a token.
type flow = func(context.Context, Session, registration) (*ssooidc.CreateTokenOutput, error)

// registered runs a flow with a registration. One of the cache is used again, unless the
// sign-in with it fails: AWS may know it no longer, which shows in the browser alone.
func (c *Client) registered(ctx context.Context, s Session, grants []string, f flow) (registration, *ssooidc.CreateTokenOutput, error) {
	path, err := registrationFile(s, grants)
	if err != nil {
		return registration{}, nil, err
	}
	var r registration
	if load(path, &r) == nil && c.valid(r) {
		token, err := f(ctx, s, r)
		if err == nil {
			return r, token, nil
		}
		_ = os.Remove(path) // the next sign-in registers anew
		var unknown *types.InvalidClientException
		if !errors.As(err, &unknown) {
			return r, nil, err
		}
	}
	if r, err = c.register(ctx, s, grants); err != nil {
		return r, nil, err
	}
	if err := save(path, r); err != nil {
		return r, nil, err
	}
	token, err := f(ctx, s, r)
	return r, token, err
}

// valid reports whether a registration of the cache can be used.
func (c *Client) valid(r registration) bool {
	ends, err := time.Parse(time.RFC3339, r.ExpiresAt)
	return err == nil && r.Tool == toolName && r.ClientID != "" && r.ClientSecret != "" && c.now().Add(renewBefore).Before(ends)
}

// register registers Hawser as a client.
//
// https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_RegisterClient.html
func (c *Client) register(ctx context.Context, s Session, grants []string) (registration, error) {
	in := &ssooidc.RegisterClientInput{
		ClientName: aws.String("hawser"), ClientType: aws.String("public"), GrantTypes: grants, Scopes: s.Scopes,
	}
	if slices.Contains(grants, grantCode) {
		in.RedirectUris, in.IssuerUrl = []string{"http://" + loopback + callbackPath}, aws.String(s.StartURL)
	}
	out, err := c.oidc().RegisterClient(ctx, in)
	if err != nil {
		return registration{}, err
	}
	return registration{
		Tool: toolName, StartURL: s.StartURL, Region: s.Region, ClientID: aws.ToString(out.ClientId), ClientSecret: aws.ToString(out.ClientSecret),
		ExpiresAt: stamp(time.Unix(out.ClientSecretExpiresAt, 0)), Scopes: s.Scopes, GrantTypes: grants,
	}, nil
}

func (c *Client) oidc() *ssooidc.Client { return ssooidc.NewFromConfig(c.Config) }

func (c *Client) now() time.Time {
	if c.Now != nil {
		return c.Now()
	}
	return time.Now()
}

// wait waits for a duration, or for the end of the context.
func (c *Client) wait(ctx context.Context, d time.Duration) error {
	if c.Wait != nil {
		return c.Wait(ctx, d)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// explain returns the fault of a sign-in that failed.
func (c *Client) explain(ctx context.Context, err error) error {
	if errors.Is(context.Cause(ctx), errTooLate) {
		return notApproved(err)
	}
	var expired *types.ExpiredTokenException
	var denied *types.AccessDeniedException
	switch {
	case errors.As(err, &expired):
		return notApproved(err)
	case errors.As(err, &denied):
		return declined("AccessDeniedException")
	}
	return awserr.Fault(err)
}
