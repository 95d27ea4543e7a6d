package toolboxtest

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awssim/simtest"
)

// OnHookedSim is OnSim with a hook that sees each request first. The hook answers
// and returns true, or leaves the answer to the simulator.
func OnHookedSim(t testing.TB, hook func(http.ResponseWriter, *http.Request) bool) (*Rig, *simtest.Sim) {
	t.Helper()
	sim := simtest.Start(t)
	return New(t, HookedSettings(t, sim, hook)), sim
}

// HookedSettings returns a connection to a simulator where hook sees each request
// first.
func HookedSettings(t testing.TB, sim *simtest.Sim, hook func(http.ResponseWriter, *http.Request) bool) awsapi.Settings {
	t.Helper()
	s := SimSettings(sim)
	server := httptest.NewServer(Hooked(t, sim.URL, hook))
	t.Cleanup(server.Close)
	s.Endpoint = server.URL
	return s
}

// Hooked passes on requests that hook does not answer.
func Hooked(t testing.TB, upstream string, hook func(http.ResponseWriter, *http.Request) bool) http.Handler {
	t.Helper()
	at, err := url.Parse(upstream)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(at)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !hook(w, r) {
			proxy.ServeHTTP(w, r)
		}
	})
}
