package toolbox_test

import (
	"regexp"
	"slices"
	"testing"

	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox"
)

// TestListingsOfManyPlacesNameTheirActions wants of each tool that lists all regions
// or all accounts the action that finds them.
func TestListingsOfManyPlacesNameTheirActions(t *testing.T) {
	found := 0
	for _, each := range toolbox.Tools(toolbox.Sources{}) {
		for field, action := range map[string]string{"all_regions": "ec2:DescribeRegions", "all_accounts": "organizations:ListAccounts"} {
			if each.Input.Properties[field] == nil {
				continue
			}
			found++
			if !slices.ContainsFunc(each.Needs, func(n tool.Need) bool { return n.Action == action }) {
				t.Errorf("%s takes %s and does not need %s", each.Name, field, action)
			}
		}
	}
	if found == 0 {
		t.Error("no tool lists all regions or accounts")
	}
}

// TestNeedsNameInputFields wants the fields in conditions and resources of every need to
// be input fields of its tool.
func TestNeedsNameInputFields(t *testing.T) {
	target := []string{"partition", "account", "region"}
	fields := regexp.MustCompile(`\{([^}]*)\}`)
	found := 0
	for _, each := range toolbox.Tools(toolbox.Sources{}) {
		for _, n := range each.Needs {
			names := n.When.Fields()
			for _, m := range fields.FindAllStringSubmatch(n.Resource, -1) {
				if !slices.Contains(target, m[1]) {
					names = append(names, m[1])
				}
			}
			for _, name := range names {
				found++
				if each.Input.Properties[name] == nil {
					t.Errorf("%s needs %s depending on %s, which is no input field", each.Name, n.Action, name)
				}
			}
		}
	}
	if found == 0 {
		t.Error("no need names an input field")
	}
}
