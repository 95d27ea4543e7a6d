package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/idempotency"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
	"github.com/hawser/hawser/internal/web"
)

// copies are copies over HTTP whose requests go wrong: how they are answered, and how
// the same call with its key is after a restart, when nothing goes wrong any more.
var copies = map[string]struct {
	input         string
	fault         awssim.Fault
	status, again int
	outcome       string
}{
	"one, denied":     {`{"from": "tree/a", "to": "s3://b-b/a"}`, awssim.Fault{Action: "PutObject", Effect: awssim.DenyAccess}, 403, 200, ""},
	"one, cut":        {`{"from": "tree/a", "to": "s3://b-b/a"}`, awssim.Fault{Action: "PutObject", Effect: awssim.Reset}, 502, 409, "unknown"},
	"a tree, denied":  {`{"from": "tree", "to": "s3://b-b/"}`, awssim.Fault{Action: "PutObject", Effect: awssim.DenyAccess}, 207, 200, ""},
	"a tree, in part": {`{"from": "tree", "to": "s3://b-b/"}`, awssim.Fault{Action: "PutObject", Times: 1, Effect: awssim.DenyAccess}, 207, 409, "done"},
	"a tree, cut":     {`{"from": "tree", "to": "s3://b-b/"}`, awssim.Fault{Action: "PutObject", Effect: awssim.Reset}, 207, 409, "unknown"},
}

func TestFailedCopiesOverHTTP(t *testing.T) {
	for name, tt := range copies {
		t.Run(name, func(t *testing.T) {
			rig, sim := toolboxtest.OnSim(t)
			toolboxtest.MakeBucket(t, rig, "b-b")
			for _, file := range []string{"a", "b", "c"} {
				writeIn(t, filepath.Join(rig.Dir, "tree"), file)
			}
			toolboxtest.InstallFault(t, sim, tt.fault)
			keys := t.TempDir()
			send := func() (int, string) {
				server := httptest.NewServer(web.New(rig.Registry, web.Options{Keys: idempotency.OpenFolder(keys, nil), Files: rig.Files}).Handler())
				defer server.Close()
				return post(t, server.URL+"/api/v1/tools/s3.cp", tt.input)
			}
			if status, body := send(); status != tt.status || tt.outcome != "" && !strings.Contains(body, `"outcome":"`+tt.outcome) {
				t.Errorf("%d %s", status, body)
			}
			sim.ClearFaults()
			if status, body := send(); status != tt.again || tt.outcome != "" && !strings.Contains(body, `"outcome":"`+tt.outcome) {
				t.Errorf("again: %d %s", status, body)
			}
		})
	}
}

func writeIn(t *testing.T, dir, file string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, file), []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
}

// post sends a call with an Idempotency-Key.
func post(t *testing.T, url, input string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(input))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(idempotency.Header, "k")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}
