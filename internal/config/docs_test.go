package config

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
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
		if c, err := Parse("example", block[1]); err != nil || len(c.Connections) == 0 {
			t.Errorf("%v\n%s", err, block[1])
		}
	}
}
