package toolbox_test

import (
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
