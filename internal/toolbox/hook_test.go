package toolbox_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awssim/simtest"
)

// onHookedSim is onSim where hook sees each request first. It answers itself and
// gives true, or leaves the answer to the simulator.
func onHookedSim(t *testing.T, hook func(http.ResponseWriter, *http.Request) bool) (*rig, *simtest.Sim) {
	t.Helper()
	sim := simtest.Start(t)
	return newRig(t, hookedSettings(t, sim, hook)), sim
}

// hookedSettings is a connection to a simulator where hook sees each request
// first.
func hookedSettings(t *testing.T, sim *simtest.Sim, hook func(http.ResponseWriter, *http.Request) bool) awsapi.Settings {
	t.Helper()
	s := simSettings(sim)
	server := httptest.NewServer(hooked(t, sim.URL, hook))
	t.Cleanup(server.Close)
	s.Endpoint = server.URL
	return s
}

// hooked passes on what hook does not answer.
func hooked(t *testing.T, upstream string, hook func(http.ResponseWriter, *http.Request) bool) http.Handler {
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
