package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/toolbox"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// testSetup gives the policies that Hawser writes to a linter: those of each tool, and
// those of everything, narrowed and not.
func (c *harness) testSetup(t *testing.T) {
	c.call(t, "parliament")
	inputs := map[string]map[string]any{
		"all": {"with_fallbacks": true, "member_role": "Audit"},
		"all, narrowed": {
			"bucket": []string{"harbour"}, "prefix": []string{"logs/"}, "function": []string{"checkout"}, "log_group": []string{"/app"},
			"instance_tag": map[string]string{"team": "shop"}, "account": []string{"111122223333"}, "region": []string{"eu-west-1"},
		},
	}
	for _, each := range toolbox.Tools(toolbox.Sources{}) {
		if len(each.Needs) > 0 && each.Needs[0].Action != "sts:GetCallerIdentity" {
			inputs[each.Name] = map[string]any{"tool": []string{each.Name}}
		}
	}
	documents := map[string]json.RawMessage{}
	r := toolboxtest.New(t, toolboxtest.FakeSettings("http://127.0.0.1:1"))
	for name, input := range inputs {
		maps.Copy(documents, policiesOf(t, r, name, input))
	}
	raw, err := json.Marshal(documents)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "policies.json")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := command(c.venv("python"), filepath.Join("testdata", "setup", "lint.py"), path)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, complaints.String())
	}
	for line := range strings.Lines(string(out)) {
		// parliament knows no ARN whose account is "aws", which AWS's own policies have.
		if !strings.Contains(line, "INVALID_ARN") || !strings.Contains(line, "::aws:policy/*") {
			t.Error(strings.TrimSpace(line))
		}
	}
	c.count("parliament", len(documents))
}

// policiesOf returns the documents that setup.policy writes.
func policiesOf(t *testing.T, r *toolboxtest.Rig, name string, input any) map[string]json.RawMessage {
	t.Helper()
	result, err := r.Try(t.Context(), "setup.policy", input)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var out struct {
		Policies []struct {
			Name     string
			Document json.RawMessage
		}
	}
	raw, err := json.Marshal(result.Output)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	all := map[string]json.RawMessage{}
	for _, p := range out.Policies {
		all[fmt.Sprintf("%s, %s", name, p.Name)] = p.Document
	}
	return all
}
