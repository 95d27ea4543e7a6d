package s3_test

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

func TestPresign(t *testing.T) {
	onEveryStore(t, func(t *testing.T, s *bucketStore) {
		s.fill(t, "notes/a b+c.txt")
		made := s.Call(t, "s3.presign", m{"bucket": s.url("notes/a b+c.txt"), "expires": "24h"})
		answer, err := http.Get(made["url"].(string))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = answer.Body.Close() }()
		if body, err := io.ReadAll(answer.Body); err != nil || string(body) != "content of notes/a b+c.txt" {
			t.Errorf("%s, %v", body, err)
		}
		at, err := url.Parse(made["url"].(string))
		if err != nil || at.Query().Get("X-Amz-Expires") != "86400" {
			t.Errorf("%s, %v", at, err)
		}
	})
}

func TestPresignCallsNothingAndSaysWhenItEnds(t *testing.T) {
	s, sim := simStore(t)
	s.fill(t, "a")
	before := sim.Count("")
	for expires, want := range map[string]string{"": "3600", "30m": "1800", "604800": "604800", "7d": "604800", "1.5s": "1"} {
		in := s.in(m{"key": "a"})
		if expires != "" {
			in["expires"] = expires
		}
		made := s.Call(t, "s3.presign", in)
		at, err := url.Parse(made["url"].(string))
		if err != nil || at.Query().Get("X-Amz-Expires") != want {
			t.Errorf("%s: %s, %v", expires, at, err)
		}
		if _, err := time.Parse(time.RFC3339, made["expires"].(string)); err != nil {
			t.Error(err)
		}
	}
	if n := sim.Count("") - before; n != 0 {
		t.Errorf("%d calls", n)
	}
	for _, expires := range []string{"0", "604801", "8d", "-1h", "soon", "1e3", "99999999999"} {
		_, err := s.Try(t.Context(), "s3.presign", s.in(m{"key": "a", "expires": expires}))
		if f := fault.From(err); !errors.Is(err, fault.Invalid) || f.Field != "expires" {
			t.Errorf("%s: %v", expires, err)
		}
	}
}

// The credentials of an assumed role end before a URL of a week.
func TestPresignWithTemporaryCredentials(t *testing.T) {
	sim := simtest.Start(t)
	const member = "444455556666"
	role, err := sim.AddAccount(member, "member").AddRole("OrganizationAccountAccessRole", `{"Version": "2012-10-17", "Statement": [
		{"Effect": "Allow", "Principal": {"AWS": "`+simtest.Account+`"}, "Action": "sts:AssumeRole"}]}`)
	if err != nil {
		t.Fatal(err)
	}
	if err := role.PutPolicy("all", `{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}`); err != nil {
		t.Fatal(err)
	}
	s := newStore(t, "awssim", toolboxtest.SimSettings(sim))
	result, err := s.Try(t.Context(), "s3.presign", m{"bucket": "quay", "key": "a", "expires": "7d", "account": member})
	if err != nil {
		t.Fatal(err)
	}
	made := toolboxtest.AnswerOf(t, result)
	ends, err := time.Parse(time.RFC3339, made["expires"].(string))
	if left := time.Until(ends); err != nil || left > 12*time.Hour+time.Minute {
		t.Errorf("it ends at %s, %v", ends, err)
	}
	if said := strings.Join(result.Notes, "; "); !strings.Contains(said, "ends with the session's credentials") {
		t.Errorf("it says %s", said)
	}
}
