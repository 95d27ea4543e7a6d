package credentials

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"

	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/fault"
)

// Loader loads a connection's configuration and its first credentials.
type Loader struct {
	Connection string // its name, for messages
	Settings   settings.Connection
	Source     settings.Source        // as SourceOf gives it
	MFA        func() (string, error) // asks a person for a token code; nil if nobody can be asked
	Secrets    SecretReader           // reads awssecret: references
}

// Keeper returns the first credentials, by a configuration that Load gave.
// Nothing is asked of AWS.
func (l Loader) Keeper(cfg aws.Config) (*Keeper, error) {
	provider, err := l.provider(cfg)
	if err != nil {
		return nil, err
	}
	return newKeeper(&explained{provider, l.Settings, l.Source}), nil
}

// Load loads the SDK's configuration first and then, for the sources that the
// SDK's own chain knows, its credentials: only the first load tells where the
// chain's STS and SSO clients must go.
func (l Loader) Load(ctx context.Context, options ...func(*config.LoadOptions) error) (aws.Config, error) {
	options = append(options, config.WithAssumeRoleCredentialOptions(func(o *stscreds.AssumeRoleOptions) { o.TokenProvider = l.MFA }))
	if l.Source == settings.Profile {
		options = append(options, config.WithSharedConfigProfile(l.Settings.Profile))
	}
	files, err := openAWSFiles()
	if err != nil {
		return aws.Config{}, err
	}
	defer func() { _ = files.Close() }() // loaded, the SDK reads them no more
	if err := checkFiles(ctx, profileOf(l.Settings, l.Source), files); err != nil {
		return aws.Config{}, err
	}
	options = slices.Concat(options, files.options())
	options = options[:len(options):len(options)]
	anonymous := config.WithCredentialsProvider(aws.AnonymousCredentials{})
	cfg, err := config.LoadDefaultConfig(ctx, append(options, anonymous)...)
	if err != nil {
		return aws.Config{}, l.loadFault(err)
	}
	if l.Source != settings.Ambient && l.Source != settings.Profile {
		return cfg, nil
	}
	chain, err := config.LoadDefaultConfig(ctx, append(options, config.WithAPIOptions(redirect(cfg)))...)
	if err != nil {
		return aws.Config{}, l.loadFault(err)
	}
	cfg.Credentials = l.withOwnProcess(cfg, chain)
	return cfg, nil
}

// SourceOf decides where the first credentials come from: what the settings pin,
// else keys in the environment, else what the settings hold.
func SourceOf(s settings.Connection) settings.Source {
	switch {
	case s.Source != "":
		return s.Source
	case EnvironmentKeys():
		return settings.Environment
	case !s.AccessKeyID.IsZero():
		return settings.Keys
	case s.Profile != "":
		return settings.Profile
	default:
		return settings.Ambient
	}
}

// EnvironmentKeys reports whether the environment holds access keys, under the
// names that the SDK reads.
func EnvironmentKeys() bool {
	env, err := config.NewEnvConfig()
	return err == nil && env.Credentials.HasKeys()
}

// loadFault explains why the SDK could not load a configuration.
func (l Loader) loadFault(err error) error {
	var missing config.SharedConfigProfileNotExistError
	var role config.SharedConfigAssumeRoleError
	var noMFA config.AssumeRoleTokenProviderNotSetError
	switch {
	case errors.As(err, &missing):
		return fault.Wrap(err, fault.NoCredentials, "there is no AWS profile %q", missing.Profile).At("profile").
			WithCause("it is in none of %s", strings.Join(awsFileNames(), ", ")).
			WithFix("add [profile %s] to ~/.aws/config, or name another profile in connection %q", missing.Profile, l.Connection)
	case errors.As(err, &role):
		return fault.Wrap(err, fault.NoCredentials, "profile %q can't assume its role %s", role.Profile, role.RoleARN).
			WithCause("its source_profile or credential_source is missing or has no credentials").
			WithFix("give the profile a source_profile that has credentials")
	case errors.As(err, &noMFA):
		return fault.Wrap(err, fault.NoCredentials, "the profile of connection %q asks for an MFA code", l.Connection).
			WithFix("run Hawser on a terminal, or use a profile without mfa_serial (an SSO session, a credential_process)")
	}
	return fault.Wrap(err, fault.Invalid, "connection %q: the AWS configuration can't be loaded: %v", l.Connection, err).
		WithFix("correct the AWS files or variables that it names")
}
