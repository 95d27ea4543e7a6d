package sync_test

import (
	"strings"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/awssim/organizations"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/collect/sources"
)

// letIn makes the role in the member account that the connection assumes.
func letIn(t *testing.T, sim *simtest.Sim) {
	t.Helper()
	a := sim.World.Account(member)
	role, err := a.AddRole("Hawser", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"`+simtest.Account+`"},"Action":"sts:AssumeRole"}]}`)
	if err != nil {
		t.Fatal(err)
	}
	admin, err := a.AWSManaged("AdministratorAccess")
	if err != nil {
		t.Fatal(err)
	}
	role.Attach(admin)
}

// After a sync that left accounts out, the status and every listing say how many they are
// and how old their data is. Accounts that are suspended do not count.
func TestAccountsThatASyncLeftOut(t *testing.T) {
	r, sim := ofOrganization(t)
	letIn(t, sim)
	ago := func(d time.Duration, exclude ...string) {
		t.Helper()
		o := collect.Options{
			Connection: "default", Organization: true, Fresh: true, Exclude: collect.Selection{Units: exclude},
			Clock: func() time.Time { return time.Now().Add(-d) },
		}
		if _, err := sources.New().Run(t.Context(), r.Pool, r.Store(), o); err != nil {
			t.Fatal(err)
		}
	}
	said := func(want string) {
		t.Helper()
		for tool, input := range map[string]string{"sync.status": `{}`, "identity.list": `{}`, "grants.list": `{}`, "keys.list": `{}`, "accounts.list": `{}`, "sync.gaps": `{}`} {
			result, err := r.Try(t.Context(), tool, input)
			if err != nil {
				t.Fatal(err)
			}
			text := string(result.JSON) + strings.Join(result.Notes, "\n")
			if has := strings.Contains(text, "left out"); has != (want != "") || !strings.Contains(text, want) {
				t.Errorf("%s: want %q in %s", tool, want, text)
			}
			if has := strings.Contains(text, `"left_out":{"accounts":1,"oldest":"`); tool == "sync.status" && has != (want != "") {
				t.Errorf("want %q in %s", want, text)
			}
		}
	}
	ago(9 * 24 * time.Hour)
	said("")
	ago(2*24*time.Hour, "prod")
	said("the last sync of default left out 1 account, whose data is up to 9 days old, of ")
	organizations.Of(sim.Account, sim.World).Member(member).Suspend()
	ago(time.Hour)
	said("")
}
