package credentials

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/processcreds"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/fault"
)

// process gives the credentials that the credential_process of a profile prints.
// It replaces the SDK's provider, which waits for every child of the program,
// and whose errors hold what the program printed.
//
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
type process struct{ profile, command string }

// withOwnProcess returns the credentials of the SDK's chain. Where they come from
// a credential_process, process replaces the SDK's provider, and the profile's
// roles are assumed on top of it, as the SDK does.
func (l Loader) withOwnProcess(cfg, chain aws.Config) aws.CredentialsProvider {
	from, ok := chain.Credentials.(aws.CredentialProviderSource)
	if !ok || !slices.Contains(from.ProviderSources(), aws.CredentialSourceProfileProcess) {
		return chain.Credentials
	}
	for _, source := range chain.ConfigSources {
		if shared, ok := source.(config.SharedConfig); ok {
			return l.processRoles(cfg, &shared)
		}
	}
	return chain.Credentials
}

// processRoles returns a profile's own credentials, which begin with a process.
func (l Loader) processRoles(cfg aws.Config, shared *config.SharedConfig) aws.CredentialsProvider {
	if shared.Source != nil {
		cfg.Credentials = l.processRoles(cfg, shared.Source)
	} else {
		cfg.Credentials = process{shared.Profile, shared.CredentialProcess}
	}
	if shared.RoleARN == "" {
		return cfg.Credentials
	}
	role := stscreds.NewAssumeRoleProvider(sts.NewFromConfig(cfg), shared.RoleARN, func(o *stscreds.AssumeRoleOptions) {
		o.RoleSessionName = shared.RoleSessionName
		if d := aws.ToDuration(shared.RoleDurationSeconds); d > stscreds.DefaultDuration {
			o.Duration = d
		}
		o.ExternalID, o.SerialNumber = optional(shared.ExternalID), optional(shared.MFASerial)
		o.TokenProvider = l.MFA
		o.CredentialSources = process{}.ProviderSources()
	})
	return aws.NewCredentialsCache(role)
}

// ProviderSources returns what the SDK tells AWS about where the credentials come
// from.
func (process) ProviderSources() []aws.CredentialSource {
	return []aws.CredentialSource{aws.CredentialSourceProfileProcess, aws.CredentialSourceProcess}
}

// Retrieve runs the program. Errors are NoCredentials or Timeout, and name the
// profile and the program, and nothing of what it printed.
func (p process) Retrieve(ctx context.Context) (aws.Credentials, error) {
	out, err := runProgram(ctx, p.String(), processcreds.DefaultNewCommandBuilder{Args: []string{p.command}}.NewCommand)
	var known *fault.Error
	switch {
	case errors.As(err, &known), errors.Is(err, context.Canceled):
		return aws.Credentials{}, err
	case err != nil:
		return aws.Credentials{}, fault.Wrap(err, fault.NoCredentials, "%s failed", p).WithCause("%s", awserr.Reason(err)).
			WithFix("run it by hand and check that it prints credentials and exits with 0")
	}
	if runtime.GOOS == "windows" { // cmd.exe adds backslashes to quotes, as the SDK heeds too
		out = bytes.ReplaceAll(out, []byte(`\"`), []byte(`"`))
	}
	creds, wrong := readProcess(out)
	if wrong != "" {
		return aws.Credentials{}, fault.New(fault.NoCredentials, "%s printed no credentials", p).WithCause("%s", wrong).
			WithFix(`let the program print {"Version": 1, "AccessKeyId": "...", "SecretAccessKey": "...", "SessionToken": "...", ` +
				`"Expiration": "2026-01-02T15:04:05Z"}; without Expiration the credentials do not end`)
	}
	return creds, nil
}

// String names the profile and the program, without the program's arguments,
// which may hold a secret.
func (p process) String() string {
	name := "the credential_process of profile " + p.profile
	words, _ := shellWords(p.command)
	for _, word := range words {
		if word != "exec" && !strings.Contains(word, "=") {
			return name + " (" + filepath.Base(word) + ")"
		}
	}
	return name
}

// readProcess reads what a credential_process printed. What is wrong with it is
// told in words that repeat nothing of it.
func readProcess(out []byte) (aws.Credentials, string) {
	var answer struct {
		Version                                    any
		AccessKeyId, SecretAccessKey, SessionToken string //nolint:revive // AWS's spelling
		AccountId                                  string //nolint:revive // AWS's spelling
		Expiration                                 *string
	}
	var kind *json.UnmarshalTypeError
	switch err := json.Unmarshal(out, &answer); {
	case len(bytes.TrimSpace(out)) == 0:
		return aws.Credentials{}, "its output is empty"
	case errors.As(err, &kind) && kind.Field != "":
		return aws.Credentials{}, kind.Field + " is not a string"
	case err != nil:
		return aws.Credentials{}, "its output is not an object in JSON"
	case answer.Version != float64(1):
		return aws.Credentials{}, "Version is not the number 1"
	case answer.AccessKeyId == "":
		return aws.Credentials{}, "AccessKeyId is missing"
	case answer.SecretAccessKey == "":
		return aws.Credentials{}, "SecretAccessKey is missing"
	}
	creds := aws.Credentials{
		Source: processcreds.ProviderName, AccessKeyID: answer.AccessKeyId, SecretAccessKey: answer.SecretAccessKey,
		SessionToken: answer.SessionToken, AccountID: answer.AccountId,
	}
	if answer.Expiration == nil {
		return creds, ""
	}
	end, err := time.Parse(time.RFC3339, *answer.Expiration)
	switch {
	case *answer.Expiration == "":
		return aws.Credentials{}, "Expiration is empty, where a time in RFC 3339 is wanted, such as 2026-01-02T15:04:05Z"
	case err != nil:
		return aws.Credentials{}, "Expiration is not a time in RFC 3339 with its zone, such as 2026-01-02T15:04:05Z"
	}
	creds.CanExpire, creds.Expires = true, end
	return creds, ""
}
