package awssim

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/hawser/hawser/internal/access/reference"
)

// STS is the Security Token Service.
func STS(*World) *Service {
	return &Service{
		Model: "sts", ReservedTag: reservedSessionTag,
		Handlers: map[string]Handler{
			"AssumeRole":                 Op(assumeRole),
			"AssumeRoleWithSAML":         Op(assumeRoleWithSAML),
			"AssumeRoleWithWebIdentity":  Op(assumeRoleWithWebIdentity),
			"AssumeRoot":                 Op(assumeRoot),
			"DecodeAuthorizationMessage": Op(decodeAuthorizationMessage),
			"GetAccessKeyInfo":           Op(getAccessKeyInfo),
			"GetCallerIdentity":          Op(getCallerIdentity),
			"GetFederationToken":         Op(getFederationToken),
			"GetSessionToken":            Op(getSessionToken),
		},
		Needs: stsNeeds,
		Unsupported: map[string][]string{
			"AssumeRole":                {"ProvidedContexts"},
			"AssumeRoleWithWebIdentity": {"ProviderId"}, // its tokens are of OAuth 2.0, and have no claims
		},
	}
}

func getCallerIdentity(c *Call, _ *sts.GetCallerIdentityInput) (*sts.GetCallerIdentityOutput, error) {
	return &sts.GetCallerIdentityOutput{
		Account: aws.String(c.Account.ID), Arn: aws.String(c.Principal.ARN), UserId: aws.String(c.Principal.ID),
	}, nil
}

// stsNeeds asks for nothing before the calls for a role, which decide with its trust
// policy, and before GetSessionToken, which policies do not control. See
// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
func stsNeeds(c *Call, in any) []Need {
	switch in := in.(type) {
	case *sts.AssumeRoleInput, *sts.AssumeRoleWithSAMLInput, *sts.AssumeRoleWithWebIdentityInput, *sts.GetSessionTokenInput:
		return []Need{}
	case *sts.AssumeRootInput:
		need := Need{Action: "sts:AssumeRoot", Resource: rootARN(c, in.TargetPrincipal)}
		if in.TaskPolicyArn != nil {
			need.Context = reference.Context{"sts:taskpolicyarn": {aws.ToString(in.TaskPolicyArn.Arn)}}
		}
		return []Need{need}
	case *sts.GetFederationTokenInput:
		if c.Temporary { // which the operation refuses
			return []Need{}
		}
		return federationNeeds(c, in)
	}
	return nil
}

// federationNeeds are those of a token for a federated user, and of its tags.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_permissions-required
func federationNeeds(c *Call, in *sts.GetFederationTokenInput) []Need {
	var needs []Need
	for _, action := range sessionActions("sts:GetFederationToken", len(in.Tags) > 0, false) {
		needs = append(needs, Need{Action: action, Resource: federatedARN(c.Account, aws.ToString(in.Name))})
	}
	return needs
}

// userSession returns how long a session of a user's own credentials lasts: 12 hours
// where no length is asked for, and for the root user one hour at most.
func (c *Call) userSession(seconds *int32) time.Duration {
	d := 12 * time.Hour
	if seconds != nil {
		d = time.Duration(*seconds) * time.Second
	}
	if c.Principal.Type == reference.Root {
		d = min(d, time.Hour)
	}
	return d
}

// getSessionToken follows
// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
func getSessionToken(c *Call, in *sts.GetSessionTokenInput) (*sts.GetSessionTokenOutput, error) {
	if c.Temporary {
		return nil, &Error{Code: "AccessDenied", Message: "Cannot call GetSessionToken with session credentials", Status: http.StatusForbidden}
	}
	d := c.userSession(in.DurationSeconds)
	p := *c.Principal
	var err error
	if p.MFA, err = c.withMFA(in.SerialNumber, in.TokenCode); err != nil {
		return nil, err
	}
	return &sts.GetSessionTokenOutput{Credentials: stsCredentials(c.World.issue(&p, d))}, nil
}

// decodeAuthorizationMessage reads what encodeFailure wrote.
func decodeAuthorizationMessage(_ *Call, in *sts.DecodeAuthorizationMessageInput) (*sts.DecodeAuthorizationMessageOutput, error) {
	text, ok := strings.CutPrefix(aws.ToString(in.EncodedMessage), failurePrefix)
	plain, err := base64.RawURLEncoding.DecodeString(text)
	if !ok || err != nil || !json.Valid(plain) {
		return nil, Errorf("InvalidAuthorizationMessageException", "Message is not valid")
	}
	return &sts.DecodeAuthorizationMessageOutput{DecodedMessage: aws.String(string(plain))}, nil
}

func getAccessKeyInfo(c *Call, in *sts.GetAccessKeyInfoInput) (*sts.GetAccessKeyInfoOutput, error) {
	cred := c.World.credential(aws.ToString(in.AccessKeyId))
	if cred == nil {
		return nil, Errorf("ValidationError", "Invalid value for AccessKeyId")
	}
	return &sts.GetAccessKeyInfoOutput{Account: aws.String(cred.Principal.Account.ID)}, nil
}

// stsCredentials gives a credential as STS answers it.
func stsCredentials(c *Credential) *types.Credentials {
	return &types.Credentials{
		AccessKeyId: aws.String(c.AccessKeyID), SecretAccessKey: aws.String(c.SecretAccessKey),
		SessionToken: aws.String(c.SessionToken), Expiration: aws.Time(c.Expires),
	}
}
