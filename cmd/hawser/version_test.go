package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/fault"
)

func TestVersionOfABuild(t *testing.T) {
	commit := []debug.BuildSetting{{Key: "vcs.revision", Value: "0123456789abcdef0123"}}
	for _, c := range []struct {
		version  string
		settings []debug.BuildSetting
		want     string
	}{
		{"v1.2.3", nil, "v1.2.3"}, // go install of a release
		{"v0.0.0-20260601093000-0123456789ab", nil, "v0.0.0-20260601093000-0123456789ab"},
		{"v0.0.0-20260601093000-0123456789ab+dirty", commit, "development 0123456789ab"}, // go build in a checkout
		{"(devel)", nil, "development"},
		{"", nil, "development"},
	} {
		if got := versionOf(&debug.BuildInfo{Main: debug.Module{Version: c.version}, Settings: c.settings}); got != c.want {
			t.Errorf("%q %v: %q, want %q", c.version, c.settings, got, c.want)
		}
	}
}

func TestLatestRelease(t *testing.T) {
	for _, c := range []struct {
		status int
		answer string
		want   string
		kind   fault.Kind
	}{
		{200, `{"Version":"v1.3.0","Time":"2026-06-01T09:30:00Z"}`, "v1.3.0", ""},
		{404, "not found: no matching versions", "", fault.NotFound},
		{410, "gone", "", fault.NotFound},
		{503, "", "", fault.Unavailable},
		{200, "<html>sign in to this network</html>", "", fault.Endpoint},
		{200, `{"Version":"next"}`, "", fault.Endpoint},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(c.status)
			_, _ = w.Write([]byte(c.answer))
		}))
		got, err := askLatest(t.Context(), server.URL)
		server.Close()
		if got != c.want || c.kind == "" && err != nil || c.kind != "" && !errors.Is(err, c.kind) {
			t.Errorf("%d %q: %q, %v, want %q, %q", c.status, c.answer, got, err, c.want, c.kind)
		}
	}
}

func TestLatestReleaseIsNotReached(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	_, err := askLatest(t.Context(), server.URL)
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Network || !strings.Contains(f.Cause, "connection refused") || f.Fix == "" {
		t.Errorf("%#v", err)
	}
}

func TestCompareReleases(t *testing.T) {
	for _, c := range [][3]string{
		{"v1.2.3", "v1.10.0", "a newer release exists"},
		{"v1.2.3", "v1.2.3", "this is the latest release"},
		{"v1.3.0", "v1.2.3", "this is the latest release"},
		{"v1.3.0-rc.1", "v1.3.0", "a newer release exists"},
		{"development 0123456789ab", "v1.2.3", "this is not a release"},
	} {
		if got := compareReleases(c[0], c[1]); got != c[2] {
			t.Errorf("%s beside %s: %q, want %q", c[0], c[1], got, c[2])
		}
	}
}
