package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/fault"
)

// TestExamplesInTheDocsAreGood reads every example of docs/connections.md as
// the configuration it claims to be.
func TestExamplesInTheDocsAreGood(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "connections.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```(?:yaml|json)\n(.*?)```").FindAllSubmatch(text, -1)
	if len(blocks) < 5 {
		t.Fatalf("%d examples", len(blocks))
	}
	for _, block := range blocks {
		if c, err := parseConfig("example", block[1]); err != nil || len(c.Connections) == 0 {
			t.Errorf("%v\n%s", err, block[1])
		}
	}
}

func TestDocsNameEveryKindOfError(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "errors.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range fault.Kinds() {
		if !strings.Contains(string(text), "| `"+string(kind)+"` |") {
			t.Errorf("docs/errors.md does not list %s", kind)
		}
	}
}
