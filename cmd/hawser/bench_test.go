package main

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// BenchmarkHelp starts the binary for --help. The limit is 60 ms.
func BenchmarkHelp(b *testing.B) {
	bin := filepath.Join(b.TempDir(), "hawser")
	build := exec.CommandContext(b.Context(), "go", "build", "-o", bin, ".")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	for b.Loop() {
		if err := exec.CommandContext(b.Context(), bin, "--help").Run(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/start")
}
