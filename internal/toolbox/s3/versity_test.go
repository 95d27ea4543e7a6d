package s3_test

import (
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// startVersity runs versitygw, an S3 server that others wrote, over a
// directory of its own. Where it is not installed the test is skipped; the
// conformance job sees to it that it is.
func startVersity(t testing.TB) (endpoint string) {
	t.Helper()
	program := findJudge("versitygw")
	if program == "" {
		t.Skip("versitygw is neither in .judges/bin nor on PATH: make judges installs it")
	}
	address := freeAddress(t)
	data, versions := t.TempDir(), t.TempDir()
	cmd := exec.Command(program, "--access", toolboxtest.KeyID, "--secret", toolboxtest.Secret, "--region", "us-east-1",
		"--port", address, "--health", "/health", "--quiet", "posix", "--versioning-dir", versions, data)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
	})
	endpoint = "http://" + address
	for {
		if answer, err := http.Get(endpoint + "/health"); err == nil {
			_ = answer.Body.Close()
			return endpoint
		}
		select {
		case <-ended:
			t.Fatal("versitygw ended before it answered")
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// findJudge looks for a program in the checkout's .judges/bin, then on PATH.
func findJudge(name string) string {
	local := filepath.Join("..", "..", "..", ".judges", "bin", name)
	if path, err := filepath.Abs(local); err == nil {
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return ""
	}
	return path
}

// freeAddress is an address of this machine where nothing listens.
func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}
