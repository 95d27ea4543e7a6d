package awsapi_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/awsapi/awsapitest"
	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/finding"
)

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
	for reference, want := range map[string]finding.Severity{"env:SCIM_TOKEN": finding.OK, "hush-hush": finding.Warning, "env:OLD_TOKEN": finding.Failure, "env:UNSET_TOKEN": finding.Failure} {
		_, conn := simulated(t)
		t.Setenv("SCIM_TOKEN", "hush-hush")
		t.Setenv("OLD_TOKEN", "hush-hush-before")
		conn.SCIM = settings.SCIM{Endpoint: scim.URL + "/scim/v2/", Token: settings.NewSecret(reference)}
		found := awsapitest.PoolOf(conn).Check(t.Context(), "")
		last := found[len(found)-1]
		if last.Check != "scim" || last.Severity != want || strings.Contains(last.Message+last.Cause+last.Fix, "hush") {
			t.Errorf("%s: %+v", reference, last)
		}
	}
}

// A list of users that is shorter than its Content-Length is not taken for a complete one.
func TestSCIMAnswersAreComplete(t *testing.T) {
	scim := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = w.Write([]byte(`{"Resources": []}`))
	}))
	defer scim.Close()
	_, conn := simulated(t)
	t.Setenv("SCIM_TOKEN", "hush-hush")
	conn.SCIM = settings.SCIM{Endpoint: scim.URL + "/scim/v2/", Token: settings.NewSecret("env:SCIM_TOKEN")}
	found := awsapitest.PoolOf(conn).Check(t.Context(), "")
	if last := found[len(found)-1]; last.Check != "scim" || last.Severity != finding.Failure {
		t.Errorf("%+v", last)
	}
}
