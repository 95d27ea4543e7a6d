package awsapi_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/awsapitest"
)

// What is said wrongly of members and SCIM is named by its field.
func TestMemberAndSCIMProblems(t *testing.T) {
	member := func(account string, m awsapi.Member) awsapi.Settings {
		return awsapi.Settings{Members: map[string]awsapi.Member{account: m}}
	}
	token := awsapi.NewSecret("env:TOKEN")
	tests := map[string]struct {
		settings awsapi.Settings
		fields   []string
	}{
		"a member":                    {member("444455556666", awsapi.Member{Role: "path/Auditor", ExternalID: "8f2c"}), nil},
		"a member by ARN":             {member("444455556666", awsapi.Member{Role: "arn:{partition}:iam::{account}:role/A"}), nil},
		"no account":                  {member("4444", awsapi.Member{Role: "A"}), []string{"members.4444"}},
		"a member without anything":   {member("444455556666", awsapi.Member{}), []string{"members.444455556666"}},
		"a member's role":             {member("444455556666", awsapi.Member{Role: "a b"}), []string{"members.444455556666.role"}},
		"a member's ARN":              {member("444455556666", awsapi.Member{Role: "arn:aws:iam::1:role/A"}), []string{"members.444455556666.role"}},
		"a member's external ID":      {member("444455556666", awsapi.Member{Role: "A", ExternalID: "ü"}), []string{"members.444455556666.external_id"}},
		"all members' external ID":    {awsapi.Settings{MemberExternalID: "ü"}, []string{"member_external_id"}},
		"Identity Center's region":    {awsapi.Settings{SSORegion: "eu-wst-1"}, []string{"sso_region"}},
		"SCIM":                        {awsapi.Settings{SCIM: awsapi.SCIM{Endpoint: "https://scim.eu-west-1.amazonaws.com/a/scim/v2/", Token: token}}, nil},
		"SCIM on this machine":        {awsapi.Settings{SCIM: awsapi.SCIM{Endpoint: "http://127.0.0.1:1/a/scim/v2/", Token: token}}, nil},
		"SCIM in the clear":           {awsapi.Settings{SCIM: awsapi.SCIM{Endpoint: "http://example.com/scim/v2/", Token: token}}, []string{"scim.endpoint"}},
		"SCIM nowhere":                {awsapi.Settings{SCIM: awsapi.SCIM{Endpoint: "scim", Token: token}}, []string{"scim.endpoint"}},
		"a token without an endpoint": {awsapi.Settings{SCIM: awsapi.SCIM{Token: token}}, []string{"scim.endpoint"}},
		"an endpoint without a token": {awsapi.Settings{SCIM: awsapi.SCIM{Endpoint: "https://example.com/"}}, []string{"scim.token"}},
		"a token that is nowhere":     {awsapi.Settings{SCIM: awsapi.SCIM{Endpoint: "https://example.com/", Token: awsapi.NewSecret("env:")}}, []string{"scim.token"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var fields []string
			for _, e := range tt.settings.Problems() {
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

// A connection's SCIM endpoint is tried, and its token is not shown.
func TestCheckSCIM(t *testing.T) {
	scim := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/scim/v2/Users" || r.Header.Get("Authorization") != "Bearer hush-hush" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = w.Write([]byte(`{"Resources": []}`))
	}))
	defer scim.Close()
	for reference, want := range map[string]awsapi.Status{"env:SCIM_TOKEN": awsapi.OK, "hush-hush": awsapi.Warning, "env:OLD_TOKEN": awsapi.Failure, "env:UNSET_TOKEN": awsapi.Failure} {
		_, settings := simulated(t)
		t.Setenv("SCIM_TOKEN", "hush-hush")
		t.Setenv("OLD_TOKEN", "hush-hush-before")
		settings.SCIM = awsapi.SCIM{Endpoint: scim.URL + "/scim/v2/", Token: awsapi.NewSecret(reference)}
		found := awsapitest.PoolOf(settings).Check(t.Context(), "")
		last := found[len(found)-1]
		if last.ID != "scim" || last.Status != want || strings.Contains(last.Message+last.Cause+last.Fix, "hush") {
			t.Errorf("%s: %+v", reference, last)
		}
	}
}
