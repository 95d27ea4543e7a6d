package main

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// acmeHome is a home whose default connection reaches acme.
type acmeHome struct {
	t   *testing.T
	dir string
	env []string
}

func newAcmeHome(t *testing.T) func() acmeHome {
	t.Helper()
	sim, err := startSim(context.Background(), simFlags{listen: "127.0.0.1:0", scale: 50, org: "acme"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	return func() acmeHome {
		dir := t.TempDir()
		config := "connections:\n  acme:\n    member_role: OrganizationAccountAccessRole\n"
		if err := os.WriteFile(filepath.Join(dir, "hawser.yaml"), []byte(config), 0o600); err != nil {
			t.Fatal(err)
		}
		return acmeHome{t, dir, []string{
			"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "XDG_STATE_HOME=" + dir, "HAWSER_CONFIG=hawser.yaml", "AWS_ENDPOINT_URL=" + sim.URL, "AWS_REGION=" + sim.Region,
			"AWS_ACCESS_KEY_ID=" + sim.Key.AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + sim.Key.SecretAccessKey, "AWS_EC2_METADATA_DISABLED=true",
		}}
	}
}

func (h acmeHome) hawser(args ...string) *exec.Cmd {
	cmd := exec.Command("hawser", args...)
	cmd.Dir, cmd.Env = h.dir, h.env
	return cmd
}

// begin starts a sync that tells its progress line by line on standard error.
func (h acmeHome) begin(parallel string) (*exec.Cmd, *bufio.Scanner) {
	h.t.Helper()
	cmd := h.hawser("sync", "--progress", "json", "--parallel", parallel)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		h.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		h.t.Fatal(err)
	}
	return cmd, bufio.NewScanner(stderr)
}

// stored returns the contents of the store, without the names of runs.
func (h acmeHome) stored(name string) []string {
	h.t.Helper()
	var all []string
	for _, table := range []string{"entities", "relations"} {
		file := name + "-" + table + ".jsonl"
		if out, err := h.hawser("snapshot", "export", file, "--format", "jsonl", "--table", table).CombinedOutput(); err != nil {
			h.t.Fatalf("%v\n%s", err, out)
		}
		text, err := os.ReadFile(filepath.Join(h.dir, file))
		if err != nil {
			h.t.Fatal(err)
		}
		all = append(all, strings.Split(strings.ReplaceAll(string(text), `"first_run":2`, `"first_run":1`), "\n")...)
	}
	slices.Sort(all)
	return all
}

// A sync that is killed at any cell, or while a cell is written, loses nothing. The
// next sync continues, and stores the same as a sync that was not interrupted.
func TestSyncSurvivesKill(t *testing.T) {
	home := newAcmeHome(t)
	whole := home()
	if out, err := whole.hawser("sync").CombinedOutput(); err == nil || !strings.Contains(string(out), "999900001111 cannot be entered (sts:AssumeRole denied)") {
		t.Fatalf("%v\n%s", err, out)
	}
	want := whole.stored("whole")
	killed := home()
	points := []int{1, 7, 30, 31, 90, 150}
	if os.Getenv("HAWSER_CHAOS") != "" {
		points = nil
		for n := range 100 {
			points = append(points, 1+3*n)
		}
	}
	for _, lines := range points {
		cmd, seen := killed.begin("2")
		for n := 0; n < lines && seen.Scan(); n++ {
			if !strings.HasPrefix(seen.Text(), `{"subject":"sync acme"`) {
				break // it was at the end before
			}
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	out, err := killed.hawser("sync").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "999900001111 cannot be entered (sts:AssumeRole denied)") {
		t.Fatalf("%v\n%s", err, out)
	}
	if diff := cmp.Diff(want, killed.stored("killed")); diff != "" {
		t.Error(diff)
	}
}

// A full disk ends a sync with an error that has a fix. With space on the disk the
// sync continues, and stores the same as a sync that always had space.
func TestSyncSurvivesFullDisk(t *testing.T) {
	home := newAcmeHome(t)
	roomy := home()
	_ = roomy.hawser("sync").Run()
	want := roomy.stored("roomy")
	h := home()
	for _, blocks := range []string{"600", "1200"} { // of 1024 bytes, for any one file
		cmd := h.hawser("sync")
		script := exec.Command("bash", "-c", "ulimit -f "+blocks+"; exec \"$0\" sync", cmd.Path)
		script.Dir, script.Env = h.dir, h.env
		if out, err := script.CombinedOutput(); err == nil || !strings.Contains(string(out), "make room on the disk") {
			t.Errorf("%s blocks: %v\n%s", blocks, err, out)
		}
	}
	if out, err := h.hawser("sync").CombinedOutput(); err == nil || !strings.Contains(string(out), "it was resumed") {
		t.Fatalf("%v\n%s", err, out)
	}
	if diff := cmp.Diff(want, h.stored("full")); diff != "" {
		t.Error(diff)
	}
}

// Two syncs of one connection do not run at once.
func TestOneSyncAtATime(t *testing.T) {
	h := newAcmeHome(t)()
	first, seen := h.begin("1")
	if !seen.Scan() {
		t.Fatal("the first sync says nothing")
	}
	out, err := h.hawser("sync").CombinedOutput()
	_ = first.Process.Kill()
	_ = first.Wait()
	if err == nil || !strings.Contains(string(out), "another process is running sync acme") {
		t.Errorf("%v\n%s", err, out)
	}
}

// Ctrl-C and SIGTERM end a sync in good order: it says so, and goes on later.
func TestSyncIsInterrupted(t *testing.T) {
	home := newAcmeHome(t)
	for _, sign := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		h := home()
		cmd, seen := h.begin("1")
		for range 20 {
			seen.Scan()
		}
		if err := cmd.Process.Signal(sign); err != nil {
			t.Fatal(err)
		}
		var rest []string
		for seen.Scan() {
			rest = append(rest, seen.Text())
		}
		_ = cmd.Wait()
		if code := cmd.ProcessState.ExitCode(); code != 130 || !strings.Contains(strings.Join(rest, "\n"), "interrupted") {
			t.Errorf("%v: exit %d\n%s", sign, code, strings.Join(rest, "\n"))
		}
		if out, err := h.hawser("sync", "runs", "-o", "json", "--query", "items[0].status").CombinedOutput(); err != nil || !strings.Contains(string(out), "interrupted") {
			t.Errorf("%v\n%s", err, out)
		}
		if out, _ := h.hawser("sync").CombinedOutput(); !strings.Contains(string(out), "it was resumed") {
			t.Errorf("it was not taken up again:\n%s", out)
		}
	}
}
