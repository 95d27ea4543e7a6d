// Package awsapitest serves the tests of awsapi and of the packages below it:
// connections, a server that answers as AWS does or wrongly, and calls to make.
package awsapitest

import (
	"os"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/pace"
	"github.com/hawser/hawser/internal/awsapi/settings"
)

// Clean hides the machine's own AWS configuration from the test.
func Clean(t *testing.T) {
	t.Helper()
	for _, name := range []string{
		"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_REGION",
		"AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_S3", "AWS_CA_BUNDLE", "AWS_ROLE_ARN",
		"AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_SESSION_NAME", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
		"AWS_CREDENTIAL_EXPIRATION", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
	} {
		t.Setenv(name, "") // so that it is restored
		os.Unsetenv(name)
	}
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("AWS_CONFIG_FILE", home+"/config")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", home+"/credentials")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
}

// Quick returns a backoff that tests can wait for.
func Quick() awsapi.Option {
	return awsapi.WithBackoff(pace.Backoff{Attempts: 4, Transient: 3, Base: time.Millisecond, Cap: 4 * time.Millisecond})
}

// PoolOf returns a pool of one connection that retries quickly.
func PoolOf(s awsapi.Settings, opts ...awsapi.Option) *awsapi.Pool {
	return awsapi.NewPool(map[string]awsapi.Settings{"main": s}, append([]awsapi.Option{Quick()}, opts...)...)
}

// SessionAt opens a session towards an address whose identity needs no call.
func SessionAt(t *testing.T, address string) *awsapi.Session {
	t.Helper()
	settings := awsapi.Settings{
		AccessKeyID: settings.NewSecret("AKIAEXAMPLE"), SecretAccessKey: settings.NewSecret("wJalr"),
		Region: "us-east-1", Endpoint: address, AllowRoot: true, Account: "111122223333",
	}
	s, err := PoolOf(settings).Session(t.Context(), awsapi.Target{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Session opens a session whose identity needs no call.
func Session(t *testing.T, server *Server) *awsapi.Session {
	t.Helper()
	settings := Keys(server)
	settings.AllowRoot, settings.Account = true, "111122223333"
	s, err := PoolOf(settings).Session(t.Context(), awsapi.Target{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}
