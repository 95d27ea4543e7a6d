// Package settings is what a connection is told in hawser.yaml: the words for it,
// and what may be wrong with them. It contacts nothing.
package settings

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/awsapi/regions"
	"github.com/hawser/hawser/internal/fault"
)

// Source names where a connection's first credentials come from.
type Source string

// The sources. An empty Source means: keys if the connection has keys, else
// its profile if it has one, else whatever the machine offers (Ambient).
const (
	// Ambient is the AWS SDK's own chain: environment, shared files, web
	// identity, container and instance credentials.
	Ambient Source = "ambient"
	// Environment is AWS_ACCESS_KEY_ID and its companions only.
	Environment Source = "environment"
	// Profile is a profile of ~/.aws/config and ~/.aws/credentials.
	Profile Source = "profile"
	// Keys are the access keys, or references to them, in the connection.
	Keys Source = "keys"
	// Instance is the EC2 instance profile, read through IMDSv2.
	Instance Source = "instance"
	// Container is what ECS, EKS Pod Identity and Lambda SnapStart offer over
	// HTTP.
	Container Source = "container"
	// WebIdentity is a token file exchanged for a role, as IRSA does on EKS.
	WebIdentity Source = "web-identity"
)

// Sources lists every source that a connection may pin.
func Sources() []Source {
	return []Source{Ambient, Environment, Profile, Keys, Instance, Container, WebIdentity}
}

// SourceNames lists the sources for a message.
func SourceNames() string {
	names := make([]string, len(Sources()))
	for i, source := range Sources() {
		names[i] = string(source)
	}
	return strings.Join(names, ", ")
}

// DefaultConnection is the connection used where none is named and no other
// default was chosen.
const DefaultConnection = "default"

// Connection is one named connection as hawser.yaml has it.
type Connection struct {
	// Source pins where credentials come from; environment variables then no
	// longer win over the file.
	Source Source `yaml:"source,omitempty" json:"source,omitempty" example:"profile"`
	// Profile is a profile of the shared AWS files.
	Profile string `yaml:"profile,omitempty" json:"profile,omitempty" example:"prod"`

	// AccessKeyID and its companions are long-lived or session keys, or
	// references to them; see Secret.
	AccessKeyID     Secret `yaml:"access_key_id,omitempty" json:"access_key_id,omitzero" example:"env:AWS_ACCESS_KEY_ID"`
	SecretAccessKey Secret `yaml:"secret_access_key,omitempty" json:"secret_access_key,omitzero" example:"env:AWS_SECRET_ACCESS_KEY"`
	SessionToken    Secret `yaml:"session_token,omitempty" json:"session_token,omitzero" example:"env:AWS_SESSION_TOKEN"`
	// Via names the connection that reads awssecret: references; without it
	// the machine's ambient credentials do.
	Via string `yaml:"via,omitempty" json:"via,omitempty" example:"prod"`

	// Region is where calls go that name none.
	Region string `yaml:"region,omitempty" json:"region,omitempty" example:"eu-central-1"`
	// Regions are what a call over all regions covers; empty means every
	// region that is enabled in the account.
	Regions []string `yaml:"regions,omitempty" json:"regions,omitempty" example:"[eu-central-1, us-east-1]"`
	// ExtraRegions are regions newer than this program's table.
	ExtraRegions []string `yaml:"extra_regions,omitempty" json:"extra_regions,omitempty" example:"[eu-north-9]"`

	// Role is the one role to assume; Roles is a chain, assumed in order.
	Role  `yaml:",inline"`
	Roles []Role `yaml:"roles,omitempty" json:"roles,omitempty" example:"[{role_arn: \"arn:aws:iam::111122223333:role/Hawser\"}]"`

	// Account is the 12 digit account of the credentials, where asking STS is
	// impossible (an S3 store that is not AWS).
	Account string `yaml:"account,omitempty" json:"account,omitempty" example:"\"111122223333\""`
	// Accounts are what a call over all accounts and a sync cover; empty means
	// every active account of the organization.
	Accounts []string `yaml:"accounts,omitempty" json:"accounts,omitempty" example:"[\"111122223333\"]"`
	// MemberRole is the role assumed in a member account: a name, or an ARN
	// with {partition} and {account} in it.
	MemberRole string `yaml:"member_role,omitempty" json:"member_role,omitempty" example:"OrganizationAccountAccessRole"`
	// MemberExternalID is sent when the member role is assumed.
	MemberExternalID string `yaml:"member_external_id,omitempty" json:"member_external_id,omitempty" example:"example-1"`
	// Members are the accounts that are reached in another way than the two
	// settings above say, by their numbers.
	Members map[string]Member `yaml:"members,omitempty" json:"members,omitempty" example:"{\"111122223333\": {role: Hawser}}"`

	// SSORegion is where Identity Center is; empty means that a sync finds it.
	SSORegion string `yaml:"sso_region,omitempty" json:"sso_region,omitempty" example:"eu-central-1"`
	// SCIM is Identity Center's SCIM endpoint, which says whether users are
	// enabled.
	SCIM SCIM `yaml:"scim,omitempty" json:"scim,omitzero" example:"{endpoint: \"https://scim.eu-central-1.amazonaws.com/ID/scim/v2/\", token: \"env:SCIM_TOKEN\"}"`
	// Owners are who answers for the connection: names, teams or addresses.
	Owners []string `yaml:"owners,omitempty" json:"owners,omitempty" example:"[ada@example.com]"`

	// Endpoint replaces every service's address (a simulator, a proxy).
	Endpoint string `yaml:"endpoint,omitempty" json:"endpoint,omitempty" example:"https://s3.example.com"`
	// PathStyle makes S3 put the bucket in the path; implied for an endpoint
	// on an IP address or localhost.
	PathStyle bool `yaml:"path_style,omitempty" json:"path_style,omitempty"`
	FIPS      bool `yaml:"fips,omitempty" json:"fips,omitempty"`
	DualStack bool `yaml:"dual_stack,omitempty" json:"dual_stack,omitempty"`
	// RequestChecksums and ResponseChecksums say when S3's checksums are sent and
	// asked for; empty means what the environment or the profile says.
	RequestChecksums  Checksums `yaml:"request_checksum_calculation,omitempty" json:"request_checksum_calculation,omitempty" example:"when_required"`
	ResponseChecksums Checksums `yaml:"response_checksum_validation,omitempty" json:"response_checksum_validation,omitempty" example:"when_required"`
	// CABundle is a PEM file of the authorities to trust.
	CABundle string `yaml:"ca_bundle,omitempty" json:"ca_bundle,omitempty" example:"/etc/ssl/company.pem"`

	// AllowRoot accepts the root account's own credentials.
	AllowRoot bool `yaml:"allow_root,omitempty" json:"allow_root,omitempty"`
}

// Role is one step of a role chain.
//
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
type Role struct {
	RoleARN        string            `yaml:"role_arn,omitempty" json:"role_arn,omitempty" example:"arn:aws:iam::111122223333:role/Hawser"`
	ExternalID     string            `yaml:"external_id,omitempty" json:"external_id,omitempty" example:"example-1"`
	SessionName    string            `yaml:"session_name,omitempty" json:"session_name,omitempty" example:"hawser"`
	SourceIdentity string            `yaml:"source_identity,omitempty" json:"source_identity,omitempty" example:"ada"`
	Duration       Duration          `yaml:"duration,omitempty" json:"duration,omitempty" example:"1h"`
	SessionTags    map[string]string `yaml:"session_tags,omitempty" json:"session_tags,omitempty" example:"{team: core}"`
	// TransitiveTags are the keys of SessionTags that go on along the chain.
	TransitiveTags []string `yaml:"transitive_tags,omitempty" json:"transitive_tags,omitempty" example:"[team]"`
	// Policy limits the session further: an IAM policy document.
	Policy Document `yaml:"policy,omitempty" json:"policy,omitempty" example:"{Version: \"2012-10-17\", Statement: []}"`
}

// Member is how one account is reached. What is empty is as for all others.
type Member struct {
	// Role is as Connection.MemberRole.
	Role       string `yaml:"role,omitempty" json:"role,omitempty" example:"Hawser"`
	ExternalID string `yaml:"external_id,omitempty" json:"external_id,omitempty" example:"example-1"`
}

// member returns how an account is reached.
func (s Connection) member(account string) Member {
	m := s.Members[account]
	return Member{Role: cmp.Or(m.Role, s.MemberRole, DefaultMemberRole), ExternalID: cmp.Or(m.ExternalID, s.MemberExternalID)}
}

// DefaultMemberRole is the role that Organizations makes in new accounts.
const DefaultMemberRole = "OrganizationAccountAccessRole"

// RoleIn returns the role to assume in a member account.
func (s Connection) RoleIn(account, partition string) Role {
	m := s.member(account)
	role := Role{RoleARN: "arn:" + partition + ":iam::" + account + ":role/" + strings.TrimPrefix(m.Role, "/"), ExternalID: m.ExternalID}
	if strings.HasPrefix(m.Role, "arn:") {
		role.RoleARN = strings.NewReplacer("{account}", account, "{partition}", partition).Replace(m.Role)
	}
	return role
}

// CheckRegion refuses a region that AWS does not have, unless the settings
// name it or send calls elsewhere anyway.
func (s Connection) CheckRegion(region string) error {
	if regions.Known(region) || s.Endpoint != "" {
		return nil
	}
	for _, extra := range s.ExtraRegions {
		if extra == region {
			return nil
		}
	}
	return badRegion(region)
}

func badRegion(region string) *fault.Error {
	e := fault.New(fault.Invalid, "%q is not an AWS region", region).At("region")
	if near := regions.Nearest(region); near != "" {
		e = e.WithCause("did you mean %s?", near).WithFix("use %s, or list a newer region in extra_regions", near)
		e.Region = near
		return e
	}
	return e.WithFix("use a region such as us-east-1, or list a newer one in extra_regions")
}

// SCIM is a SCIM endpoint, and the token that it wants.
//
// https://docs.aws.amazon.com/singlesignon/latest/userguide/provision-automatically.html
type SCIM struct {
	Endpoint string `yaml:"endpoint,omitempty" json:"endpoint,omitempty" example:"https://scim.eu-central-1.amazonaws.com/ID/scim/v2/"`
	Token    Secret `yaml:"token,omitempty" json:"token,omitzero" example:"env:SCIM_TOKEN"`
}

// empty reports whether nothing of the role is set.
func (r Role) empty() bool {
	return r.RoleARN == "" && r.ExternalID == "" && r.SessionName == "" && r.SourceIdentity == "" &&
		r.Duration == 0 && len(r.SessionTags) == 0 && len(r.TransitiveTags) == 0 && r.Policy == ""
}

// Chain returns the roles to assume, in order.
func (s Connection) Chain() []Role {
	if s.RoleARN != "" {
		return []Role{s.Role}
	}
	return s.Roles
}

// Duration is a time.Duration that is written "1h" or as seconds.
type Duration time.Duration

// malformed is a text that is not a duration. Reading keeps it, and
// Problems reports it, because only there the file's line is known.
const malformed Duration = -1

// UnmarshalText reads "90m" or "5400".
func (d *Duration) UnmarshalText(text []byte) error {
	if n, err := strconv.Atoi(string(text)); err == nil {
		*d = Duration(time.Duration(n) * time.Second)
		return nil
	}
	v, err := time.ParseDuration(string(text))
	if err != nil || v < 0 {
		v = time.Duration(malformed)
	}
	*d = Duration(v)
	return nil
}

// Readable reports whether a text can be read as a Duration.
func Readable(text string) bool {
	var d Duration
	return d.UnmarshalText([]byte(text)) == nil && d != malformed
}

// MarshalText writes the duration as time.Duration does.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// Document is a policy document: JSON, given as text or as a YAML mapping.
type Document string

// UnmarshalYAML takes a text as it is and writes anything else as JSON.
func (d *Document) UnmarshalYAML(unmarshal func(any) error) error {
	var text string
	if err := unmarshal(&text); err == nil {
		*d = Document(text)
		return nil
	}
	var tree any
	if err := unmarshal(&tree); err != nil {
		return err
	}
	raw, err := json.Marshal(tree)
	*d = Document(raw)
	return err
}
