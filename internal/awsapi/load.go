package awsapi

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/logging"

	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/awsapi/credentials"
	"github.com/hawser/hawser/internal/awsapi/pace"
	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/files"
)

// idleConnections is how many idle connections to one host are kept: the
// transport's default of ten makes parallel transfers open new ones all the
// time.
const idleConnections = 256

// mostCABundle is how large a file of authorities may be, in bytes.
const mostCABundle = 16 << 20

// newBase loads the SDK's configuration and gets the connection's first
// credentials ready, with the role chain on top. Nothing is asked of AWS.
func (c *connection) newBase(ctx context.Context) (*base, error) {
	options, err := c.loadOptions()
	if err != nil {
		return nil, err
	}
	loader := credentials.Loader{
		Connection: c.name, Settings: c.settings, Source: credentials.SourceOf(c.settings), MFA: c.pool.mfa, Secrets: c.secretReader(),
	}
	cfg, err := loader.Load(ctx, options...)
	if err != nil {
		return nil, err
	}
	if b, ok := cfg.HTTPClient.(*awshttp.BuildableClient); ok {
		// Frozen, every service client shares one connection pool.
		cfg.HTTPClient = client{b.Freeze()}
	}
	if c.settings.PathStyle || localEndpoint(cfg) {
		cfg.ServiceOptions = append(cfg.ServiceOptions, pathStyle)
	}
	first, err := loader.Keeper(cfg)
	if err != nil {
		return nil, err
	}
	cfg.Credentials = first
	return c.assumeChain(&base{config: cfg, source: loader.Source, first: first, account: c.settings.Account})
}

// environmentRegion returns the region that the environment sets, or "".
func environmentRegion() string {
	env, err := config.NewEnvConfig()
	if err != nil {
		return ""
	}
	return env.Region
}

// regionSetting returns the region to load with; "" leaves it to the SDK, which
// reads the environment and then the profile.
func regionSetting(s Settings) string {
	if s.Source == "" && environmentRegion() != "" {
		return environmentRegion()
	}
	return s.Region
}

// loadOptions turns the settings into the SDK's own. They reach every path
// alike: service calls, role chains, SSO and web identity.
func (c *connection) loadOptions() ([]func(*config.LoadOptions) error, error) {
	s := c.settings
	options := []func(*config.LoadOptions) error{
		config.WithHTTPClient(newHTTPClient()),
		config.WithRetryer(pace.Retryer(c.pool.backoff)),
		config.WithAPIOptions(c.middleware("")),
		config.WithAppID("hawser"),
		config.WithLogger(logging.Nop{}), // what matters comes back as an error
	}
	if region := regionSetting(s); region != "" {
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
	options = append(options, checksumOptions(s)...)
	if s.CABundle != "" {
		pem, err := files.ReadRegular(s.CABundle, mostCABundle)
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "the CA bundle %s can't be read", s.CABundle).At("ca_bundle").WithCause("%v", err).
				WithFix("give the path of a PEM file that this user may read")
		}
		options = append(options, config.WithCustomCABundle(strings.NewReader(string(pem))))
	}
	return options, nil
}

func newHTTPClient() *awshttp.BuildableClient {
	return awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
		t.MaxIdleConns = 4 * idleConnections
		t.MaxIdleConnsPerHost = idleConnections
		t.OnProxyConnectResponse = func(_ context.Context, proxy *url.URL, request *http.Request, answer *http.Response) error {
			return awserr.OfProxy(proxy, request.Host, answer.StatusCode)
		}
	})
}

// localEndpoint reports whether calls go to a host that can have no bucket in
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

// bareHost reports whether an address's host is an IP or localhost.
func bareHost(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Hostname() == "localhost" || net.ParseIP(u.Hostname()) != nil)
}

// checksumOptions returns what the settings say of checksums.
func checksumOptions(s Settings) []func(*config.LoadOptions) error {
	var options []func(*config.LoadOptions) error
	switch s.RequestChecksums {
	case settings.WhenSupported:
		options = append(options, config.WithRequestChecksumCalculation(aws.RequestChecksumCalculationWhenSupported))
	case settings.WhenRequired:
		options = append(options, config.WithRequestChecksumCalculation(aws.RequestChecksumCalculationWhenRequired))
	}
	switch s.ResponseChecksums {
	case settings.WhenSupported:
		options = append(options, config.WithResponseChecksumValidation(aws.ResponseChecksumValidationWhenSupported))
	case settings.WhenRequired:
		options = append(options, config.WithResponseChecksumValidation(aws.ResponseChecksumValidationWhenRequired))
	}
	return options
}
