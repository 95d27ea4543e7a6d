package signin

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc"
	"github.com/aws/aws-sdk-go-v2/service/ssooidc/types"

	"github.com/hawser/hawser/internal/fault"
)

// How often a client asks whether its code was approved: as AWS says, or by default each
// five seconds, and five seconds less often when it is told to slow down.
//
// https://datatracker.ietf.org/doc/html/rfc8628#section-3.5
const (
	askInterval  = 5 * time.Second
	slowDownStep = 5 * time.Second
	longestAsk   = time.Minute
)

// byDevice gets a token by a code that the person approves in any browser.
//
// https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_StartDeviceAuthorization.html
func (c *Client) byDevice(ctx context.Context, s Session, r registration) (*ssooidc.CreateTokenOutput, error) {
	begun, err := c.oidc().StartDeviceAuthorization(ctx, &ssooidc.StartDeviceAuthorizationInput{
		ClientId: aws.String(r.ClientID), ClientSecret: aws.String(r.ClientSecret), StartUrl: aws.String(s.StartURL),
	})
	if err != nil {
		return nil, err
	}
	code, address := aws.ToString(begun.UserCode), aws.ToString(begun.VerificationUriComplete)
	if address == "" {
		address = aws.ToString(begun.VerificationUri)
	}
	if !plainCode(code) {
		return nil, fault.New(fault.Endpoint, "the code that AWS gave is not one").WithFix("check the endpoint, and run hawser login again")
	}
	if err := c.show(Prompt{Address: address, Code: code}); err != nil {
		return nil, err
	}
	interval := askInterval
	if begun.Interval > 0 {
		interval = min(time.Duration(begun.Interval)*time.Second, longestAsk)
	}
	return c.ask(ctx, &ssooidc.CreateTokenInput{
		ClientId: aws.String(r.ClientID), ClientSecret: aws.String(r.ClientSecret), GrantType: aws.String(grantDevice), DeviceCode: begun.DeviceCode,
	}, interval)
}

// ask asks for the token until the person has answered.
func (c *Client) ask(ctx context.Context, in *ssooidc.CreateTokenInput, interval time.Duration) (*ssooidc.CreateTokenOutput, error) {
	for {
		if err := c.wait(ctx, interval); err != nil {
			return nil, err
		}
		token, err := c.oidc().CreateToken(ctx, in)
		var pending *types.AuthorizationPendingException
		var early *types.SlowDownException
		switch {
		case errors.As(err, &early):
			interval += slowDownStep
		case errors.As(err, &pending):
		default:
			return token, err
		}
	}
}

// plainCode reports whether a code can be shown as it is.
func plainCode(code string) bool {
	return code != "" && len(code) <= 64 && strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-") == ""
}
