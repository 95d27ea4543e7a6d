package collect_test

import (
	"testing"

	"github.com/hawser/hawser/internal/awssim"
)

// A gap of Identity Center, whose search was denied, names the action that is missing.
func TestADeniedSearchNamesItsAction(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.fault(awssim.Fault{Service: "sso", Action: "ListInstances", Effect: awssim.DenyAccess})
	found := false
	for _, g := range c.sync().Gaps() {
		if g.Facet == "sso.instances" {
			found = true
			if g.Action != "sso:ListInstances" {
				t.Errorf("the action is %q: %s", g.Action, g.Reason)
			}
		}
	}
	if !found {
		t.Error("there is no gap")
	}
}
