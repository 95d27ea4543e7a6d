package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// TestAgentOfPageReadsOneBucket calls tools as the agent that a page makes: it reads
// the bucket of the page, and AWS refuses it every other.
func TestAgentOfPageReadsOneBucket(t *testing.T) {
	sim, err := startSim(t.Context(), simFlags{listen: "127.0.0.1:0", scale: 50})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sim.Close() }()
	setHabitEnv(t, sim)
	t.Setenv("AWS_ACCESS_KEY_ID", sim.Key.AccessKeyID)
	t.Setenv("AWS_SECRET_ACCESS_KEY", sim.Key.SecretAccessKey)
	config := filepath.Join(t.TempDir(), "hawser.yaml")
	writeBlock(t, filepath.Join(top(t), "docs", "jobs", "agent-one-bucket.md"), config)
	client := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil)
	server := exec.CommandContext(t.Context(), "hawser", "mcp", "--config", config, "--agent", "analyst")
	session, err := client.Connect(t.Context(), &mcp.CommandTransport{Command: server}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = session.Close() }()
	for _, call := range []struct {
		tool  string
		input map[string]any
		says  string // of the refusal; empty for none
	}{
		{"s3.list", map[string]any{"bucket": "acme-reports"}, ""},
		{"s3.get", map[string]any{"bucket": "acme-reports", "key": "README.txt"}, ""},
		{"s3.list", map[string]any{"bucket": "acme-web"}, "no session policy allows"},
		{"s3.list", map[string]any{}, "no session policy allows"},
	} {
		result, err := session.CallTool(t.Context(), &mcp.CallToolParams{Name: call.tool, Arguments: call.input})
		if err != nil {
			t.Errorf("%s %v: %v", call.tool, call.input, err)
			continue
		}
		said := textOf(result)
		if result.IsError != (call.says != "") || !strings.Contains(said, call.says) {
			t.Errorf("%s %v: %s, want %q", call.tool, call.input, said, call.says)
		}
	}
}

// writeBlock writes the block of YAML that a page shows to a file.
func writeBlock(t *testing.T, path, to string) {
	t.Helper()
	for _, block := range blocksOfPage.FindAllStringSubmatch(readText(t, path), -1) {
		if block[1] == "yaml" {
			writeText(t, to, block[2])
			return
		}
	}
	t.Fatalf("%s has no block of YAML", path)
}

func textOf(result *mcp.CallToolResult) string {
	var b strings.Builder
	for _, c := range result.Content {
		if text, ok := c.(*mcp.TextContent); ok {
			b.WriteString(text.Text)
		}
	}
	return b.String()
}
