package main

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/cli"
	"github.com/hawser/hawser/internal/config/configtest"
)

// full is a stream that cannot be written.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// Each command reports that its output cannot be written.
func TestOutputThatCannotBeWritten(t *testing.T) {
	lines := [][]string{
		{},
		{"--version"},
		{"help"},
		{"completion", "bash"},
		{"completion", "fish"},
		{"__complete", "s3", ""},
		{"tools"},
		{"tools", "s3.get"},
		{"tools", "-o", "csv"},
		{"tools", "-o", "yaml"},
		{"tools", "--query", "items[0]"},
		{"token", "list", "-o", "json"},
		{"token", "create", "wall"},
		{"trust", "list", "-o", "json"},
		{"audit", "list", "-o", "json"},
		{"audit", "verify"},
		{"connections", "list"},
		{"access", "eval", "--json", "-", "-o", "json"},
		{"mcp", "inspect"},
		{"mcp", "install", "cursor", "--dry-run"},
		{"mcp", "install", "cursor", "--yes"},
		{"trust", "--yes"},
		{"call", "audit.list", "-o", "json"},
		{"sim", "--listen", "127.0.0.1:0"},
	}
	root := wholeTree(cli.New(cli.Streams{Err: io.Discard}, nil, ""))
	for _, cmd := range commandsBelow(root) {
		if !cmd.Hidden {
			lines = append(lines, append(strings.Fields(cmd.CommandPath())[1:], "--help"))
		}
	}
	for _, line := range lines {
		t.Run(strings.Join(line, " "), func(t *testing.T) {
			home := configtest.New(t)
			t.Setenv("HOME", home.Home)
			home.Project(t, "connections: {shop: {}}\n")
			var said strings.Builder
			p := cli.New(cli.Streams{In: strings.NewReader("[]"), Out: full{}, Err: &said}, home.Env(), "1.2")
			if code := p.Run(t.Context(), line, commands(p)...); code != 1 || !strings.Contains(said.String(), "the output cannot be written") {
				t.Errorf("exit %d: %s", code, said.String())
			}
		})
	}
}

// Whoever creates a token whose text could not be written learns that it exists.
func TestATokenThatNobodySaw(t *testing.T) {
	home := configtest.New(t)
	var said strings.Builder
	p := cli.New(cli.Streams{Out: full{}, Err: &said}, home.Env(), "")
	if code := p.Run(t.Context(), []string{"token", "create", "wall"}, commands(p)...); code != 1 || !strings.Contains(said.String(), "hawser token revoke wall") {
		t.Errorf("exit %d: %s", code, said.String())
	}
}

// Nothing is trusted, or written to a client's configuration, that could not be shown.
func TestNothingIsDoneThatCouldNotBeShown(t *testing.T) {
	home := configtest.New(t)
	t.Setenv("HOME", home.Home)
	home.Project(t, "connections: {shop: {}}\n")
	for _, line := range []string{"trust --yes", "mcp install cursor --yes"} {
		var said strings.Builder
		p := cli.New(cli.Streams{Out: full{}, Err: &said}, home.Env(), "")
		p.Run(t.Context(), strings.Fields(line), commands(p)...)
		if strings.Contains(said.String(), "trusted until") || strings.Contains(said.String(), "written; restart") {
			t.Errorf("%s: %s", line, said.String())
		}
	}
}
