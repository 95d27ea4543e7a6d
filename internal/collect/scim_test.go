package collect_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/collect/sources"
	"github.com/hawser/hawser/internal/snapshot"
)

// statuses are the users' of Identity Center, by name.
func (c *company) statuses() map[string]string {
	c.t.Helper()
	out := map[string]string{}
	for _, e := range must(c.store.Entities(c.t.Context(), snapshot.Filter{Kinds: []snapshot.Kind{snapshot.SSOUser}, Limit: 1000})) {
		out[e.Name] = must(snapshot.Decode[snapshot.SSOUserBody](e.Entity)).Status
	}
	return out
}

// throughSCIM syncs with a SCIM endpoint in the connection.
func (c *company) throughSCIM(endpoint, token string) (*collect.Result, error) {
	return sources.New().Run(c.t.Context(), c.pool(func(s *awsapi.Settings) {
		s.SCIM = settings.SCIM{Endpoint: endpoint, Token: settings.NewSecret(token)}
	}), c.store, options())
}

// With an endpoint SCIM tells who is enabled; without one, or with it again
// taken away, the Identity Store does.
func TestStatusBySCIM(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	for n := range 250 { // more than two pages
		must(c.center.AddUser("member-"+string(rune('a'+n%26))+strings.Repeat("x", n/26), "C", "D", ""))
	}
	endpoint, token := c.URL+"/"+c.center.Tenant+"/scim/v2/", c.center.NewToken(time.Hour)
	c.whole()
	want := c.statuses()
	if want["ada"] != "ENABLED" || want["bob"] != "DISABLED" || len(want) != 252 {
		t.Fatalf("%d users: ada %s, bob %s", len(want), want["ada"], want["bob"])
	}
	result, err := c.throughSCIM(endpoint, token)
	if err != nil || len(result.Gaps()) > 0 || result.Calls["scim:ListUsers"] != 3 {
		t.Fatalf("%v, %+v, %d calls", err, result.Gaps(), result.Calls["scim:ListUsers"])
	}
	if diff := cmp.Diff(want, c.statuses()); diff != "" {
		t.Error(diff)
	}
	c.whole()
	if diff := cmp.Diff(want, c.statuses()); diff != "" {
		t.Errorf("after the endpoint was taken away: %s", diff)
	}
}

// A token that ended, and an endpoint in trouble, are gaps of the one cell.
func TestSCIMGaps(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	endpoint := c.URL + "/" + c.center.Tenant + "/scim/v2/"
	flaky := 0
	busy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		flaky++
		w.WriteHeader(http.StatusTooManyRequests)
	}))
	defer busy.Close()
	cut := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = w.Write([]byte(`{"Resources": [{"id": "u-1", "active": tr`))
	}))
	defer cut.Close()
	round := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(`{"Resources": [], "nextCursor": "again"}`))
	}))
	defer round.Close()
	if _, err := c.throughSCIM(endpoint, c.center.NewToken(time.Hour)); err != nil {
		t.Fatal(err)
	}
	before := c.statuses()
	for name, tt := range map[string]struct {
		endpoint, token string
		status          snapshot.Status
		reason          string
	}{
		"a token that ended":       {endpoint, c.center.NewToken(-time.Hour), snapshot.Failed, "401"},
		"an endpoint that is busy": {busy.URL, "x", snapshot.Throttled, "429"},
		"half an answer":           {cut.URL, "x", snapshot.Failed, "can't be read"},
		"a circle":                 {round.URL, "x", snapshot.Failed, "does not end"},
		"a token that is not set":  {endpoint, "env:NOT_SET_AT_ALL", snapshot.Failed, "NOT_SET_AT_ALL"},
	} {
		t.Run(name, func(t *testing.T) {
			result, err := c.throughSCIM(tt.endpoint, tt.token)
			if err != nil {
				t.Fatal(err)
			}
			gaps := result.Gaps()
			if len(gaps) != 1 || gaps[0].Facet != "sso.user-status" || gaps[0].Status != tt.status || !strings.Contains(gaps[0].Reason, tt.reason) {
				t.Errorf("%+v", gaps)
			}
			if diff := cmp.Diff(before, c.statuses()); diff != "" {
				t.Error(diff)
			}
		})
	}
	if flaky != 3 {
		t.Errorf("the busy endpoint was asked %d times", flaky)
	}
}

// An account with a role and an external ID of its own is reached by them.
func TestMembersOfTheirOwn(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	trust := strings.Replace(trustHome, `"Action"`, `"Condition": {"StringEquals": {"sts:ExternalId": "own"}}, "Action"`, 1)
	own := must(c.World.Account(member2).AddRole("Auditor", trust))
	own.Attach(must(c.World.Account(member2).AWSManaged("AdministratorAccess")))
	must(c.World.Account(member2).AddRole("Hawser", trustService)) // the usual one no longer trusts us
	pool := func(m settings.Member) *awsapi.Pool {
		return c.pool(func(s *awsapi.Settings) { s.Members = map[string]settings.Member{member2: m} })
	}
	for _, tt := range []struct {
		member settings.Member
		gaps   bool
	}{{settings.Member{Role: "Auditor"}, true}, {settings.Member{Role: "Auditor", ExternalID: "own"}, false}} {
		result, err := sources.New().Run(t.Context(), pool(tt.member), c.store, options())
		if err != nil || len(result.Gaps()) > 0 != tt.gaps {
			t.Errorf("%+v: %v, %d gaps", tt.member, err, len(result.Gaps()))
		}
	}
}
