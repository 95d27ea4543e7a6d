package awsapi

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/hawser/hawser/internal/awsapi/credentials"
	"github.com/hawser/hawser/internal/awsapi/settings"
)

// Info is what can be said of a connection without asking AWS.
type Info struct {
	Name     string          `json:"name"`
	Default  bool            `json:"default"`
	Source   settings.Source `json:"source"`
	Profile  string          `json:"profile,omitempty"`
	Region   string          `json:"region,omitempty"`
	Roles    []string        `json:"roles,omitempty"`
	Endpoint string          `json:"endpoint,omitempty"`
	// MemberRole is the role that is assumed in other accounts.
	MemberRole string `json:"member_role,omitempty"`
	// Accounts are those that calls over all accounts and syncs are limited to.
	Accounts []string `json:"accounts,omitempty"`
	// SSORegion is Identity Center's region, where the settings name it.
	SSORegion string `json:"sso_region,omitempty"`
	// Owners answer for the connection.
	Owners []string `json:"owners,omitempty"`
	// Overrides says where the environment wins over the file.
	Overrides []string `json:"overrides,omitempty"`
}

// Describe tells what a connection is. Error: Invalid for an unknown one.
func (p *Pool) Describe(name string) (Info, error) {
	c, err := p.connection(name)
	if err != nil {
		return Info{}, err
	}
	s := c.settings
	info := Info{
		Name: c.name, Default: c.name == p.defaultName, Source: credentials.SourceOf(s), Region: regionSetting(s),
		Endpoint: s.Endpoint, MemberRole: s.MemberRole, Accounts: s.Accounts, SSORegion: s.SSORegion, Owners: s.Owners, Overrides: overrides(s),
	}
	if info.Region == "" {
		info.Region = environmentRegion()
	}
	if info.Source == settings.Profile {
		info.Profile = s.Profile
	}
	if info.Endpoint == "" {
		info.Endpoint = environmentEndpoint()
	}
	for _, role := range s.Chain() {
		info.Roles = append(info.Roles, role.RoleARN)
	}
	return info, nil
}

// overrides lists the settings that environment variables replace.
func overrides(s Settings) []string {
	var out []string
	if s.Source == "" && credentials.EnvironmentKeys() {
		switch {
		case !s.AccessKeyID.IsZero():
			out = append(out, "AWS_ACCESS_KEY_ID replaces the connection's keys")
		case s.Profile != "":
			out = append(out, fmt.Sprintf("AWS_ACCESS_KEY_ID replaces profile %q", s.Profile))
		}
	}
	if region := environmentRegion(); s.Source == "" && region != "" && s.Region != "" && region != s.Region {
		out = append(out, fmt.Sprintf("AWS_REGION (or AWS_DEFAULT_REGION) replaces region %s by %s", s.Region, region))
	}
	return out
}

// environmentEndpoint is AWS_ENDPOINT_URL, unless the environment turns such
// variables off.
func environmentEndpoint() string {
	env, err := config.NewEnvConfig()
	if err != nil || env.IgnoreConfiguredEndpoints != nil && *env.IgnoreConfiguredEndpoints {
		return ""
	}
	return env.BaseEndpoint
}
