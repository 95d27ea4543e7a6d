package conformance

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// account is what moto's servers and the simulator both call their own here. It
// is moto's default: told by MOTO_ACCOUNT_ID, moto would have it in the place of
// every other account, too.
const account = "123456789012"

// command is one that runs without the test's own settings of AWS and
// Terraform, and without asking the network for news.
func command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Env = cleanEnv()
	return cmd
}

// cleanEnv is what programs may know of the environment.
func cleanEnv() []string {
	env := []string{
		"AWS_EC2_METADATA_DISABLED=true", "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null",
		"AWS_PAGER=", "CHECKPOINT_DISABLE=1", "PYTHONDONTWRITEBYTECODE=1", "NO_PROXY=127.0.0.1",
	}
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "LANG"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// keyEnv points any AWS client at an endpoint with a key.
func keyEnv(url, id, secret string) []string {
	return []string{
		"AWS_ENDPOINT_URL=" + url, "AWS_REGION=us-east-1", "AWS_DEFAULT_REGION=us-east-1",
		"AWS_ACCESS_KEY_ID=" + id, "AWS_SECRET_ACCESS_KEY=" + secret,
	}
}

// server is a judge that serves.
type server struct {
	url string
	env []string // points a client at it
}

// moto starts moto's server, whose Lambda functions run without Docker.
func (c *harness) moto(t testing.TB) *server {
	t.Helper()
	address := freeAddress(t)
	host, port, _ := net.SplitHostPort(address)
	cmd := command(c.venv("moto_server"), "-H", host, "-p", port)
	s := &server{url: "http://" + address, env: keyEnv("http://"+address, "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")}
	serve(t, cmd, s.url+"/moto-api/config")
	post(t, s.url+"/moto-api/config", `{"lambda":{"use_docker":false}}`)
	return s
}

// gatewayServer starts versitygw over an empty folder.
func (c *harness) gatewayServer(t testing.TB) *server {
	t.Helper()
	address := freeAddress(t)
	const id, secret = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
	data, versions := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "versions")
	for _, dir := range []string{data, versions} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	cmd := command(c.gateway(), "--access", id, "--secret", secret, "--region", "us-east-1",
		"--port", address, "--health", "/health", "--quiet", "posix", "--versioning-dir", versions, data)
	s := &server{url: "http://" + address, env: keyEnv("http://"+address, id, secret)}
	serve(t, cmd, s.url+"/health")
	return s
}

// serve starts a server, waits until it answers at url, and ends it with the
// test. What it wrote is shown where the test fails.
func serve(t testing.TB, cmd *exec.Cmd, url string) {
	t.Helper()
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
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
		if t.Failed() {
			text := log.String()
			t.Logf("the last lines of %s:\n%s", cmd.Path, text[max(0, len(text)-4000):])
		}
	})
	for {
		if resp, err := http.Get(url); err == nil {
			_ = resp.Body.Close()
			return
		}
		select {
		case <-ended:
			t.Fatalf("%s ended before it answered at %s", cmd.Path, url)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func post(t testing.TB, url, body string) {
	t.Helper()
	resp, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		t.Fatalf("POST %s: %s", url, resp.Status)
	}
}
