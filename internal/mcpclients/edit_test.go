package mcpclients

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pelletier/go-toml/v2"
	"github.com/tailscale/hujson"
)

// What is in a client's configuration stays as it is, comments too; what was
// put in can be taken out again.
func TestClientsConfigurations(t *testing.T) {
	tests := []struct{ name, client, before, after, undone string }{
		{
			"nothing there", "cursor", "",
			"{\n  \"mcpServers\": {\n    \"hawser\": {\n      \"command\": \"/bin/hawser\",\n      \"args\": [\n        \"mcp\"\n      ]\n    }\n  }\n}\n",
			"{\n  \"mcpServers\": {\n  }\n}\n",
		},
		{
			"comments and commas stay", "zed",
			"// mine\n{\n\t\"theme\": \"dark\", // at night\n\t\"context_servers\": {\n\t\t\"other\": {\"command\": \"x\"},\n\t},\n}\n",
			"// mine\n{\n\t\"theme\": \"dark\", // at night\n\t\"context_servers\": {\n\t\t\"other\": {\"command\": \"x\"},\n    \"hawser\": {\n      \"command\": \"/bin/hawser\",\n      \"args\": [\n        \"mcp\"\n      ]\n    }\n  },\n}\n",
			"// mine\n{\n\t\"theme\": \"dark\", // at night\n\t\"context_servers\": {\n\t\t\"other\": {\"command\": \"x\"}\n  },\n}\n",
		},
		{
			"an older entry is replaced", "codex",
			"model = \"o\" # mine\n\n[mcp_servers.hawser]\ncommand = \"old\"\n\n[mcp_servers.hawser.env]\nA = \"b\"\n\n[mcp_servers.other]\ncommand = \"x\"\n",
			"model = \"o\" # mine\n\n[mcp_servers.other]\ncommand = \"x\"\n\n[mcp_servers.hawser]\ncommand = '/bin/hawser'\nargs = ['mcp']\n",
			"model = \"o\" # mine\n\n[mcp_servers.other]\ncommand = \"x\"\n\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			client, err := Find(tt.client)
			if err != nil {
				t.Fatal(err)
			}
			after, err := client.With([]byte(tt.before), client.Entry("/bin/hawser", []string{"mcp"}))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.after, string(after)); diff != "" {
				t.Errorf("set: %s", diff)
			}
			again, err := client.With(after, client.Entry("/bin/hawser", []string{"mcp"}))
			if err != nil || string(again) != string(after) {
				t.Errorf("a second time changes it: %s, %v", cmp.Diff(string(after), string(again)), err)
			}
			undone, err := client.unset(after)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.undone, string(undone)); diff != "" {
				t.Errorf("unset: %s", diff)
			}
		})
	}
}

func TestBrokenConfigurationsAreLeftAlone(t *testing.T) {
	for client, text := range map[string]string{"cursor": `{"mcpServers": `, "zed": `[]`, "codex": "[mcp_servers\n"} {
		c, err := Find(client)
		if err != nil {
			t.Fatal(err)
		}
		if out, err := c.With([]byte(text), c.Entry("hawser", nil)); err == nil {
			t.Errorf("%s: %q became %q", client, text, out)
		}
	}
}

func FuzzSetTOML(f *testing.F) {
	for _, seed := range []string{"", "a = 1\n", "[mcp_servers.hawser]\nx = 1\n[b]\n", "a = '''\n[mcp_servers.hawser]\n'''\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		out, err := setTOML([]byte(text), "mcp_servers", Entry{Command: "hawser", Args: []string{"mcp"}})
		if err != nil {
			return
		}
		var v map[string]any
		err = toml.Unmarshal(out, &v)
		servers, _ := v["mcp_servers"].(map[string]any)
		hawser, _ := servers["hawser"].(map[string]any)
		if err != nil || hawser["command"] != "hawser" {
			t.Fatalf("%q became %q: %v", text, out, err)
		}
	})
}

func FuzzSetJSON(f *testing.F) {
	for _, seed := range []string{"", "{}", `{"mcpServers": {"hawser": 1,},}`, `{"mcpServers": 7}`, "// c\n{}"} {
		f.Add(seed)
	}
	c, err := Find("cursor")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		out, err := c.With([]byte(text), Entry{Command: "hawser"})
		if err != nil {
			return
		}
		if _, err := hujson.Standardize(out); err != nil || !strings.Contains(string(out), `"hawser"`) {
			t.Fatalf("%q became %q: %v", text, out, err)
		}
	})
}
