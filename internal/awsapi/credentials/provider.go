package credentials

import (
	"context"
	"errors"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/ec2rolecreds"
	"github.com/aws/aws-sdk-go-v2/credentials/endpointcreds"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
)

// provider returns the credentials of one source. The SDK's own chain has already
// answered for Ambient and Profile.
func (l Loader) provider(cfg aws.Config) (aws.CredentialsProvider, error) {
	switch l.Source {
	case settings.Ambient, settings.Profile:
		return cfg.Credentials, nil
	case settings.Environment:
		return aws.CredentialsProviderFunc(fromEnvironment), nil
	case settings.Keys:
		return l.keyProvider(), nil
	case settings.Instance:
		return ec2rolecreds.New(func(o *ec2rolecreds.Options) { o.Client = imds.NewFromConfig(cfg) }), nil
	case settings.Container:
		return containerProvider(cfg)
	case settings.WebIdentity:
		return webIdentityProvider(cfg)
	}
	return nil, fault.New(fault.Invalid, "unknown source %q", l.Source).At("source").
		WithFix("use one of: %s", settings.SourceNames())
}

const (
	sourceEnvironment = "environment variables"
	// envExpiration is when the credentials in the environment end, as the aws
	// CLI reads and writes it.
	//
	// https://docs.aws.amazon.com/cli/latest/reference/configure/export-credentials.html
	envExpiration = "AWS_CREDENTIAL_EXPIRATION"
)

// fromEnvironment reads the access keys that the environment holds now.
func fromEnvironment(context.Context) (aws.Credentials, error) {
	env, err := config.NewEnvConfig()
	if err != nil {
		return aws.Credentials{}, err
	}
	creds := env.Credentials
	if !creds.HasKeys() {
		return aws.Credentials{}, errNoCredentials
	}
	creds.Source = sourceEnvironment
	text := os.Getenv(envExpiration)
	if text == "" {
		return creds, nil
	}
	// botocore fails as well for a text that is not a time, and for one without a zone.
	if creds.Expires, err = time.Parse(time.RFC3339, text); err != nil {
		return aws.Credentials{}, fault.New(fault.Invalid, "%s in the environment is not a time in RFC 3339 with its zone", envExpiration).
			WithFix("set it like 2026-01-02T15:04:05Z, as aws configure export-credentials --format env writes it, or unset it")
	}
	creds.CanExpire = true
	return creds, nil
}

// keyProvider resolves the keys of the settings when they are first used.
func (l Loader) keyProvider() aws.CredentialsProvider {
	s := l.Settings
	return aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
		var values [3]string
		for i, secret := range []settings.Secret{s.AccessKeyID, s.SecretAccessKey, s.SessionToken} {
			value, err := Resolve(ctx, secret, l.Secrets)
			if err != nil {
				return aws.Credentials{}, err
			}
			values[i] = value
		}
		creds := credentials.NewStaticCredentialsProvider(values[0], values[1], values[2]).Value
		creds.Source = "keys of the connection"
		return creds, nil
	})
}

// The variables of the sources that a machine offers.
const (
	envContainerRelative  = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
	envContainerFull      = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
	envContainerToken     = "AWS_CONTAINER_AUTHORIZATION_TOKEN"
	envContainerTokenFile = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
	envWebIdentityFile    = "AWS_WEB_IDENTITY_TOKEN_FILE"
	envWebIdentityRole    = "AWS_ROLE_ARN"
	envWebIdentitySession = "AWS_ROLE_SESSION_NAME"
)

// containerProvider reads the address that ECS, EKS or Lambda put into the
// environment.
//
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
func containerProvider(cfg aws.Config) (aws.CredentialsProvider, error) {
	address := os.Getenv(envContainerFull)
	if relative := os.Getenv(envContainerRelative); relative != "" {
		address = "http://169.254.170.2" + relative
	}
	if address == "" {
		return failing(errNoCredentials), nil
	}
	if !containerHost(address) {
		return nil, fault.New(fault.Invalid, "%s names a host for which plain HTTP is not allowed", envContainerFull).
			WithFix("use HTTPS, a loopback address, or the address that ECS or EKS gives")
	}
	return endpointcreds.New(address, func(o *endpointcreds.Options) {
		o.APIOptions = cfg.APIOptions
		o.AuthorizationToken = os.Getenv(envContainerToken)
		if file := os.Getenv(envContainerTokenFile); file != "" {
			o.AuthorizationTokenProvider = endpointcreds.TokenProviderFunc(func() (string, error) {
				token, err := readToken(file)
				return strings.TrimSpace(string(token)), err
			})
		}
	}), nil
}

// containerHost reports whether credentials may be fetched from an address: over
// HTTPS from anywhere, over HTTP from this machine and its agents only.
func containerHost(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return false
	}
	if u.Scheme == "https" {
		return true
	}
	switch ip := net.ParseIP(u.Hostname()); {
	case u.Hostname() == "localhost":
		return true
	case ip == nil:
		return false
	default:
		return ip.IsLoopback() || ip.Equal(net.IPv4(169, 254, 170, 2)) ||
			ip.Equal(net.IPv4(169, 254, 170, 23)) || ip.Equal(net.ParseIP("fd00:ec2::23"))
	}
}

// webIdentityProvider exchanges the token file named in the environment.
func webIdentityProvider(cfg aws.Config) (aws.CredentialsProvider, error) {
	file, role := os.Getenv(envWebIdentityFile), os.Getenv(envWebIdentityRole)
	if file == "" || role == "" {
		return failing(errNoCredentials), nil
	}
	return stscreds.NewWebIdentityRoleProvider(sts.NewFromConfig(cfg, stsHome(cfg)), role, identityToken(file),
		func(o *stscreds.WebIdentityRoleOptions) {
			o.RoleSessionName = os.Getenv(envWebIdentitySession)
			if o.RoleSessionName == "" {
				o.RoleSessionName = defaultSessionName
			}
		}), nil
}

// identityToken is a file with a token of an identity provider, which is read anew for
// each exchange.
type identityToken string

// GetIdentityToken implements stscreds.IdentityTokenRetriever.
func (t identityToken) GetIdentityToken() ([]byte, error) { return readToken(string(t)) }

func readToken(path string) ([]byte, error) {
	token, err := files.ReadRegular(path, mostSecret)
	if refused := refused(err, "the token file "+path); refused != nil {
		return nil, refused
	}
	return token, err
}

func failing(err error) aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return aws.Credentials{}, err })
}

// errNoCredentials says that a source has nothing to give.
var errNoCredentials = errors.New("no credentials here")
