// Package roster knows the simulated services that stand in packages of their
// own, beside those that every World has.
package roster

import (
	"slices"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/identitycenter"
	"github.com/hawser/hawser/internal/awssim/organizations"
)

// Services are the services, for awssim.Options.
func Services() []func(*awssim.World) *awssim.Service {
	return []func(*awssim.World) *awssim.Service{organizations.Service, identitycenter.Admin, identitycenter.Store}
}

// New makes a World with all services there are.
func New(o awssim.Options) (*awssim.World, error) {
	o.Services = slices.Concat(Services(), o.Services)
	return awssim.New(o)
}
