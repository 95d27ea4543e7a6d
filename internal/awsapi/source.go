package awsapi

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/logging"

	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/awsapi/pace"
	"github.com/hawser/hawser/internal/fault"
)

// idleConnections is how many idle connections to one host are kept: the
// transport's default of ten makes parallel transfers open new ones all the
// time.
const idleConnections = 256

// newBase loads the SDK's configuration and gets the connection's first
// credentials ready, with the role chain on top. Nothing is asked of AWS.
func (c *connection) newBase(ctx context.Context) (*base, error) {
	source := c.settings.source()
	cfg, err := c.loadConfig(ctx, source)
	if err != nil {
		return nil, err
	}
	if b, ok := cfg.HTTPClient.(*awshttp.BuildableClient); ok {
		// Frozen, every service client shares one connection pool.
		cfg.HTTPClient = b.Freeze()
	}
	if c.settings.PathStyle || localEndpoint(cfg) {
		cfg.ServiceOptions = append(cfg.ServiceOptions, pathStyle)
	}
	provider, err := c.provider(cfg, source)
	if err != nil {
		return nil, err
	}
	first := newKeeper(&explained{provider, c.settings, source})
	cfg.Credentials = first
	return c.assumeChain(&base{config: cfg, source: source, first: first, account: c.settings.Account})
}

// loadConfig loads the configuration first and then, for the sources that the
// SDK's own chain knows, its credentials: only the first load tells where the
// chain's STS and SSO clients must go.
func (c *connection) loadConfig(ctx context.Context, source Source) (aws.Config, error) {
	options, err := c.loadOptions(source)
	if err != nil {
		return aws.Config{}, err
	}
	files, err := openAWSFiles()
	if err != nil {
		return aws.Config{}, err
	}
	defer func() { _ = files.Close() }() // loaded, the SDK reads them no more
	options = slices.Concat(options, files.options())
	options = options[:len(options):len(options)]
	anonymous := config.WithCredentialsProvider(aws.AnonymousCredentials{})
	cfg, err := config.LoadDefaultConfig(ctx, append(options, anonymous)...)
	if err != nil {
		return aws.Config{}, c.loadFault(err)
	}
	if source != Ambient && source != Profile {
		return cfg, nil
	}
	chain, err := config.LoadDefaultConfig(ctx, append(options, config.WithAPIOptions(redirect(cfg)))...)
	if err != nil {
		return aws.Config{}, c.loadFault(err)
	}
	cfg.Credentials = c.withOwnProcess(cfg, chain)
	return cfg, nil
}

// source decides where the first credentials come from: what the settings pin,
// else keys in the environment, else what the settings hold.
func (s Settings) source() Source {
	switch {
	case s.Source != "":
		return s.Source
	case environmentKeys():
		return Environment
	case !s.AccessKeyID.IsZero():
		return Keys
	case s.Profile != "":
		return Profile
	default:
		return Ambient
	}
}

// environmentKeys tells whether the environment holds access keys, under the
// names that the SDK reads.
func environmentKeys() bool {
	env, err := config.NewEnvConfig()
	return err == nil && env.Credentials.HasKeys()
}

// environmentRegion is the region that the environment sets, or "".
func environmentRegion() string {
	env, err := config.NewEnvConfig()
	if err != nil {
		return ""
	}
	return env.Region
}

// regionSetting is the region to load with; "" leaves it to the SDK, which
// reads the environment and then the profile.
func (s Settings) regionSetting() string {
	if s.Source == "" && environmentRegion() != "" {
		return environmentRegion()
	}
	return s.Region
}

// loadOptions turns the settings into the SDK's own. They reach every path
// alike: service calls, role chains, SSO and web identity.
func (c *connection) loadOptions(source Source) ([]func(*config.LoadOptions) error, error) {
	s := c.settings
	options := []func(*config.LoadOptions) error{
		config.WithHTTPClient(newHTTPClient()),
		config.WithRetryer(pace.Retryer(c.pool.backoff)),
		config.WithAPIOptions(c.middleware("")),
		config.WithAppID("hawser"),
		config.WithLogger(logging.Nop{}), // what matters comes back as an error
		config.WithAssumeRoleCredentialOptions(func(o *stscreds.AssumeRoleOptions) { o.TokenProvider = c.pool.mfa }),
	}
	if region := s.regionSetting(); region != "" {
		options = append(options, config.WithRegion(region))
	}
	if s.Endpoint != "" {
		options = append(options, config.WithBaseEndpoint(s.Endpoint))
	}
	if s.FIPS {
		options = append(options, config.WithUseFIPSEndpoint(aws.FIPSEndpointStateEnabled))
	}
	if s.DualStack {
		options = append(options, config.WithUseDualStackEndpoint(aws.DualStackEndpointStateEnabled))
	}
	options = append(options, s.checksumOptions()...)
	if s.CABundle != "" {
		pem, err := os.ReadFile(s.CABundle)
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "the CA bundle %s can't be read", s.CABundle).At("ca_bundle").
				WithFix("give the path of a PEM file that this user may read")
		}
		options = append(options, config.WithCustomCABundle(strings.NewReader(string(pem))))
	}
	if source == Profile {
		options = append(options, config.WithSharedConfigProfile(s.Profile))
	}
	return options, nil
}

func newHTTPClient() *awshttp.BuildableClient {
	return awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
		t.MaxIdleConns = 4 * idleConnections
		t.MaxIdleConnsPerHost = idleConnections
		t.OnProxyConnectResponse = func(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
			if e := awserr.OfGate(answer.StatusCode); e != nil {
				return e
			}
			return nil
		}
	})
}

// loadFault explains why the SDK could not load a configuration.
func (c *connection) loadFault(err error) error {
	var missing config.SharedConfigProfileNotExistError
	var role config.SharedConfigAssumeRoleError
	var noMFA config.AssumeRoleTokenProviderNotSetError
	switch {
	case errors.As(err, &missing):
		return fault.Wrap(err, fault.NoCredentials, "there is no AWS profile %q", missing.Profile).At("profile").
			WithCause("it is in none of %s", strings.Join(awsFileNames(), ", ")).
			WithFix("add [profile %s] to ~/.aws/config, or name another profile in connection %q", missing.Profile, c.name)
	case errors.As(err, &role):
		return fault.Wrap(err, fault.NoCredentials, "profile %q can't assume its role %s", role.Profile, role.RoleARN).
			WithCause("its source_profile or credential_source is missing or has no credentials").
			WithFix("give the profile a source_profile that has credentials")
	case errors.As(err, &noMFA):
		return fault.Wrap(err, fault.NoCredentials, "the profile of connection %q asks for an MFA code", c.name).
			WithFix("run Hawser on a terminal, or use a profile without mfa_serial (an SSO session, a credential_process)")
	}
	return fault.Wrap(err, fault.Invalid, "connection %q: the AWS configuration can't be loaded: %v", c.name, err).
		WithFix("mend the AWS files or variables it names")
}

// localEndpoint tells whether calls go to a host that can have no bucket in
// its name: an IP address or localhost.
func localEndpoint(cfg aws.Config) bool {
	for _, address := range []string{aws.ToString(cfg.BaseEndpoint), os.Getenv("AWS_ENDPOINT_URL_S3"), os.Getenv("AWS_ENDPOINT_URL")} {
		if address != "" {
			return bareHost(address)
		}
	}
	return false
}

// pathStyle puts the bucket into the path of S3 requests.
func pathStyle(_ string, options any) {
	if o, ok := options.(*s3.Options); ok {
		o.UsePathStyle = true
	}
}
