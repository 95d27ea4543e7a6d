package credentials

import (
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/ec2rolecreds"
	"github.com/aws/aws-sdk-go-v2/credentials/endpointcreds"
	"github.com/aws/aws-sdk-go-v2/credentials/processcreds"
	"github.com/aws/aws-sdk-go-v2/credentials/ssocreds"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"

	"github.com/hawser/hawser/internal/fault"
)

// ended reports whether credentials have ended when they arrive. Those of an EC2
// instance are not asked: while the metadata service has no new ones AWS may
// take the old ones longer than they say.
//
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-static-credentials.html
func ended(creds aws.Credentials, now time.Time) bool {
	return creds.CanExpire && creds.Source != ec2rolecreds.ProviderName && !trueEnd(creds).After(now)
}

// trueEnd returns when credentials expire. The SDK's chain reports the end of a
// container's credentials five minutes early.
func trueEnd(creds aws.Credentials) time.Time {
	if creds.Source == endpointcreds.ProviderName {
		return creds.Expires.Add(5 * time.Minute)
	}
	return creds.Expires
}

// ofEnded returns the fault of credentials that had expired when a source
// returned them.
func (e *explained) ofEnded(creds aws.Credentials, now time.Time) error {
	what, fix := "the credentials", "renew them"
	switch creds.Source {
	case processcreds.ProviderName:
		what, fix = "the credentials that credential_process gives", "sign in again where the program gets them, or correct the program"
	case ssocreds.ProviderName:
		what, fix = "the SSO session's credentials", fmt.Sprintf("run: hawser login --profile %s", e.profile())
	case stscreds.WebIdentityProviderName:
		what, fix = "the web identity's credentials", "renew the token in "+envWebIdentityFile
	case endpointcreds.ProviderName:
		what, fix = "the container's credentials", "start the task or pod again"
	case sourceEnvironment:
		what, fix = "the credentials in the environment", "set new ones"
	}
	return fault.New(fault.ExpiredCredentials, "%s have expired", what).
		WithCause("they expired at %s, and this machine's clock says %s", trueEnd(creds).UTC().Format(time.RFC3339), now.UTC().Format(time.RFC3339)).
		WithFix("%s; check this machine's clock too", fix)
}
