package awsapi_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/awsapitest"
	"github.com/hawser/hawser/internal/awsapi/awserr"
	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/fault"
)

// session opens a session whose identity needs no call.
func session(t *testing.T, server *tinyAWS) *awsapi.Session {
	t.Helper()
	settings := keys(server)
	settings.AllowRoot, settings.Account = true, "111122223333"
	s, err := awsapitest.PoolOf(settings).Session(t.Context(), awsapi.Target{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestFaults provokes every class over the wire.
func TestFaults(t *testing.T) {
	tests := map[string]faultCase{}
	for _, group := range []map[string]faultCase{
		credentialFaults(), denialFaults(), placeFaults(), limitFaults(), resourceFaults(), brokenAnswers(),
	} {
		maps.Copy(tests, group)
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			awsapitest.Clean(t)
			server := newTinyAWS(t)
			if tt.action != "" {
				server.on(tt.action, tt.answer)
			}
			got := awserr.Fault(tt.call(t.Context(), session(t, server)))
			if got == nil {
				t.Fatal("no fault")
			}
			ignored := cmpopts.IgnoreFields(fault.Error{}, "Message", "Cause", "Fix", "Err", "RequestID")
			if diff := cmp.Diff(&tt.want, got, ignored); diff != "" {
				t.Errorf("%s\n%+v", diff, got)
			}
			if !strings.Contains(got.Cause, tt.cause) || got.Message == "" {
				t.Errorf("message %q, cause %q; want %q in it", got.Message, got.Cause, tt.cause)
			}
		})
	}
}

func TestFaultsWithoutAnAnswer(t *testing.T) {
	awsapitest.Clean(t)
	closed := newTinyAWS(t)
	closed.Close()
	slow := newTinyAWS(t)
	release := make(chan struct{})
	slow.on("GetCallerIdentity", func(http.ResponseWriter, *http.Request, url.Values) { <-release })
	defer close(release)
	soon, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	gone, leave := context.WithCancel(t.Context())
	leave()
	tests := map[string]struct {
		ctx    context.Context
		server *tinyAWS
		want   fault.Kind
	}{
		"nobody listens": {t.Context(), closed, fault.Network},
		"too slow":       {soon, slow, fault.Timeout},
		"cancelled":      {gone, slow, fault.Canceled},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := awserr.Fault(whoAmI(tt.ctx, session(t, tt.server)))
			if got == nil || got.Kind != tt.want || got.Op != "sts:GetCallerIdentity" {
				t.Errorf("got %+v, want %s", got, tt.want)
			}
		})
	}
	if awserr.Fault(nil) != nil {
		t.Error("awserr.Fault(nil) must be nil")
	}
	own := fault.New(fault.Refused, "no")
	if awserr.Fault(fmt.Errorf("x: %w", own)) != own {
		t.Error("a fault stays as it is")
	}
	if e := awserr.Fault(errors.New("odd")); e.Kind != fault.Internal {
		t.Errorf("got %s", e.Kind)
	}
}

// TestUnresolvableEndpoint asks for hosts under .invalid, which never resolve,
// and for a region that is mistyped.
func TestUnresolvableEndpoint(t *testing.T) {
	awsapitest.Clean(t)
	resolver := &net.DNSError{Err: "no such host", Name: "x.invalid", IsNotFound: true}
	if _, err := net.LookupHost("hawser.invalid"); !errors.As(err, &resolver) || !resolver.IsNotFound {
		t.Skipf("this machine's DNS does not say that a name is absent: %v", err)
	}
	settings := awsapi.Settings{
		AccessKeyID: settings.NewSecret("AKIA"), SecretAccessKey: settings.NewSecret("x"), Region: "us-east1",
		Endpoint: "http://sts.us-east1.hawser.invalid", AllowRoot: true, Account: "111122223333",
	}
	s, err := awsapitest.PoolOf(settings).Session(t.Context(), awsapi.Target{})
	if err != nil {
		t.Fatal(err)
	}
	got := awserr.Fault(whoAmI(t.Context(), s))
	if got.Kind != fault.Endpoint || got.Region != "us-east-1" || !strings.Contains(got.Cause, "did you mean us-east-1?") {
		t.Errorf("got %+v", got)
	}
	settings.Region = "us-east-1"
	if _, err = awsapitest.PoolOf(settings).Session(t.Context(), awsapi.Target{}); err != nil {
		t.Fatal(err)
	}
}

func TestNoCredentialsListsWhatWasTried(t *testing.T) {
	tests := map[string]struct {
		prepare  func(t *testing.T)
		settings awsapi.Settings
		kind     fault.Kind
		cause    []string
	}{
		"ambient": {func(*testing.T) {}, awsapi.Settings{}, fault.NoCredentials, []string{
			"environment: AWS_ACCESS_KEY_ID is not set", "web identity: AWS_WEB_IDENTITY_TOKEN_FILE is not set",
			"profile default: it is not in the shared AWS files", "container: neither", "EC2 instance: AWS_EC2_METADATA_DISABLED is set",
		}},
		"half of the environment": {func(t *testing.T) { t.Setenv("AWS_ACCESS_KEY_ID", "AKIA") }, awsapi.Settings{}, fault.NoCredentials, []string{
			"environment: AWS_SECRET_ACCESS_KEY is not set",
		}},
		"a missing profile": {func(*testing.T) {}, awsapi.Settings{Profile: "p"}, fault.NoCredentials, []string{"it is in none of"}},
		"an empty profile": {func(t *testing.T) { profiles(t, "[profile p]\nregion = us-east-1\n") }, awsapi.Settings{Profile: "p"}, fault.NoCredentials, []string{
			"profile p: it holds no credentials",
		}},
		"a process that fails": {func(t *testing.T) {
			profiles(t, "[profile p]\ncredential_process = /bin/false\n")
		}, awsapi.Settings{Profile: "p"}, fault.NoCredentials, []string{"exit status 1"}},
		"nobody signed in": {func(t *testing.T) {
			profiles(t, "[profile p]\nsso_session = c\nsso_account_id = 111122223333\nsso_role_name = Ops\n"+
				"[sso-session c]\nsso_region = us-east-1\nsso_start_url = https://c.awsapps.com/start\n")
		}, awsapi.Settings{Profile: "p"}, fault.ExpiredCredentials, nil},
		"a missing reference": {func(*testing.T) {}, awsapi.Settings{
			AccessKeyID: settings.NewSecret("env:HAWSER_ABSENT"), SecretAccessKey: settings.NewSecret("x"),
		}, fault.NoCredentials, nil},
		"no container": {func(*testing.T) {}, awsapi.Settings{Source: settings.Container}, fault.NoCredentials, []string{"container: neither"}},
		"no token":     {func(*testing.T) {}, awsapi.Settings{Source: settings.WebIdentity}, fault.NoCredentials, []string{"web identity: AWS_WEB"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			awsapitest.Clean(t)
			tt.prepare(t)
			tt.settings.Region = "us-east-1"
			_, err := retrieve(t, tt.settings)
			got := fault.From(err)
			if got == nil || got.Kind != tt.kind || got.Fix == "" {
				t.Fatalf("got %+v", got)
			}
			for _, part := range tt.cause {
				if !strings.Contains(got.Cause, part) {
					t.Errorf("cause %q does not say %q", got.Cause, part)
				}
			}
		})
	}
}
