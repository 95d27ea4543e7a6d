package credentials

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/endpointcreds"
	"github.com/aws/smithy-go"

	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/fault"
)

// attempt is one source that was asked for credentials, and why it gave none.
type attempt struct {
	Source string
	Why    string
}

// explained turns a provider's failure into a fault that lists every source
// that was tried.
type explained struct {
	aws.CredentialsProvider
	settings settings.Connection
	source   settings.Source
}

// Retrieve asks the provider.
func (e *explained) Retrieve(ctx context.Context) (aws.Credentials, error) {
	creds, err := e.CredentialsProvider.Retrieve(ctx)
	now := time.Now()
	switch {
	case err != nil:
		return creds, e.explain(err)
	case !creds.HasKeys():
		return creds, e.explain(errNoCredentials)
	case ended(creds, now):
		return aws.Credentials{}, e.ofEnded(creds, now)
	}
	return creds, nil
}

// Invalidate makes the SDK's own cache forget.
func (e *explained) Invalidate() {
	if inner, ok := e.CredentialsProvider.(forgetter); ok {
		inner.Invalidate()
	}
}

// ProviderSources passes the SDK's record of sources on.
func (e *explained) ProviderSources() []aws.CredentialSource {
	if inner, ok := e.CredentialsProvider.(aws.CredentialProviderSource); ok {
		return inner.ProviderSources()
	}
	return nil
}

// explain keeps what AWS's STS or SSO answered, and a caller's own end; all
// else means that there are no credentials.
func (e *explained) explain(err error) error {
	var known *fault.Error
	var api smithy.APIError
	if errors.As(err, &known) || errors.As(err, &api) && !isMetadata(err) || errors.Is(err, context.Canceled) {
		return err
	}
	if command := e.signsInBy(); command != "" && !awserr.IsNetwork(err) && !awserr.IsTimeout(err) {
		return fault.Wrap(err, fault.ExpiredCredentials, "the SSO session of profile %q has expired or was never started", e.profile()).
			WithCause("%s", awserr.Reason(err)).WithFix("run: %s --profile %s", command, e.profile())
	}
	tried := e.tried(err)
	lines := make([]string, len(tried))
	for i, t := range tried {
		lines[i] = t.Source + ": " + t.Why
	}
	return fault.Wrap(err, fault.NoCredentials, "no AWS credentials were found").
		WithCause("tried %s", strings.Join(lines, "; ")).
		WithFix("%s", e.fix())
}

func (e *explained) profile() string { return profileOf(e.settings, e.source) }

func (e *explained) fix() string {
	switch e.source {
	case settings.Environment:
		return "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or choose another source in the connection"
	case settings.Profile:
		return fmt.Sprintf("give profile %q credentials: run aws configure sso --profile %[1]s, or aws configure", e.profile())
	case settings.Instance:
		return "attach an instance profile to this EC2 instance, or choose another source in the connection"
	case settings.Container:
		return "give the task or pod a role, or choose another source in the connection"
	case settings.WebIdentity:
		return "annotate the pod's service account with a role, or choose another source in the connection"
	default:
		return "sign in (hawser login), name a profile in the connection, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
	}
}

// tried lists the sources in the order in which the SDK asks them. The last
// one that applied carries the error.
func (e *explained) tried(err error) []attempt {
	environment := attempt{"environment", missingKeys()}
	web := attempt{"web identity", envWebIdentityFile + " is not set"}
	profile, inProfile := e.triedProfile(err)
	container := attempt{"container", "neither " + envContainerRelative + " nor " + envContainerFull + " is set"}
	instance := attempt{"EC2 instance", "it was not asked"}
	switch {
	case inProfile:
		return []attempt{profile}
	case os.Getenv(envContainerRelative)+os.Getenv(envContainerFull) != "":
		container.Why = awserr.Reason(err)
	case os.Getenv("AWS_EC2_METADATA_DISABLED") == "true":
		instance.Why = "AWS_EC2_METADATA_DISABLED is set"
	default:
		instance.Why = awserr.Reason(err)
	}
	if file := os.Getenv(envWebIdentityFile); file != "" {
		web.Why = awserr.Reason(err)
	}
	switch e.source {
	case settings.Environment:
		return []attempt{environment}
	case settings.Profile:
		return []attempt{profile, container, instance}
	case settings.Instance:
		return []attempt{instance}
	case settings.Container:
		return []attempt{container}
	case settings.WebIdentity:
		return []attempt{web}
	}
	return []attempt{environment, web, profile, container, instance}
}

// triedProfile says why the profile gave nothing, and whether the search ended
// with it because it says where credentials are.
func (e *explained) triedProfile(err error) (attempt, bool) {
	tried := attempt{Source: "profile " + e.profile()}
	if e.source != settings.Profile && e.source != settings.Ambient {
		return tried, false
	}
	shared, missing := e.sharedProfile()
	switch {
	case missing != nil:
		tried.Why = "it is not in the shared AWS files"
		return tried, false
	case shared.CredentialProcess == "" && shared.RoleARN == "" && shared.SSOSessionName == "" && shared.SSOAccountID == "" &&
		shared.WebIdentityTokenFile == "" && shared.LoginSession == "":
		tried.Why = "it holds no credentials"
		return tried, false
	}
	tried.Why = awserr.Reason(err)
	return tried, true
}

// signsInBy returns the command by which a person signs in for the profile; "" if the
// profile needs none. A login_session is not one of IAM Identity Center.
//
// https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sign-in.html
func (e *explained) signsInBy() string {
	if e.source != settings.Profile && e.source != settings.Ambient {
		return ""
	}
	shared, err := e.sharedProfile()
	switch {
	case err != nil:
		return ""
	case shared.SSOSessionName != "" || shared.SSOStartURL != "":
		return "hawser login"
	case shared.LoginSession != "":
		return "aws login"
	}
	return ""
}

// sharedProfile reads the profile from the shared AWS files.
func (e *explained) sharedProfile() (config.SharedConfig, error) {
	return SharedProfile(context.Background(), e.profile())
}

// missingKeys says which half of the environment's keys is missing.
func missingKeys() string {
	env, err := config.NewEnvConfig()
	switch {
	case err != nil:
		return "it can't be read"
	case env.Credentials.AccessKeyID == "" && os.Getenv("AWS_ACCESS_KEY_ID") == "":
		return "AWS_ACCESS_KEY_ID is not set"
	default:
		return "AWS_SECRET_ACCESS_KEY is not set"
	}
}

// isMetadata reports whether the error is a container agent's, whose codes are
// not AWS's.
func isMetadata(err error) bool {
	var op *smithy.OperationError
	return errors.As(err, &op) && (op.Service() == endpointcreds.ProviderName || op.Service() == "ec2imds")
}
