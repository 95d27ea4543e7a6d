package awsapi_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/awsapitest"
	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/fault"
)

func TestSessionResolvesItsTarget(t *testing.T) {
	awsapitest.Clean(t)
	server := awsapitest.NewServer(t)
	server.On("AssumeRole", awsapitest.Assumed(time.Hour))
	pool := awsapitest.PoolOf(awsapitest.Keys(server))
	tests := map[string]struct{ target, want awsapi.Target }{
		"nothing named":   {awsapi.Target{}, awsapi.Target{Connection: "main", Account: "111122223333", Region: "us-east-1"}},
		"another region":  {awsapi.Target{Region: "eu-west-1"}, awsapi.Target{Connection: "main", Account: "111122223333", Region: "eu-west-1"}},
		"the own account": {awsapi.Target{Account: "111122223333"}, awsapi.Target{Connection: "main", Account: "111122223333", Region: "us-east-1"}},
		"a member":        {awsapi.Target{Account: "444455556666"}, awsapi.Target{Connection: "main", Account: "444455556666", Region: "us-east-1"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s, err := pool.Session(t.Context(), tt.target)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, s.Target()); diff != "" {
				t.Error(diff)
			}
		})
	}
	if n := len(server.Made("GetCallerIdentity")); n != 1 {
		t.Errorf("asked who we are %d times, want once", n)
	}
}

func TestMemberAccountAssumesItsRole(t *testing.T) {
	awsapitest.Clean(t)
	tests := map[string]struct{ role, region, want string }{
		"the default": {"", "us-east-1", "arn:aws:iam::444455556666:role/OrganizationAccountAccessRole"},
		"a name":      {"ops/Hawser", "us-gov-west-1", "arn:aws-us-gov:iam::444455556666:role/ops/Hawser"},
		"a template":  {"arn:{partition}:iam::{account}:role/X", "cn-north-1", "arn:aws-cn:iam::444455556666:role/X"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			server := awsapitest.NewServer(t)
			server.On("AssumeRole", awsapitest.Assumed(time.Hour))
			settings := awsapitest.Keys(server)
			settings.MemberRole, settings.Region = tt.role, tt.region
			s, err := awsapitest.PoolOf(settings).Session(t.Context(), awsapi.Target{Account: "444455556666"})
			if err != nil {
				t.Fatal(err)
			}
			client := awsapi.Client(s, sts.NewFromConfig)
			if client != awsapi.Client(s, sts.NewFromConfig) {
				t.Error("a session makes a service's client once")
			}
			if _, err := client.GetCallerIdentity(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			if got := server.Made("AssumeRole")[0].Form.Get("RoleArn"); got != tt.want {
				t.Errorf("assumed %s, want %s", got, tt.want)
			}
		})
	}
}

// A pool that is kept to accounts reaches no other, not even its own.
func TestAccountsBound(t *testing.T) {
	awsapitest.Clean(t)
	server := awsapitest.NewServer(t)
	server.On("AssumeRole", awsapitest.Assumed(time.Hour))
	pool := awsapi.NewPool(map[string]awsapi.Settings{"main": awsapitest.Keys(server)}, awsapitest.Quick(), awsapi.WithAccounts([]string{"444455556666"}))
	if _, err := pool.Session(t.Context(), awsapi.Target{Account: "444455556666"}); err != nil {
		t.Fatal(err)
	}
	for _, account := range []string{"", "777788889999"} {
		if _, err := pool.Session(t.Context(), awsapi.Target{Account: account}); !errors.Is(err, fault.Refused) {
			t.Errorf("account %q: %v, want Refused", account, err)
		}
	}
}

func TestSessionRefuses(t *testing.T) {
	awsapitest.Clean(t)
	server := awsapitest.NewServer(t)
	root := awsapitest.NewServer(t)
	root.On("GetCallerIdentity", awsapitest.Identity("arn:aws:iam::111122223333:root"))
	regionless := awsapitest.Keys(server)
	regionless.Region = ""
	pool := awsapi.NewPool(map[string]awsapi.Settings{
		"main": awsapitest.Keys(server), "root": awsapitest.Keys(root), "regionless": regionless,
		"real": {AccessKeyID: settings.NewSecret("AKIA"), SecretAccessKey: settings.NewSecret("x"), Region: "us-east1"},
	}, awsapitest.Quick(), awsapi.WithDefault("main"))
	tests := map[string]struct {
		target awsapi.Target
		kind   fault.Kind
		field  string
		cause  string
	}{
		"an unknown connection": {awsapi.Target{Connection: "mian"}, fault.Invalid, "connection", `did you mean "main"?`},
		"a malformed account":   {awsapi.Target{Account: "12"}, fault.Invalid, "account", ""},
		"no region anywhere": {
			awsapi.Target{Connection: "regionless"},
			fault.Invalid, "region",
			"neither the call, the connection, the environment nor the profile names one",
		},
		"a mistyped region": {awsapi.Target{Connection: "real"}, fault.Invalid, "region", "did you mean us-east-1?"},
		"root": {
			awsapi.Target{Connection: "root"},
			fault.Refused, "",
			"no policy limits the root user, so a mistake or a leak of its keys costs the whole account",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := pool.Session(t.Context(), tt.target)
			var e *fault.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v", err)
			}
			if e.Kind != tt.kind || e.Field != tt.field || e.Cause != tt.cause || e.Fix == "" {
				t.Errorf("got %s %q cause %q fix %q", e.Kind, e.Field, e.Cause, e.Fix)
			}
		})
	}
}

func TestRootIsAllowedWhenAskedFor(t *testing.T) {
	awsapitest.Clean(t)
	server := awsapitest.NewServer(t)
	server.On("GetCallerIdentity", awsapitest.Identity("arn:aws:iam::111122223333:root"))
	settings := awsapitest.Keys(server)
	settings.AllowRoot = true
	if _, err := awsapitest.PoolOf(settings).Session(context.Background(), awsapi.Target{}); err != nil {
		t.Fatal(err)
	}
}

func TestConcurrentSessionsAskOnceWhoTheyAre(t *testing.T) {
	awsapitest.Clean(t)
	server := awsapitest.NewServer(t)
	pool := awsapitest.PoolOf(awsapitest.Keys(server))
	var wait sync.WaitGroup
	for i := range 30 {
		wait.Go(func() {
			region := []string{"us-east-1", "us-west-2", "eu-west-1"}[i%3]
			if _, err := pool.Session(t.Context(), awsapi.Target{Region: region}); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if n := len(server.Made("GetCallerIdentity")); n != 1 {
		t.Errorf("asked %d times", n)
	}
}
