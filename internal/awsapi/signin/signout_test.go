package signin_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sso"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/awsapitest"
	"github.com/hawser/hawser/internal/awsapi/signin"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/fault"
)

// leaver signs out by the simulator's clock.
func (o *office) leaver() signin.Leaver {
	return signin.Leaver{Config: awsapitest.PoolOf(awsapi.Settings{}).Unsigned, Now: o.Clock.Now}
}

// signIn signs ada in.
func (o *office) signIn(profile string) signin.SignedIn {
	o.t.Helper()
	done, err := o.client(func(address string) { o.open(address) }).SignIn(o.t.Context(), o.session(profile))
	if err != nil {
		o.t.Fatal(err)
	}
	return done
}

// token is what a cache file has under a name.
func token(t *testing.T, file, name string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(text), `"`+name+`":"`)
	value, _, _ := strings.Cut(after, `"`)
	return value
}

// TestSignOut wants the session to end at AWS, and nothing of it to stay.
func TestSignOut(t *testing.T) {
	o := start(t)
	done := o.signIn("work")
	access := token(t, done.File, "accessToken")
	out, found, err := o.leaver().SignOut(t.Context(), o.session("work"))
	if err != nil || !found || out.File != done.File || out.StartURL != startURL {
		t.Fatalf("%+v, %t, %v", out, found, err)
	}
	_, err = sso.New(sso.Options{Region: "eu-central-1", BaseEndpoint: &o.URL}).ListAccounts(t.Context(), &sso.ListAccountsInput{AccessToken: &access})
	simtest.WantCode(t, err, "UnauthorizedException", "")
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(done.File), "*")); len(left) != 0 {
		t.Errorf("left %v", left)
	}
	if _, found, err := o.leaver().SignOut(t.Context(), o.session("work")); found || err != nil {
		t.Errorf("again: %t, %v", found, err)
	}
}

// TestSignOutOfAll wants every token to go, and what other programs keep to stay.
func TestSignOutOfAll(t *testing.T) {
	o := start(t)
	done := o.signIn("work")
	o.signIn("old")
	other := filepath.Join(filepath.Dir(done.File), "botocore-client-id-eu-central-1.json")
	if err := os.WriteFile(other, []byte(`{"clientId": "x", "clientSecret": "y", "expiresAt": "2099-01-01T00:00:00Z"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	all, err := o.leaver().SignOutOfAll(t.Context())
	if err != nil || len(all) != 2 {
		t.Errorf("%+v, %v", all, err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(done.File), "*")); len(left) != 1 || left[0] != other {
		t.Errorf("left %v", left)
	}
}

// TestSignOutWithoutAWS wants the token to go also where AWS can't be told, or does not
// know it any more.
func TestSignOutWithoutAWS(t *testing.T) {
	for name, tt := range map[string]struct {
		config func(o *office) func(aws.Config)
		want   error
	}{
		"not reached": {func(*office) func(aws.Config) {
			return func(cfg aws.Config) { *cfg.BaseEndpoint = "http://127.0.0.1:1" }
		}, fault.Network},
		"broken": {func(o *office) func(aws.Config) {
			server := awsapitest.NewServer(o.t)
			server.On("POST /logout", awsapitest.StatusOnly(http.StatusForbidden))
			return func(cfg aws.Config) { *cfg.BaseEndpoint = server.URL }
		}, fault.Denied},
		"ended": {func(o *office) func(aws.Config) { o.Clock.Advance(2 * time.Hour); return func(aws.Config) {} }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			o := start(t)
			done := o.signIn("work")
			access := token(t, done.File, "accessToken")
			change, l := tt.config(o), o.leaver()
			open := l.Config
			l.Config = func(ctx context.Context, region string) (aws.Config, error) {
				cfg, err := open(ctx, region)
				cfg.BaseEndpoint = aws.String(o.URL)
				change(cfg)
				return cfg, err
			}
			_, found, err := l.SignOut(t.Context(), o.session("work"))
			if !found || !errors.Is(err, tt.want) || tt.want != nil && !strings.Contains(fault.From(err).Cause, "was removed") {
				t.Errorf("%t, %+v", found, fault.From(err))
			}
			if strings.Contains(fmt.Sprintf("%+v", fault.From(err)), access) {
				t.Error("the token is in the error")
			}
			if names := tokens(t); len(names) != 0 {
				t.Errorf("left %v", names)
			}
		})
	}
}

// TestTheSDKRenews wants the SDK to renew the token in the cache by what is in it.
func TestTheSDKRenews(t *testing.T) {
	o := start(t)
	c := o.client(func(address string) { o.open(address) })
	c.Now = func() time.Time { return time.Now().Add(-2 * time.Hour) } // so that it has expired for the SDK
	done, err := c.SignIn(t.Context(), o.session("work"))
	if err != nil {
		t.Fatal(err)
	}
	before := token(t, done.File, "accessToken")
	if who := o.whoami("work"); !strings.HasSuffix(who, "/ada") {
		t.Errorf("I am %s", who)
	}
	info, err := os.Stat(done.File)
	if after := token(t, done.File, "accessToken"); after == before || err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("not renewed, or %v, %v", info.Mode(), err)
	}
}
