package config

import (
	"cmp"
	"maps"

	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/fault"
)

// Override is what the command line says about the default connection.
type Override struct {
	// Profile is a profile of the shared AWS files. It replaces the default connection.
	Profile string
	// Region is where calls go that name no region.
	Region string
	// Endpoint replaces the address of every AWS service.
	Endpoint string
}

// Override changes the default connection, as --profile, --region and --endpoint-url do.
// The error is of kind Invalid and names the flag.
func (c *Config) Override(o Override) error {
	if o == (Override{}) {
		return nil
	}
	name, s := c.Default(), c.Connections[c.Default()]
	if o.Profile != "" {
		var err error
		if name, s, err = c.ofProfile(o.Profile); err != nil {
			return err
		}
	}
	if o.Region != "" {
		s.Region = o.Region
	}
	if o.Endpoint != "" {
		s.Endpoint = o.Endpoint
	}
	if problems := s.Problems(); len(problems) > 0 {
		first := problems[0]
		return first.At(cmp.Or(o.flag(first.Field), first.Field))
	}
	c.Connections = maps.Clone(c.Connections)
	if c.Connections == nil {
		c.Connections = map[string]settings.Connection{}
	}
	c.Connections[name], c.DefaultConnection = s, name
	return nil
}

// ofProfile returns the connection that uses the credentials of an AWS profile. It has
// the profile's name, because snapshots and the audit log name connections.
func (c *Config) ofProfile(profile string) (string, settings.Connection, error) {
	s, taken := c.Connections[profile]
	switch {
	case !taken:
		return profile, settings.Connection{Source: settings.Profile, Profile: profile}, nil
	case s.Profile != profile:
		return "", s, fault.New(fault.Invalid, "the connection %q of your configuration%s is not the AWS profile of this name", profile, c.named()).At("profile").
			WithFix("use --connection %s for the connection, or rename the connection", profile)
	}
	return profile, s, nil
}

// flag returns the flag that set a key of the connection, or "".
func (o Override) flag(key string) string {
	switch {
	case key == "region" && o.Region != "":
		return "region"
	case key == "endpoint" && o.Endpoint != "":
		return "endpoint-url"
	case key == "profile" && o.Profile != "":
		return "profile"
	}
	return ""
}
