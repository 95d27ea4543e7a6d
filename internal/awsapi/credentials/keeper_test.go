package credentials_test

import (
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/awsapitest"
)

// role opens a connection whose role sessions last for life, and gives its
// credentials and the number of sessions so far.
func role(t *testing.T, server *awsapitest.Server, life time.Duration) (aws.CredentialsProvider, *atomic.Int32) {
	t.Helper()
	awsapitest.Clean(t)
	var sessions atomic.Int32
	server.On("AssumeRole", func(w http.ResponseWriter, r *http.Request, form url.Values) {
		sessions.Add(1)
		time.Sleep(10 * time.Millisecond)
		awsapitest.Assumed(life)(w, r, form)
	})
	settings := awsapitest.Keys(server)
	settings.RoleARN = "arn:aws:iam::111122223333:role/x"
	s, err := awsapitest.PoolOf(settings).Session(t.Context(), awsapi.Target{})
	if err != nil {
		t.Fatal(err)
	}
	return s.Config().Credentials, &sessions
}

func TestConcurrentCallersShareOneRefresh(t *testing.T) {
	creds, sessions := role(t, awsapitest.NewServer(t), time.Hour)
	var wait sync.WaitGroup
	for range 50 {
		wait.Go(func() {
			if _, err := creds.Retrieve(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if n := sessions.Load(); n != 1 {
		t.Errorf("50 callers opened %d sessions, want 1", n)
	}
}

func TestCredentialsAreRenewedBeforeTheyEnd(t *testing.T) {
	creds, sessions := role(t, awsapitest.NewServer(t), 2*time.Second)
	if _, err := creds.Retrieve(t.Context()); err != nil {
		t.Fatal(err)
	}
	ends := time.Now().Add(2 * time.Second)
	for time.Now().Before(ends) && sessions.Load() == 1 {
		time.Sleep(20 * time.Millisecond)
		if _, err := creds.Retrieve(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := sessions.Load(); n != 2 {
		t.Errorf("%d sessions before the first had ended, want 2", n)
	}
}

// TestFailedRefreshIsRetriedAndNeverCached lets STS fail when the renewal is
// due: the old credentials go on, and the next renewal that works counts.
func TestFailedRefreshIsRetriedAndNeverCached(t *testing.T) {
	server := awsapitest.NewServer(t)
	creds, _ := role(t, server, 2*time.Second)
	if _, err := creds.Retrieve(t.Context()); err != nil {
		t.Fatal(err)
	}
	ends := time.Now().Add(2 * time.Second)
	server.On("AssumeRole", awsapitest.QueryError(403, "AccessDenied", "not now"))
	refused := func() int { return len(server.Made("AssumeRole")) }
	for refused() < 2 {
		if _, err := creds.Retrieve(t.Context()); err != nil {
			t.Fatalf("valid credentials must go on while renewing fails: %v", err)
		}
		if time.Now().After(ends) {
			t.Fatal("no renewal was tried")
		}
		time.Sleep(10 * time.Millisecond)
	}
	time.Sleep(time.Until(ends) + 50*time.Millisecond)
	if _, err := creds.Retrieve(t.Context()); err == nil {
		t.Fatal("ended credentials must not be used")
	}
	server.On("AssumeRole", awsapitest.Assumed(time.Hour))
	if _, err := creds.Retrieve(t.Context()); err != nil {
		t.Errorf("a failure must not be kept: %v", err)
	}
}
