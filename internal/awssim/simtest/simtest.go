// Package simtest starts a simulated AWS for a test.
package simtest

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/roster"
)

// Account is the account that Start makes.
const Account = "111122223333"

// Sim is a World that listens, with one account and an administrator's key.
type Sim struct {
	*awssim.World
	URL     string
	Account *awssim.Account
	Key     *awssim.Credential // of user "admin", who has AdministratorAccess
}

// Start starts a World, which ends with the test. At most one Options counts.
func Start(t testing.TB, opts ...awssim.Options) *Sim {
	t.Helper()
	var o awssim.Options
	if len(opts) > 0 {
		o = opts[0]
	}
	w, err := roster.New(o)
	if err != nil {
		t.Fatal(err)
	}
	srv, err := w.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Errorf("closing the simulator: %v", err)
		}
	})
	acct := w.AddAccount(Account, "test")
	return &Sim{World: w, URL: srv.URL, Account: acct, Key: Admin(t, acct, "admin").NewKey()}
}

// Admin makes a user with AdministratorAccess.
func Admin(t testing.TB, a *awssim.Account, name string) *awssim.User {
	t.Helper()
	u := a.AddUser(name)
	Grant(t, u, "AdministratorAccess")
	return u
}

// Grant attaches AWS's own managed policies to a user or role.
func Grant(t testing.TB, who interface{ AttachAWS(names ...string) error }, policies ...string) {
	t.Helper()
	if err := who.AttachAWS(policies...); err != nil {
		t.Fatal(err)
	}
}

// ServiceRole makes a role that an AWS service, such as "lambda", assumes. It returns the
// role's ARN.
func ServiceRole(t testing.TB, a *awssim.Account, name, service string) string {
	t.Helper()
	role, err := a.AddRole(name, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"`+service+`.amazonaws.com"},"Action":"sts:AssumeRole"}}`)
	if err != nil {
		t.Fatal(err)
	}
	return role.ARN
}

// Config is an SDK configuration with the administrator's key, in us-east-1.
func (s *Sim) Config() aws.Config { return s.ConfigFor(s.Key) }

// ConfigFor is an SDK configuration with a key, in us-east-1.
func (s *Sim) ConfigFor(key *awssim.Credential) aws.Config {
	return aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(s.URL),
		Credentials: credentials.NewStaticCredentialsProvider(key.AccessKeyID, key.SecretAccessKey, key.SessionToken),
	}
}

// Env is the environment that points any AWS client at the simulator with a
// key, as "NAME=value".
func (s *Sim) Env(key *awssim.Credential) []string {
	env := []string{
		"AWS_ENDPOINT_URL=" + s.URL, "AWS_REGION=us-east-1", "AWS_DEFAULT_REGION=us-east-1",
		"AWS_ACCESS_KEY_ID=" + key.AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + key.SecretAccessKey,
		"AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null",
	}
	if key.SessionToken != "" {
		env = append(env, "AWS_SESSION_TOKEN="+key.SessionToken)
	}
	return env
}
