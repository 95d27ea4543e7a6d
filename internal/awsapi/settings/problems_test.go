package settings_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awsapi/settings"
)

// What is said wrongly of members and SCIM is named by its field.
func TestMemberAndSCIMProblems(t *testing.T) {
	member := func(account string, m settings.Member) settings.Connection {
		return settings.Connection{Members: map[string]settings.Member{account: m}}
	}
	token := settings.NewSecret("env:TOKEN")
	tests := map[string]struct {
		conn   settings.Connection
		fields []string
	}{
		"a member":                    {member("444455556666", settings.Member{Role: "path/Auditor", ExternalID: "8f2c"}), nil},
		"a member by ARN":             {member("444455556666", settings.Member{Role: "arn:{partition}:iam::{account}:role/A"}), nil},
		"no account":                  {member("4444", settings.Member{Role: "A"}), []string{"members.4444"}},
		"a member without anything":   {member("444455556666", settings.Member{}), []string{"members.444455556666"}},
		"a member's role":             {member("444455556666", settings.Member{Role: "a b"}), []string{"members.444455556666.role"}},
		"a member's ARN":              {member("444455556666", settings.Member{Role: "arn:aws:iam::1:role/A"}), []string{"members.444455556666.role"}},
		"a member's external ID":      {member("444455556666", settings.Member{Role: "A", ExternalID: "ü"}), []string{"members.444455556666.external_id"}},
		"all members' external ID":    {settings.Connection{MemberExternalID: "ü"}, []string{"member_external_id"}},
		"Identity Center's region":    {settings.Connection{SSORegion: "eu-wst-1"}, []string{"sso_region"}},
		"SCIM":                        {settings.Connection{SCIM: settings.SCIM{Endpoint: "https://scim.eu-west-1.amazonaws.com/a/scim/v2/", Token: token}}, nil},
		"SCIM on this machine":        {settings.Connection{SCIM: settings.SCIM{Endpoint: "http://127.0.0.1:1/a/scim/v2/", Token: token}}, nil},
		"SCIM in the clear":           {settings.Connection{SCIM: settings.SCIM{Endpoint: "http://example.com/scim/v2/", Token: token}}, []string{"scim.endpoint"}},
		"SCIM nowhere":                {settings.Connection{SCIM: settings.SCIM{Endpoint: "scim", Token: token}}, []string{"scim.endpoint"}},
		"a token without an endpoint": {settings.Connection{SCIM: settings.SCIM{Token: token}}, []string{"scim.endpoint"}},
		"an endpoint without a token": {settings.Connection{SCIM: settings.SCIM{Endpoint: "https://example.com/"}}, []string{"scim.token"}},
		"a token that is nowhere":     {settings.Connection{SCIM: settings.SCIM{Endpoint: "https://example.com/", Token: settings.NewSecret("env:")}}, []string{"scim.token"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var fields []string
			for _, e := range tt.conn.Problems() {
				fields = append(fields, e.Field)
				if e.Fix == "" {
					t.Errorf("%v has no fix", e)
				}
			}
			if diff := cmp.Diff(tt.fields, fields); diff != "" {
				t.Error(diff)
			}
		})
	}
}
