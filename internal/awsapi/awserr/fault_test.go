package awserr_test

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
			server := awsapitest.NewServer(t)
			if tt.action != "" {
				server.On(tt.action, tt.answer)
			}
			got := awserr.Fault(tt.call(t.Context(), awsapitest.Session(t, server)))
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
	closed := awsapitest.NewServer(t)
	closed.Close()
	slow := awsapitest.NewServer(t)
	release := make(chan struct{})
	slow.On("GetCallerIdentity", func(http.ResponseWriter, *http.Request, url.Values) { <-release })
	defer close(release)
	soon, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	gone, leave := context.WithCancel(t.Context())
	leave()
	tests := map[string]struct {
		ctx    context.Context
		server *awsapitest.Server
		want   fault.Kind
	}{
		"nobody listens": {t.Context(), closed, fault.Network},
		"too slow":       {soon, slow, fault.Timeout},
		"cancelled":      {gone, slow, fault.Canceled},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := awserr.Fault(awsapitest.WhoAmI(tt.ctx, awsapitest.Session(t, tt.server)))
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
	got := awserr.Fault(awsapitest.WhoAmI(t.Context(), s))
	if got.Kind != fault.Endpoint || got.Region != "us-east-1" || !strings.Contains(got.Cause, "did you mean us-east-1?") {
		t.Errorf("got %+v", got)
	}
	settings.Region = "us-east-1"
	if _, err = awsapitest.PoolOf(settings).Session(t.Context(), awsapi.Target{}); err != nil {
		t.Fatal(err)
	}
}
