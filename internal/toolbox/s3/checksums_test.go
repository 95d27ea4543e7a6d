package s3_test

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// TestChecksumsThatAreNotRequired holds that no request speaks of checksums where
// the connection, the environment or the profile wants none that are not
// required. The SDK sends those behind the body over TLS only.
func TestChecksumsThatAreNotRequired(t *testing.T) {
	tests := map[string]struct {
		set  func(*testing.T, *awsapi.Settings)
		want bool // whether requests speak of checksums
	}{
		"by default": {func(*testing.T, *awsapi.Settings) {}, true},
		"by connection": {func(_ *testing.T, s *awsapi.Settings) {
			s.RequestChecksums, s.ResponseChecksums = settings.WhenRequired, settings.WhenRequired
		}, false},
		"by environment": {func(t *testing.T, _ *awsapi.Settings) {
			t.Setenv("AWS_REQUEST_CHECKSUM_CALCULATION", "when_required")
			t.Setenv("AWS_RESPONSE_CHECKSUM_VALIDATION", "when_required")
		}, false},
		"by profile": {func(t *testing.T, _ *awsapi.Settings) {
			file := filepath.Join(t.TempDir(), "config")
			text := "[profile old]\nrequest_checksum_calculation = when_required\nresponse_checksum_validation = when_required\n"
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			t.Setenv("AWS_CONFIG_FILE", file)
			t.Setenv("AWS_PROFILE", "old")
		}, false},
		"the connection counts first": {func(t *testing.T, s *awsapi.Settings) {
			t.Setenv("AWS_REQUEST_CHECKSUM_CALCULATION", "when_required")
			t.Setenv("AWS_RESPONSE_CHECKSUM_VALIDATION", "when_required")
			s.RequestChecksums, s.ResponseChecksums = settings.WhenSupported, settings.WhenSupported
		}, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			said := checksumsSaid(t, tt.set)
			for _, operation := range []string{"PUT small", "PUT text", "PUT big", "POST big", "PUT tree/a", "GET small", "GET big"} {
				if !tt.want && slices.ContainsFunc(said, func(one string) bool { return strings.HasPrefix(one, operation) }) {
					t.Errorf("%s speaks of checksums: %v", operation, said)
				}
				if tt.want && !slices.ContainsFunc(said, func(one string) bool { return strings.HasPrefix(one, operation) }) {
					t.Errorf("%s speaks of no checksums: %v", operation, said)
				}
			}
			if !tt.want && len(said) > 0 {
				t.Errorf("checksums: %v", said)
			}
		})
	}
}

// checksumsSaid moves objects in every way over TLS, and gives the requests that
// speak of checksums.
func checksumsSaid(t *testing.T, set func(*testing.T, *awsapi.Settings)) (said []string) {
	t.Helper()
	sim := simtest.Start(t)
	var mu sync.Mutex
	server := httptest.NewTLSServer(toolboxtest.Hooked(t, sim.URL, func(_ http.ResponseWriter, r *http.Request) bool {
		mu.Lock()
		defer mu.Unlock()
		for name, values := range r.Header {
			name = strings.ToLower(name)
			about := strings.HasPrefix(name, "x-amz-checksum-") || name == "x-amz-trailer" || name == "x-amz-sdk-checksum-algorithm" ||
				strings.Contains(strings.Join(values, ","), "aws-chunked")
			if about {
				said = append(said, r.Method+" "+strings.TrimPrefix(r.URL.Path, "/harbour/")+" "+name)
			}
		}
		return false
	}))
	t.Cleanup(server.Close)
	authority := filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(authority, block, 0o600); err != nil {
		t.Fatal(err)
	}
	s := toolboxtest.SimSettings(sim)
	s.Endpoint, s.CABundle = server.URL, authority
	set(t, &s)
	store := newStore(t, "TLS", s)
	big := make([]byte, 9<<20)
	fillRandom(big)
	store.Write(t, "big", big)
	store.Write(t, "small", []byte("small"))
	store.Write(t, "tree/a", []byte("a"))
	store.Write(t, "tree/big", big)
	for _, call := range []struct {
		tool string
		in   m
	}{
		{"s3.put", m{"bucket": "harbour", "key": "text", "body": "text"}},
		{"s3.put", m{"bucket": "harbour", "key": "small", "from_file": "small"}},
		{"s3.put", m{"bucket": "harbour", "key": "big", "from_file": "big"}},
		{"s3.cp", m{"from": "tree/", "to": "s3://harbour/tree/"}},
		{"s3.cp", m{"from": "tree/", "to": "s3://harbour/tree/"}},
		{"s3.cp", m{"from": "s3://harbour/tree/", "to": "s3://harbour/copy/"}},
		{"s3.get", m{"bucket": "harbour", "key": "small"}},
		{"s3.get", m{"bucket": "harbour", "key": "big", "to_file": "back"}},
		{"s3.cp", m{"from": "s3://harbour/tree/", "to": "back.tree/"}},
	} {
		store.Call(t, call.tool, call.in)
	}
	return said
}
