package mcpclients

import (
	"path/filepath"
	"slices"

	"github.com/hawser/hawser/internal/fault"
)

// Client is a program whose configuration names MCP servers.
type Client struct {
	name string
	// Title is how it calls itself.
	Title string
	// path is the configuration of its user, under the home directory, by
	// operating system; "" is for all others.
	path map[string]string
	// table is the member that holds the servers by name.
	table string
	toml  bool
	// typed adds a member "type": "stdio" to the entry.
	typed bool
}

// all are the clients that hawser mcp install knows.
func all() []Client {
	return []Client{
		// https://modelcontextprotocol.io/docs/develop/connect-local-servers
		{name: "claude-desktop", Title: "Claude Desktop", table: "mcpServers", path: map[string]string{
			"darwin":  "Library/Application Support/Claude/claude_desktop_config.json",
			"windows": "AppData/Roaming/Claude/claude_desktop_config.json",
			"":        ".config/Claude/claude_desktop_config.json",
		}},
		// https://code.claude.com/docs/en/mcp
		{name: "claude-code", Title: "Claude Code", table: "mcpServers", typed: true, path: map[string]string{"": ".claude.json"}},
		// https://cursor.com/docs/context/mcp
		{name: "cursor", Title: "Cursor", table: "mcpServers", path: map[string]string{"": ".cursor/mcp.json"}},
		// https://code.visualstudio.com/docs/copilot/reference/mcp-configuration
		{name: "vscode", Title: "VS Code", table: "servers", typed: true, path: map[string]string{
			"darwin":  "Library/Application Support/Code/User/mcp.json",
			"windows": "AppData/Roaming/Code/User/mcp.json",
			"":        ".config/Code/User/mcp.json",
		}},
		// https://zed.dev/docs/ai/mcp
		{name: "zed", Title: "Zed", table: "context_servers", path: map[string]string{
			"windows": "AppData/Roaming/Zed/settings.json",
			"":        ".config/zed/settings.json",
		}},
		// https://developers.openai.com/codex/mcp
		{name: "codex", Title: "Codex", table: "mcp_servers", toml: true, path: map[string]string{"": ".codex/config.toml"}},
	}
}

// Names are the names of the clients that are known.
func Names() []string {
	var names []string
	for _, c := range all() {
		names = append(names, c.name)
	}
	return names
}

// Find is the client of a name. The error is of kind Invalid.
func Find(name string) (Client, error) {
	clients := all()
	i := slices.IndexFunc(clients, func(c Client) bool { return c.name == name })
	if i >= 0 {
		return clients[i], nil
	}
	e := fault.New(fault.Invalid, "there is no client %q", name).At("client")
	if near := fault.Nearest(name, Names()); near != "" {
		return Client{}, e.WithFix("did you mean %s?", near)
	}
	return Client{}, e.WithFix("name one of %s; for others, docs/agents.md shows the entry to write", Names())
}

// Path is the client's configuration in a home directory of a GOOS.
func (c Client) Path(home, system string) string {
	path, ok := c.path[system]
	if !ok {
		path = c.path[""]
	}
	return filepath.Join(home, filepath.FromSlash(path))
}

// Entry is how the client starts hawser.
type Entry struct {
	Type    string   `json:"type,omitempty" toml:"-"`
	Command string   `json:"command" toml:"command"`
	Args    []string `json:"args" toml:"args"`
}

// Entry is the entry with which the client starts a command.
func (c Client) Entry(command string, args []string) Entry {
	e := Entry{Command: command, Args: args}
	if c.typed {
		e.Type = "stdio"
	}
	return e
}
