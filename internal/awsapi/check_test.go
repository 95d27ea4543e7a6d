package awsapi_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/awsapitest"
	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/finding"
)

// statuses gives each finding's status by id.
func statuses(found []finding.Finding) map[string]finding.Severity {
	out := make(map[string]finding.Severity)
	for _, f := range found {
		out[f.Check] = f.Severity
	}
	return out
}

func TestCheck(t *testing.T) {
	const ok, warning, failure = finding.OK, finding.Warning, finding.Failure
	tests := map[string]struct {
		prepare func(t *testing.T, server *awsapitest.Server, conn *awsapi.Settings)
		want    map[string]finding.Severity
	}{
		"long-lived keys": {nil, map[string]finding.Severity{
			"endpoint": warning, "region": ok, "source": ok, "keys": warning, "expiry": ok, "clock": ok, "identity": ok, "root": ok,
		}},
		"a role": {
			func(_ *testing.T, server *awsapitest.Server, conn *awsapi.Settings) {
				server.On("AssumeRole", awsapitest.Assumed(5*time.Minute))
				conn.AccessKeyID = settings.NewSecret("ASIATEMPORARY")
				conn.RoleARN = "arn:aws:iam::111122223333:role/Hawser"
			},
			map[string]finding.Severity{
				"endpoint": warning, "region": ok, "source": ok, "keys": ok, "expiry": warning, "clock": ok, "identity": ok, "root": ok,
			},
		},
		"root": {
			func(_ *testing.T, server *awsapitest.Server, _ *awsapi.Settings) {
				server.On("GetCallerIdentity", awsapitest.Identity("arn:aws:iam::111122223333:root"))
			},
			map[string]finding.Severity{
				"endpoint": warning, "region": ok, "source": ok, "keys": warning, "expiry": ok, "clock": ok, "identity": ok, "root": failure,
			},
		},
		"another account than the connection's": {
			func(_ *testing.T, _ *awsapitest.Server, conn *awsapi.Settings) { conn.Account = "444455556666" },
			map[string]finding.Severity{
				"endpoint": warning, "region": ok, "source": ok, "keys": warning, "expiry": ok, "clock": ok, "identity": ok, "root": ok, "account": failure,
			},
		},
		"the connection's account": {
			func(_ *testing.T, _ *awsapitest.Server, conn *awsapi.Settings) { conn.Account = "111122223333" },
			map[string]finding.Severity{
				"endpoint": warning, "region": ok, "source": ok, "keys": warning, "expiry": ok, "clock": ok, "identity": ok, "root": ok, "account": ok,
			},
		},
		"a role in another account than the keys": {
			func(_ *testing.T, server *awsapitest.Server, conn *awsapi.Settings) {
				server.On("AssumeRole", awsapitest.Assumed(time.Hour))
				conn.Account, conn.RoleARN = "444455556666", "arn:aws:iam::111122223333:role/Hawser"
			},
			map[string]finding.Severity{
				"endpoint": warning, "region": ok, "source": ok, "keys": warning, "expiry": ok, "clock": ok, "identity": ok, "root": ok,
			},
		},
		"a clock that is off": {
			func(_ *testing.T, server *awsapitest.Server, _ *awsapi.Settings) {
				server.On("GetCallerIdentity", func(w http.ResponseWriter, r *http.Request, form url.Values) {
					w.Header().Set("Date", time.Now().Add(3*time.Minute).UTC().Format(http.TimeFormat))
					awsapitest.Identity("arn:aws:iam::111122223333:user/ada")(w, r, form)
				})
			},
			map[string]finding.Severity{
				"endpoint": warning, "region": ok, "source": ok, "keys": warning, "expiry": ok, "clock": warning, "identity": ok, "root": ok,
			},
		},
		"the environment overrides": {
			func(t *testing.T, _ *awsapitest.Server, _ *awsapi.Settings) {
				t.Setenv("AWS_ACCESS_KEY_ID", "AKIAENV")
				t.Setenv("AWS_SECRET_ACCESS_KEY", "x")
				t.Setenv("AWS_DEFAULT_REGION", "eu-west-1")
			},
			map[string]finding.Severity{
				"environment": warning, "endpoint": warning, "region": ok, "source": ok, "keys": warning,
				"expiry": ok, "clock": ok, "identity": ok, "root": ok,
			},
		},
		"keys that AWS does not know": {
			func(_ *testing.T, server *awsapitest.Server, _ *awsapi.Settings) {
				server.On("GetCallerIdentity", awsapitest.QueryError(403, "InvalidClientTokenId", "The security token included in the request is invalid."))
			},
			map[string]finding.Severity{
				"endpoint": warning, "region": ok, "source": ok, "keys": warning, "expiry": ok, "clock": ok, "identity": failure,
			},
		},
		"no credentials": {
			func(_ *testing.T, _ *awsapitest.Server, conn *awsapi.Settings) {
				conn.AccessKeyID, conn.SecretAccessKey = settings.Secret{}, settings.Secret{}
			},
			map[string]finding.Severity{"endpoint": warning, "region": ok, "credentials": failure},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			awsapitest.Clean(t)
			server := awsapitest.NewServer(t)
			conn := awsapitest.Keys(server)
			if tt.prepare != nil {
				tt.prepare(t, server, &conn)
			}
			found := awsapitest.PoolOf(conn).Check(t.Context(), "main")
			if diff := cmp.Diff(tt.want, statuses(found)); diff != "" {
				t.Errorf("%s\n%+v", diff, found)
			}
			for _, f := range found {
				if f.Message == "" || f.Severity != finding.OK && (f.Cause == "" || f.Fix == "") {
					t.Errorf("incomplete finding: %+v", f)
				}
				if strings.Contains(f.Message+f.Cause+f.Fix, "wJalr") {
					t.Errorf("a secret is shown: %+v", f)
				}
			}
		})
	}
}
