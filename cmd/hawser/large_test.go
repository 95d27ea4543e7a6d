package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// BenchmarkLargeSync syncs organizations of more and more accounts, each as
// large as those of BenchmarkSync, in a process of its own beside that of the
// simulated AWS: what it takes of memory is that process's. HAWSER_ACCOUNTS
// names the sizes; make bench-sync-large takes the largest.
func BenchmarkLargeSync(b *testing.B) {
	sizes := os.Getenv("HAWSER_ACCOUNTS")
	if sizes == "" {
		sizes = "10 20"
	}
	for _, accounts := range strings.Fields(sizes) {
		b.Run(accounts, func(b *testing.B) {
			n, err := strconv.Atoi(accounts)
			if err != nil {
				b.Fatal(err)
			}
			home := newLargeHome(b, accounts)
			for b.Loop() {
				home.sync(b, n)
			}
		})
	}
}

// largeHome is a home whose default connection reaches a large organization.
type largeHome struct {
	dir string
	env []string
}

func newLargeHome(b *testing.B, accounts string) *largeHome {
	b.Helper()
	h := &largeHome{dir: b.TempDir()}
	h.env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + h.dir, "XDG_STATE_HOME=" + h.dir, "HAWSER_CONFIG=" + filepath.Join(h.dir, "hawser.yaml"), "AWS_EC2_METADATA_DISABLED=true"}
	config := "connections:\n  acme:\n    member_role: OrganizationAccountAccessRole\n"
	if err := os.WriteFile(filepath.Join(h.dir, "hawser.yaml"), []byte(config), 0o600); err != nil {
		b.Fatal(err)
	}
	sim := exec.CommandContext(b.Context(), "hawser", "sim", "--listen", "127.0.0.1:0", "--seed", "7", "--accounts", accounts, "--users", "100", "--groups", "20",
		"--roles", "150", "--keys", "60", "--people", "3000", "--teams", "300", "--permission-sets", "60", "--assignments", "4000")
	sim.Env = h.env
	out, err := sim.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := sim.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = sim.Process.Kill()
		_ = sim.Wait()
	})
	for lines := bufio.NewScanner(out); lines.Scan() && !strings.HasPrefix(lines.Text(), "export AWS_REGION="); {
		if v, ok := strings.CutPrefix(lines.Text(), "export AWS_"); ok {
			h.env = append(h.env, "AWS_"+v)
		}
	}
	h.env = append(h.env, "AWS_REGION=eu-west-1")
	return h
}

// sync syncs once, and tells what it took.
func (h *largeHome) sync(b *testing.B, accounts int) {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), "hawser", "sync", "--progress", "false")
	cmd.Dir, cmd.Env = h.dir, h.env
	begun := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	b.Logf("%d accounts: %.1f s, %.1f s of CPU (%.0f ms an account), %d MiB resident at most", accounts,
		time.Since(begun).Seconds(), cpu.Seconds(), cpu.Seconds()*1000/float64(accounts), usage.Maxrss>>10)
	b.ReportMetric(float64(usage.Maxrss>>10), "MiB-resident")
	b.ReportMetric(cpu.Seconds()*1000/float64(accounts), "CPU-ms/account")
}
