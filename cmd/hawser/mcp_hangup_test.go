package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gofrs/flock"
)

// A SIGHUP that comes before the server runs has the configuration read again, and does
// not end the program. The audit log is locked by the test until then.
func TestASIGHUPWhileTheServerStarts(t *testing.T) {
	dir := t.TempDir()
	config, log := filepath.Join(dir, "hawser.yaml"), filepath.Join(dir, "audit.jsonl")
	if err := os.WriteFile(config, []byte("audit: {file: "+log+"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	lock := flock.New(log + ".lock")
	if err := lock.Lock(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "hawser", "mcp", "--config", config)
	cmd.Dir, cmd.Env = dir, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "XDG_STATE_HOME=" + dir}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said, ended := new(strings.Builder), make(chan struct{})
	go func() {
		defer close(ended)
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			said.WriteString(lines.Text() + "\n")
			if strings.Contains(lines.Text(), "was reloaded") {
				_ = stdin.Close()
			}
		}
	}()
	// The key is made before the log is opened, which waits for the lock.
	awaitFile(filepath.Join(dir, "hawser", "audit.key"), ended)
	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	if err := lock.Unlock(); err != nil {
		t.Fatal(err)
	}
	<-ended
	if err := cmd.Wait(); err != nil || !strings.Contains(said.String(), "was reloaded") {
		t.Fatalf("%v: %s", err, said.String())
	}
}

// awaitFile waits until a file exists, or a process has ended.
func awaitFile(path string, ended <-chan struct{}) {
	for {
		if _, err := os.Stat(path); err == nil {
			return
		}
		select {
		case <-ended:
			return
		case <-time.After(time.Millisecond):
		}
	}
}
