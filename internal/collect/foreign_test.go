package collect_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/collect/sources"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

// foreign are answers of success that AWS does not give.
var foreign = []struct{ contentType, body string }{
	{"text/plain", "OK"},
	{"text/html", "<html><body>Sign in</body></html>"},
	{"", ""},
	{"application/json", "{}"},
	{"text/xml", "<ok/>"},
}

// Each operation that something else than AWS answers is a gap, or none was to
// be had; nothing is closed.
func TestAnswersThatAreNotAWSsCloseNothing(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.whole()
	before := c.snapshot()
	for i, action := range sources.New().Actions() {
		_, replaced, _ := strings.Cut(action, ":")
		with := foreign[i%len(foreign)]
		var asked atomic.Bool
		proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if pageOf(r).operation != replaced {
				c.ServeHTTP(w, r)
				return
			}
			asked.Store(true)
			w.Header().Set("Content-Type", with.contentType)
			fmt.Fprint(w, with.body)
		}))
		result, err := sources.New().Run(t.Context(), c.pool(func(s *awsapi.Settings) { s.Endpoint = proxy.URL }), c.store, options())
		proxy.Close()
		if err == nil && asked.Load() && len(result.Gaps()) == 0 && !harmless[action] {
			t.Errorf("%s answered with %q left no gap", action, with.body)
		}
		if diff := cmp.Diff(before, c.snapshot()); diff != "" {
			t.Fatalf("%s answered with %q changed the snapshot:\n%s", action, with.body, diff)
		}
	}
}

// A sync that something else than AWS ends, at the call without which it can't go
// on, is interrupted whatever the status, and goes on when AWS answers again.
func TestAnswersThatAreNotAWSsInterrupt(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	for _, status := range []int{200, 403, 404, 407, 500, 503} {
		c.open()
		proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if pageOf(r).operation != "ListAccounts" {
				c.ServeHTTP(w, r)
				return
			}
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(status)
			fmt.Fprint(w, "<html><body>Sign in</body></html>")
		}))
		first, err := sources.New().Run(t.Context(), c.pool(func(s *awsapi.Settings) { s.Endpoint = proxy.URL }), c.store, options())
		proxy.Close()
		if !errors.Is(err, fault.Endpoint) || first.Status != snapshot.Interrupted {
			t.Errorf("%d: %v, %+v", status, err, first)
		}
		if second := c.sync(); second.Run != first.Run || !second.Resumed || len(second.Gaps()) > 0 {
			t.Errorf("%d: %+v", status, second)
		}
	}
}

// A sync that fails for another reason than AWS's state is resumed only where
// nothing of the run must change.
func TestWhichFailuresInterrupt(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	for effect, want := range map[awssim.Effect]snapshot.RunStatus{
		awssim.Throttle: snapshot.Interrupted, awssim.Fail500: snapshot.Interrupted, awssim.Reset: snapshot.Interrupted,
		awssim.ExpireToken: snapshot.Interrupted, awssim.DenyAccess: snapshot.Broken,
	} {
		c.open()
		c.ClearFaults()
		for _, operation := range []string{"DescribeOrganization", "ListAccounts"} {
			if err := c.AddFault(awssim.Fault{Service: "organizations", Action: operation, Effect: effect}); err != nil {
				t.Fatal(err)
			}
		}
		if result, err := sources.New().Run(t.Context(), c.pool(), c.store, options()); err == nil || result.Status != want {
			t.Errorf("%s: %v, %+v", effect, err, result)
		}
	}
}

// The same where nothing but STS's answers are AWS's, as behind a proxy that
// lets one host through.
func TestNothingButAPageClosesNothing(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.whole()
	before := c.snapshot()
	for _, with := range foreign {
		proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(body))
			if bytes.Contains(body, []byte("Version=2011-06-15")) {
				c.ServeHTTP(w, r)
				return
			}
			w.Header().Set("Content-Type", with.contentType)
			fmt.Fprint(w, with.body)
		}))
		result, err := sources.New().Run(t.Context(), c.pool(func(s *awsapi.Settings) { s.Endpoint = proxy.URL }), c.store, options())
		proxy.Close()
		if err == nil && len(result.Gaps()) == 0 {
			t.Errorf("%q left no gap", with.body)
		}
		if diff := cmp.Diff(before, c.snapshot()); diff != "" {
			t.Fatalf("%q changed the snapshot:\n%s", with.body, diff)
		}
	}
}

// A SCIM endpoint that answers with something else has no users to tell of,
// rather than none.
func TestSCIMAnswersThatAreNone(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	if _, err := c.throughSCIM(c.URL+"/"+c.center.Tenant+"/scim/v2/", c.center.NewToken(time.Hour)); err != nil {
		t.Fatal(err)
	}
	for _, with := range foreign {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", with.contentType)
			fmt.Fprint(w, with.body)
		}))
		result, err := c.throughSCIM(server.URL, "x")
		server.Close()
		if err != nil {
			t.Fatal(err)
		}
		if len(result.Gaps()) != 1 {
			encoded, _ := json.Marshal(result.Gaps())
			t.Errorf("%q: %s", with.body, encoded)
		}
	}
}
