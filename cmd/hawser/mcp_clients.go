package main

import (
	"path/filepath"
	"slices"

	"github.com/hawser/hawser/internal/fault"
)

// mcpClient is a program whose configuration names MCP servers.
type mcpClient struct {
	name, title string
	// path is the configuration of its user, under the home directory, by
	// operating system; "" is for all others.
	path map[string]string
	// table is the member that holds the servers by name.
	table string
	toml  bool
	// typed adds a member "type": "stdio" to the entry.
	typed bool
}

// mcpClients are the clients that hawser mcp install knows.
func mcpClients() []mcpClient {
	return []mcpClient{
		// https://modelcontextprotocol.io/docs/develop/connect-local-servers
		{name: "claude-desktop", title: "Claude Desktop", table: "mcpServers", path: map[string]string{
			"darwin":  "Library/Application Support/Claude/claude_desktop_config.json",
			"windows": "AppData/Roaming/Claude/claude_desktop_config.json",
			"":        ".config/Claude/claude_desktop_config.json",
		}},
		// https://code.claude.com/docs/en/mcp
		{name: "claude-code", title: "Claude Code", table: "mcpServers", typed: true, path: map[string]string{"": ".claude.json"}},
		// https://cursor.com/docs/context/mcp
		{name: "cursor", title: "Cursor", table: "mcpServers", path: map[string]string{"": ".cursor/mcp.json"}},
		// https://code.visualstudio.com/docs/copilot/reference/mcp-configuration
		{name: "vscode", title: "VS Code", table: "servers", typed: true, path: map[string]string{
			"darwin":  "Library/Application Support/Code/User/mcp.json",
			"windows": "AppData/Roaming/Code/User/mcp.json",
			"":        ".config/Code/User/mcp.json",
		}},
		// https://zed.dev/docs/ai/mcp
		{name: "zed", title: "Zed", table: "context_servers", path: map[string]string{
			"windows": "AppData/Roaming/Zed/settings.json",
			"":        ".config/zed/settings.json",
		}},
		// https://developers.openai.com/codex/mcp
		{name: "codex", title: "Codex", table: "mcp_servers", toml: true, path: map[string]string{"": ".codex/config.toml"}},
	}
}

func mcpClientNames() []string {
	var names []string
	for _, c := range mcpClients() {
		names = append(names, c.name)
	}
	return names
}

func findClient(name string) (mcpClient, error) {
	all := mcpClients()
	i := slices.IndexFunc(all, func(c mcpClient) bool { return c.name == name })
	if i >= 0 {
		return all[i], nil
	}
	e := fault.New(fault.Invalid, "there is no client %q", name).At("client")
	if near := fault.Nearest(name, mcpClientNames()); near != "" {
		return mcpClient{}, e.WithFix("did you mean %s?", near)
	}
	return mcpClient{}, e.WithFix("name one of %s; for others, docs/agents.md shows the entry to write", mcpClientNames())
}

// file is the client's configuration in a home directory.
func (c mcpClient) file(home, system string) string {
	path, ok := c.path[system]
	if !ok {
		path = c.path[""]
	}
	return filepath.Join(home, filepath.FromSlash(path))
}

// entry is how the client starts hawser.
type entry struct {
	Type    string   `json:"type,omitempty" toml:"-"`
	Command string   `json:"command" toml:"command"`
	Args    []string `json:"args" toml:"args"`
}

func (c mcpClient) entry(command string, args []string) entry {
	e := entry{Command: command, Args: args}
	if c.typed {
		e.Type = "stdio"
	}
	return e
}
