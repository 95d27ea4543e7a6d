// Package roster lists the simulated services that have a package of their own. STS and
// IAM are in every World.
package roster

import (
	"slices"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/cloudtrail"
	"github.com/hawser/hawser/internal/awssim/cloudwatch"
	"github.com/hawser/hawser/internal/awssim/ec2"
	"github.com/hawser/hawser/internal/awssim/identitycenter"
	"github.com/hawser/hawser/internal/awssim/lambda"
	"github.com/hawser/hawser/internal/awssim/logs"
	"github.com/hawser/hawser/internal/awssim/organizations"
	"github.com/hawser/hawser/internal/awssim/rds"
	"github.com/hawser/hawser/internal/awssim/s3"
	"github.com/hawser/hawser/internal/awssim/secretsmanager"
	"github.com/hawser/hawser/internal/awssim/sso"
)

// Services are the services, for awssim.Options.
func Services() []func(*awssim.World) *awssim.Service {
	return []func(*awssim.World) *awssim.Service{
		organizations.Service, identitycenter.Admin, identitycenter.Store, sso.Portal, sso.OIDC,
		secretsmanager.Service, lambda.Service, logs.Service, cloudwatch.Service,
		rds.Service, rds.Data, s3.Service, ec2.Service, cloudtrail.Service,
	}
}

// New makes a World with all services there are.
func New(o awssim.Options) (*awssim.World, error) {
	o.Services = slices.Concat(Services(), o.Services)
	return awssim.New(o)
}
