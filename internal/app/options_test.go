package app

import (
	"io"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/agent"
	"github.com/hawser/hawser/internal/auth"
	"github.com/hawser/hawser/internal/config/configtest"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/mcpserver"
	"github.com/hawser/hawser/internal/tool"
)

// TestEveryOptionWithEveryTool builds the server of an agent with each option
// of a profile, alone and with those that change every tool's schema, and asks
// it for its tools as a client would.
func TestEveryOptionWithEveryTool(t *testing.T) {
	options := map[string]string{
		"nothing":         "role: operator",
		"confirm read":    "confirm: [read]",
		"confirm all":     "confirm: [read, write, destroy]",
		"confirm none":    "confirm: [none]",
		"approve all":     `approve: ["*"]`,
		"show secrets":    "show_secrets: true",
		"read-only":       "read_only: true",
		"underscored":     "name_style: underscored",
		"small answers":   "max_output: 1024",
		"viewer":          "role: viewer",
		"admin":           "role: admin",
		"an account":      `accounts: ["111122223333"]`,
		"some tools":      `tools: ["s3_*", "ec2.list"]`,
		"denied":          `deny: ["*.delete"]`,
		"on behalf":       "on_behalf_of: ada@example.com",
		"source identity": "source_identity: ada",
		"the whole log":   "audit: all",
		"files":           "files: true",
	}
	for one, first := range options {
		for _, two := range []string{"nothing", "confirm read", "show secrets"} {
			second := options[two]
			if settingOf(first) == settingOf(second) && one != two {
				continue
			}
			t.Run(one+" with "+two, func(t *testing.T) {
				text := "agents:\n  a:\n    " + first + "\n"
				if one != two {
					text += "    " + second + "\n"
				}
				if len(viewOf(t, text)) == 0 {
					t.Error("the agent sees no tool")
				}
			})
		}
	}
}

// settingOf is the name of an option's setting.
func settingOf(option string) string { name, _, _ := strings.Cut(option, ":"); return name }

// viewOf is what the agent a of a configuration would see.
func viewOf(t *testing.T, text string) []mcpserver.ViewedTool {
	t.Helper()
	f := configtest.New(t)
	f.User(t, "files: {root: "+t.TempDir()+"}\n"+text)
	made, registry, err := appIn(f).Agent(agent.Flags{Profile: "a"}, auth.Token{})
	if err != nil {
		t.Fatal(fault.From(err))
	}
	server, err := (AgentOptions{Stderr: io.Discard}).Server(made, registry)
	if err != nil {
		t.Fatal(fault.From(err))
	}
	seen, err := server.View(t.Context())
	if err != nil {
		t.Fatal(fault.From(err))
	}
	if want := len(registry.ToolsFor(made.Role)); len(seen.Tools) != want {
		t.Errorf("the client sees %d tools, the registry holds %d", len(seen.Tools), want)
	}
	return seen.Tools
}

// TestConfirmReadAsksAboutEachTool: who lists reads is asked about everything.
func TestConfirmReadAsksAboutEachTool(t *testing.T) {
	for _, seen := range viewOf(t, "agents:\n  a:\n    confirm: [read]\n") {
		if seen.Asks == "not asked" {
			t.Errorf("%s (%s) is not asked about", seen.Name, seen.Effect)
		}
	}
	for _, seen := range viewOf(t, "agents:\n  a:\n    confirm: [none]\n") {
		if asked := seen.Asks == "asked"; asked != (seen.Effect == tool.Destroy) {
			t.Errorf("by default %s (%s) is %s", seen.Name, seen.Effect, seen.Asks)
		}
	}
}
