package awsapi

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/hawser/hawser/internal/awsapi/credentials"
)

// Unsigned returns the SDK's configuration of the default connection for calls that need
// no credentials, in a region: the connection's proxy, authorities and endpoint.
func (p *Pool) Unsigned(ctx context.Context, region string) (aws.Config, error) {
	c, err := p.connection("")
	if err != nil {
		return aws.Config{}, err
	}
	options, err := c.loadOptions()
	if err != nil {
		return aws.Config{}, err
	}
	loader := credentials.Loader{Connection: c.name, Settings: c.settings, Source: credentials.SourceOf(c.settings), MFA: c.pool.mfa}
	cfg, err := loader.Load(ctx, options...)
	cfg.Region, cfg.Credentials = region, aws.AnonymousCredentials{}
	return cfg, err
}
