package config_test

import (
	"errors"
	"testing"

	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/config"
	"github.com/hawser/hawser/internal/fault"
)

func TestOverride(t *testing.T) {
	const two = "default_connection: prod\nconnections:\n  prod: {role_arn: 'arn:aws:iam::111122223333:role/r', region: eu-west-1}\n  acme: {profile: acme, region: eu-west-2}\n  keys: {source: environment}\n"
	tests := map[string]struct {
		file     string
		override config.Override
		name     string
		want     settings.Connection
	}{
		"nothing":                {two, config.Override{}, "prod", settings.Connection{Role: settings.Role{RoleARN: "arn:aws:iam::111122223333:role/r"}, Region: "eu-west-1"}},
		"a region":               {two, config.Override{Region: "us-west-2"}, "prod", settings.Connection{Role: settings.Role{RoleARN: "arn:aws:iam::111122223333:role/r"}, Region: "us-west-2"}},
		"an endpoint":            {"{}", config.Override{Endpoint: "http://127.0.0.1:9"}, "default", settings.Connection{Endpoint: "http://127.0.0.1:9"}},
		"a profile":              {two, config.Override{Profile: "other"}, "other", settings.Connection{Source: settings.Profile, Profile: "other"}},
		"a profile and a region": {two, config.Override{Profile: "other", Region: "us-west-2"}, "other", settings.Connection{Source: settings.Profile, Profile: "other", Region: "us-west-2"}},
		"a configured profile":   {two, config.Override{Profile: "acme"}, "acme", settings.Connection{Profile: "acme", Region: "eu-west-2"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, err := config.Parse("hawser.yaml", []byte(tt.file))
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Override(tt.override); err != nil {
				t.Fatal(err)
			}
			got := c.Connections[tt.name]
			if c.Default() != tt.name || got.Profile != tt.want.Profile || got.Source != tt.want.Source || got.Region != tt.want.Region ||
				got.Endpoint != tt.want.Endpoint || got.RoleARN != tt.want.RoleARN {
				t.Errorf("the default is %s, %+v; want %s, %+v", c.Default(), got, tt.name, tt.want)
			}
		})
	}
}

func TestWrongOverrides(t *testing.T) {
	for field, o := range map[string]config.Override{
		"profile":      {Profile: "keys"},
		"region":       {Region: "mars"},
		"endpoint-url": {Endpoint: "localhost:9000"},
	} {
		c, err := config.Parse("hawser.yaml", []byte("connections: {keys: {source: environment}, other: {region: eu-west-1}}\ndefault_connection: other\n"))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Override(o); !errors.Is(err, fault.Invalid) || fault.From(err).Field != field || c.Default() != "other" {
			t.Errorf("%+v: %v of %q", o, err, fault.From(err).Field)
		}
	}
}
