package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A SIGHUP that comes while the configuration is read for the first time has it read
// again, and does not end the program.
func TestASIGHUPWhileTheServerStarts(t *testing.T) {
	dir := t.TempDir()
	fifo := filepath.Join(dir, "hawser.yaml")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Skip(err)
	}
	cmd := exec.CommandContext(t.Context(), "hawser", "mcp", "--config", fifo)
	cmd.Dir, cmd.Env = dir, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "XDG_STATE_HOME=" + dir}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
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
	said := make(chan string, 1)
	go func() {
		var all strings.Builder
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			all.WriteString(lines.Text() + "\n")
			if strings.Contains(lines.Text(), "was read anew") {
				_ = stdin.Close()
			}
		}
		said <- all.String()
	}()
	first, err := os.OpenFile(fifo, os.O_WRONLY, 0) // waits until the program opens it
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	if _, err := first.WriteString("guard: {read_only: true}\n"); err != nil {
		t.Error(err)
	}
	if err := first.Close(); err != nil {
		t.Error(err)
	}
	const initialize = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"a","version":"1"}}}`
	if _, err := io.WriteString(stdin, initialize+"\n"); err != nil {
		t.Error(err)
	}
	if !bufio.NewScanner(stdout).Scan() { // the first configuration was read when this is answered
		t.Error("the server does not answer")
	}
	again := make(chan error, 1)
	go func() { again <- os.WriteFile(fifo, []byte("guard: {read_only: true}\n"), 0) }()
	text := <-said
	if err := cmd.Wait(); err != nil || !strings.Contains(text, "was read anew") {
		t.Fatalf("%v: %s", err, text)
	}
	if err := <-again; err != nil {
		t.Error(err)
	}
}
