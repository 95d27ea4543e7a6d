package credentials

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// sessions is a provider whose credentials last for two seconds each. It counts
// how often it was asked, and fails while err is set.
type sessions struct {
	asked int
	err   error
}

func (s *sessions) Retrieve(context.Context) (aws.Credentials, error) {
	s.asked++
	if s.err != nil {
		return aws.Credentials{}, s.err
	}
	return aws.Credentials{AccessKeyID: "ASIA", SecretAccessKey: "s", CanExpire: true, Expires: time.Now().Add(2 * time.Second)}, nil
}

func TestCredentialsAreRenewedBeforeTheyEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		provider := &sessions{}
		keeper := newKeeper(provider)
		for ends := time.Now().Add(2 * time.Second); time.Now().Before(ends) && provider.asked < 2; time.Sleep(20 * time.Millisecond) {
			if _, err := keeper.Retrieve(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if provider.asked != 2 {
			t.Errorf("%d sessions before the first had ended, want 2", provider.asked)
		}
	})
}

// TestFailedRefreshIsRetriedAndNeverCached lets the provider fail when the renewal
// is due: the old credentials go on, and the next renewal that works counts.
func TestFailedRefreshIsRetriedAndNeverCached(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		provider := &sessions{}
		keeper := newKeeper(provider)
		if _, err := keeper.Retrieve(t.Context()); err != nil {
			t.Fatal(err)
		}
		ends := time.Now().Add(2 * time.Second)
		provider.err = errors.New("not now")
		for time.Now().Before(ends) {
			if _, err := keeper.Retrieve(t.Context()); err != nil {
				t.Fatalf("valid credentials must go on while renewing fails: %v", err)
			}
			time.Sleep(10 * time.Millisecond)
		}
		if provider.asked < 2 {
			t.Fatal("no renewal was tried")
		}
		if _, err := keeper.Retrieve(t.Context()); err == nil {
			t.Fatal("ended credentials must not be used")
		}
		provider.err = nil
		if _, err := keeper.Retrieve(t.Context()); err != nil {
			t.Errorf("a failure must not be kept: %v", err)
		}
	})
}

// Of several calls whose credentials AWS refused as ended all are repeated, also those
// that hear of it while another has the credentials renewed.
func TestAllCallsOfEndedCredentialsAreRepeated(t *testing.T) {
	keeper := newKeeper(&sessions{})
	var first, second Signer
	for _, s := range []*Signer{&first, &second} {
		if _, err := keeper.Retrieve(NewContext(t.Context(), s)); err != nil {
			t.Fatal(err)
		}
	}
	if !first.Renew() || !second.Renew() {
		t.Error("a call is not repeated")
	}
}
