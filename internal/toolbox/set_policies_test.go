package toolbox_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/awssim/identitycenter"
	"github.com/hawser/hawser/internal/awssim/organizations"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// AWS's policies that a permission set has are in the snapshot, and so in exports, even if
// the set is on no account, so that no account has them.
func TestPoliciesOfASetThatIsOnNoAccount(t *testing.T) {
	_, sim := toolboxtest.OnSim(t)
	must(organizations.New(sim.World, sim.Account, "root@example.com", 1))
	center := must(identitycenter.Enable(sim.World, sim.Account, "us-east-1", 1))
	const policy = "arn:aws:iam::aws:policy/job-function/DataScientist"
	if err := center.AddPermissionSet(&identitycenter.PermissionSet{Name: "Science", Managed: []string{policy}}); err != nil {
		t.Fatal(err)
	}
	r := toolboxtest.New(t, toolboxtest.SimSettings(sim))
	r.Call(t, "sync.run", `{"organization": true}`)
	if got := string(must(json.Marshal(r.Call(t, "identity.get", `{"kind": "iam.policy", "key": "`+policy+`"}`)))); !strings.Contains(got, `"name":"DataScientist"`) {
		t.Errorf("%s", got)
	}
	for _, format := range []string{"c1z", "sqlite"} {
		if got := string(must(json.Marshal(r.Call(t, "snapshot.export", `{"format": "`+format+`", "file": "x.`+format+`"}`)))); strings.Contains(got, "left out") {
			t.Errorf("%s: %s", format, got)
		}
	}
}

// Where Identity Center was not read, the summary of a sync does not say that it has nobody.
func TestPeopleThatWereNotRead(t *testing.T) {
	_, sim := toolboxtest.OnSim(t)
	must(organizations.New(sim.World, sim.Account, "root@example.com", 1))
	must(identitycenter.Enable(sim.World, sim.Account, "us-east-1", 1))
	r := toolboxtest.New(t, toolboxtest.SimSettings(sim))
	for _, tt := range []struct{ input, want string }{
		{`{}`, "): people of Identity Center not read, 1 IAM user"}, {`{"organization": true}`, "): 0 people, 1 IAM user"}, {`{}`, "): 0 people, 1 IAM user"},
	} {
		if got := r.Call(t, "sync.run", tt.input)["summary"].(string); !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.input, got, tt.want)
		}
	}
}

// A list of keys of an empty snapshot does not tell the time of a credential report.
func TestKeysOfAnEmptySnapshot(t *testing.T) {
	r := toolboxtest.New(t, toolboxtest.FakeSettings("http://127.0.0.1:1"))
	result, err := r.Try(t.Context(), "keys.list", `{}`)
	if err != nil || strings.Contains(strings.Join(result.Notes, "\n"), "credential reports") {
		t.Errorf("%v, %q", err, result.Notes)
	}
}
