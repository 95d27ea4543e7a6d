package sso

import (
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sso"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc"

	"github.com/hawser/hawser/internal/awssim"
)

// createToken follows
// https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateToken.html
func createToken(c *awssim.Call, in *ssooidc.CreateTokenInput) (*ssooidc.CreateTokenOutput, error) {
	st, grant := sessionsOf(c.World), aws.ToString(in.GrantType)
	if grant == grantRefresh && st.gone(aws.ToString(in.RefreshToken)) {
		return nil, oauthError("InvalidGrantException", "invalid_grant", "Invalid refresh token provided")
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	if !slices.Contains([]string{grantDevice, grantCode, grantRefresh}, grant) {
		return nil, oauthError("UnsupportedGrantTypeException", "unsupported_grant_type", "Unsupported grant type")
	}
	if grant == grantRefresh {
		return st.refresh(c, in)
	}
	registered, err := st.known(in.ClientId, in.ClientSecret)
	if err != nil {
		return nil, err
	}
	if !registered.mayUse(grant) {
		return nil, oauthError("UnauthorizedClientException", "unauthorized_client", "The client is not registered for this grant")
	}
	if err := registered.limits(in.Scope); err != nil {
		return nil, err
	}
	var s *Session
	if grant == grantDevice {
		s, err = st.redeemDevice(registered, aws.ToString(in.DeviceCode))
	} else {
		s, err = st.redeemCode(registered, in)
	}
	if err != nil {
		return nil, err
	}
	s.begin(registered)
	return s.token(c), nil
}

// redeemDevice gives the session of the person who approved a device.
func (st *sessions) redeemDevice(by *client, text string) (*Session, error) {
	d, now := st.devices[text], st.world.Clock.Now()
	if d == nil || d.client != by {
		return nil, oauthError("InvalidGrantException", "invalid_grant", "Invalid grant provided")
	}
	early := now.Sub(d.asked) < st.world.Clock.Scaled(time.Second)*9/10 // a client's timer may be a little fast
	d.asked = now
	switch {
	case !now.Before(d.ends):
		return nil, oauthError("ExpiredTokenException", "expired_token", "Device code is expired")
	case d.denied:
		return nil, oauthError("AccessDeniedException", "access_denied", "The user denied the request")
	case d.person == nil && early:
		return nil, oauthError("SlowDownException", "slow_down", "Slow down")
	case d.person == nil:
		return nil, oauthError("AuthorizationPendingException", "authorization_pending", "Authorization is pending")
	}
	delete(st.devices, text)
	return d.person, nil
}

// redeemCode gives the session of the person who let a client in.
func (st *sessions) redeemCode(by *client, in *ssooidc.CreateTokenInput) (*Session, error) {
	text := aws.ToString(in.Code)
	c := st.codes[text]
	delete(st.codes, text) // it is good for one attempt
	if c == nil || c.client != by || c.redirect != aws.ToString(in.RedirectUri) || !verifies(c.challenge, aws.ToString(in.CodeVerifier)) {
		return nil, oauthError("InvalidGrantException", "invalid_grant", "Invalid grant provided")
	}
	if !st.world.Clock.Now().Before(c.ends) {
		return nil, oauthError("ExpiredTokenException", "expired_token", "Authorization code is expired")
	}
	return c.person, nil
}

// refresh renews a session by its refresh token. A session that Go made is of any
// client.
func (st *sessions) refresh(c *awssim.Call, in *ssooidc.CreateTokenInput) (*ssooidc.CreateTokenOutput, error) {
	for _, s := range st.byToken {
		if s.RefreshToken == "" || s.RefreshToken != aws.ToString(in.RefreshToken) {
			continue
		}
		if s.client != nil {
			registered, err := st.known(in.ClientId, in.ClientSecret)
			if err != nil {
				return nil, err
			}
			if err := registered.limits(in.Scope); err != nil {
				return nil, err
			}
			if registered != s.client || !registered.mayUse(grantRefresh) || !c.Now().Before(s.signedOut) {
				break
			}
		}
		s.renew()
		return s.token(c), nil
	}
	return nil, oauthError("InvalidGrantException", "invalid_grant", "Invalid refresh token provided")
}

// begin gives a session that signed in its tokens: one to renew it where the client
// registered for scopes. The sessions are locked.
func (s *Session) begin(by *client) {
	s.client, s.length = by, signInLength
	s.signedOut = s.clock.Now().Add(s.clock.Scaled(signInLength))
	if s.RefreshToken = ""; len(by.scopes) > 0 && by.mayUse(grantRefresh) {
		s.RefreshToken, s.length = "aor"+awssim.RandomText(40), tokenLength
	}
	s.renew()
}

// token is the answer that has the session's tokens.
func (s *Session) token(c *awssim.Call) *ssooidc.CreateTokenOutput {
	s.called(c)
	out := &ssooidc.CreateTokenOutput{
		AccessToken: aws.String(s.AccessToken), TokenType: aws.String("Bearer"), ExpiresIn: int32(s.Expires.Sub(c.Now()).Seconds()),
	}
	if s.RefreshToken != "" {
		out.RefreshToken = aws.String(s.RefreshToken)
	}
	return out
}

// logout follows
// https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_Logout.html
func logout(c *awssim.Call, in *sso.LogoutInput) (*sso.LogoutOutput, error) {
	s, _, err := sessionOf(c, in.AccessToken)
	if err != nil {
		return nil, err
	}
	s.all.mu.Lock()
	defer s.all.mu.Unlock()
	delete(s.all.byToken, s.AccessToken)
	return &sso.LogoutOutput{}, nil
}
