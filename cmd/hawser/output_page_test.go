package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/awssim/demo"
	"github.com/hawser/hawser/internal/cli"
)

// TestOutputPage types the commands of the page about output in a simulated company.
func TestOutputPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/output.md")
	if err != nil {
		t.Fatal(err)
	}
	sim, err := startSim(t.Context(), simFlags{listen: "127.0.0.1:0", scale: 50})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sim.Close() }()
	setHabitEnv(t, sim)
	t.Setenv("AWS_REGION", demo.Region)
	t.Chdir(t.TempDir())
	tried := 0
	for _, code := range codeInPages.FindAllStringSubmatch(string(page), -1) {
		for _, words := range linesOfHawser(code[1] + code[2]) {
			var out bytes.Buffer
			p := cli.New(cli.Streams{In: strings.NewReader(""), Out: &out, Err: &out}, os.Environ(), "1.0.0")
			if exit := p.Run(t.Context(), words, commands(p)...); exit != 0 || out.Len() == 0 {
				t.Errorf("hawser %s: exit %d\n%s", strings.Join(words, " "), exit, out.String())
			}
			tried++
		}
	}
	if tried < 5 {
		t.Errorf("the page has only %d commands", tried)
	}
}
