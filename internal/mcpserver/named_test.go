package mcpserver

import (
	"encoding/json"
	"regexp"
	"slices"
	"testing"

	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox"
)

// TestPromptsAndResourcesNameToolsThatExist holds what this door says about tools
// against their declarations: a prompt without its tools would not be offered, and
// nobody would notice.
func TestPromptsAndResourcesNameToolsThatExist(t *testing.T) {
	declared := map[string]*tool.Tool{}
	var nouns, complete []string
	for _, each := range toolbox.Tools(toolbox.Sources{}) {
		declared[each.Name] = each
		nouns = append(nouns, each.Noun())
		for live := range each.Lists {
			complete = append(complete, live)
		}
	}
	named := regexp.MustCompile(`\b([a-z0-9]+)\.[a-z]+(-[a-z]+)*\b`)
	for _, p := range prompts() {
		names := p.needs
		for _, found := range named.FindAllStringSubmatch(p.text, -1) {
			if slices.Contains(nouns, found[1]) {
				names = append(names, found[0])
			}
		}
		for _, name := range names {
			if declared[name] == nil {
				t.Errorf("the prompt %s names %s, which is not a tool", p.name, name)
			}
		}
		for _, a := range p.arguments {
			if a.complete != "" && !slices.Contains(complete, a.complete) {
				t.Errorf("the argument %s of the prompt %s is completed by %s, which no tool lists", a.name, p.name, a.complete)
			}
		}
	}
	for _, r := range sources() {
		each := declared[r.tool]
		if each == nil {
			t.Errorf("the resource %s names %s, which is not a tool", r.uri, r.tool)
			continue
		}
		for _, required := range each.Input.Required {
			var given map[string]any
			if err := json.Unmarshal([]byte(r.input), &given); err != nil || given[required] == nil {
				t.Errorf("the resource %s gives %s no %s", r.uri, r.tool, required)
			}
		}
	}
}
