package pace_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"

	"github.com/hawser/hawser/internal/awsapi/pace"
)

var errThrottled = &smithy.GenericAPIError{Code: "ThrottlingException", Message: "slow down"}

func api(operation string) pace.API {
	return pace.API{Account: "111122223333", Region: "us-east-1", Service: "SSO Admin", Operation: operation}
}

// An API that always fails uses up its own retries alone.
func TestRetriesOfOneAPI(t *testing.T) {
	retryer := pace.Retryer(pace.Backoff{Attempts: 3, Transient: 3})().(aws.RetryerV2)
	busy, other := pace.NewContext(t.Context(), api("ListApplications")), pace.NewContext(t.Context(), api("ListPermissionSets"))
	var err error
	for range 1000 {
		if _, err = retryer.GetRetryToken(busy, errThrottled); err != nil {
			break
		}
	}
	if err == nil {
		t.Error("a thousand retries of one API are allowed")
	}
	release, err := retryer.GetRetryToken(other, errThrottled)
	if err != nil {
		t.Fatalf("another API may not be retried: %v", err)
	}
	if err := errors.Join(release(nil), release(errThrottled)); err != nil {
		t.Error(err)
	}
	done, err := retryer.GetAttemptToken(busy)
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		_ = done(nil)
	}
	if _, err := retryer.GetRetryToken(busy, errThrottled); err != nil {
		t.Errorf("successes give no retries back: %v", err)
	}
}

// An operation that is always throttled slows itself, also where AWS counts all
// operations of a service together.
func TestAThrottledOperationSlowsItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var meters pace.Meters
		busy, other := meters.Of(api("ListApplications")), meters.Of(api("ListPermissionSets"))
		for range 20 {
			busy.Answered(errThrottled)
			time.Sleep(time.Second)
		}
		calls := func(m *pace.Meter, n int) time.Duration {
			begun := time.Now()
			for range n {
				if _, err := m.Wait(t.Context(), true); err != nil {
					t.Fatal(err)
				}
			}
			return time.Since(begun)
		}
		if took := calls(other, 40); took > 2*time.Second || took < time.Second {
			t.Errorf("40 calls of another operation took %s, at 20 a second after 20", took)
		}
		if took := calls(busy, 20); took < 5*time.Second {
			t.Errorf("20 calls of the throttled one took %s", took)
		}
	})
}
