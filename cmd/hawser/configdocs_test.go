package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/fault"
)

// TestExamplesInTheDocsAreGood reads every example of docs/connections.md, and
// those in YAML of docs/agents.md, as the configuration it claims to be.
func TestExamplesInTheDocsAreGood(t *testing.T) {
	var blocks [][][]byte
	for page, kinds := range map[string]string{"connections.md": "yaml|json", "agents.md": "yaml"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "docs", page))
		if err != nil {
			t.Fatal(err)
		}
		blocks = append(blocks, regexp.MustCompile("(?s)```(?:"+kinds+")\n(.*?)```").FindAllSubmatch(text, -1)...)
	}
	if len(blocks) < 6 {
		t.Fatalf("%d examples", len(blocks))
	}
	for _, block := range blocks {
		if c, err := parseConfig("example", block[1]); err != nil || len(c.Connections) == 0 {
			t.Errorf("%v\n%s", err, block[1])
		}
	}
}

// TestThreatsNameTestsThatExist holds the table of threats against the source.
func TestThreatsNameTestsThatExist(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "agents.md"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join("..", "..", "internal", "*", "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	own, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	var source strings.Builder
	for _, file := range append(files, own...) {
		code, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		source.Write(code)
	}
	names := regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z]+)`").FindAllStringSubmatch(string(text), -1)
	if len(names) < 10 {
		t.Fatalf("%d tests named", len(names))
	}
	for _, name := range names {
		if !strings.Contains(source.String(), "func "+name[1]+"(") {
			t.Errorf("docs/agents.md names %s, which is no test", name[1])
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
