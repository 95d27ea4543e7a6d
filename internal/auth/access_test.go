package auth_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/auth"
)

func FuzzAccess(f *testing.F) {
	f.Add("127.0.0.1:8080", "http://127.0.0.1:8080", "same-origin", "application/json")
	f.Add("localhost", "null", "none", "text/plain;application/json")
	f.Add("[::1]:1", "http://[::1", "", "")
	f.Add("127.0.0.1:808", "//127.0.0.1:808#", "same-origin", "application/json")
	f.Fuzz(func(t *testing.T, host, origin, site, kind string) {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("{}"))
		r.Host = host
		r.Header = http.Header{"Origin": {origin}, "Sec-Fetch-Site": {site}, "Content-Type": {kind}}
		if (auth.Access{}).Check(r) != nil {
			return
		}
		if !auth.KnownHost(host, nil) || origin != "http://"+host && origin != "https://"+host || site != "same-origin" && site != "none" ||
			!strings.HasPrefix(strings.ToLower(strings.TrimSpace(kind)), "application/json") {
			t.Errorf("host %q, origin %q, site %q, type %q are taken", host, origin, site, kind)
		}
	})
}
