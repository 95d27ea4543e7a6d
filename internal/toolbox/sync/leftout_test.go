package sync_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/awssim/organizations"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/collect/sources"
	"github.com/hawser/hawser/internal/fault"
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

// Accounts of which nothing was ever read, since every sync left them out, are counted in
// the status and in every listing. A listing of one of them is refused with --max-age.
func TestAccountsThatNoSyncRead(t *testing.T) {
	const said = "the last sync of default left out 1 account of which nothing was ever read"
	for name, within := range map[string][]string{"excluded": nil, "not among the connection's accounts": {"111122223333"}} {
		t.Run(name, func(t *testing.T) {
			r, sim := ofOrganization(t)
			letIn(t, sim)
			o := collect.Options{Connection: "default", Organization: true, Fresh: true, Within: within}
			if within == nil {
				o.Exclude = collect.Selection{Units: []string{"prod"}}
			}
			run := func() {
				t.Helper()
				if _, err := sources.New().Run(t.Context(), r.Pool, r.Store(), o); err != nil {
					t.Fatal(err)
				}
			}
			run()
			run()
			for tool, input := range map[string]string{"sync.status": `{}`, "identity.list": `{"account": "` + member + `"}`, "accounts.list": `{}`, "keys.list": `{"max_age": "1d"}`, "keys.list ": `{"account": "111122223333", "max_age": "1d"}`} {
				result, err := r.Try(t.Context(), strings.TrimSpace(tool), input)
				if err != nil {
					t.Fatal(tool, err)
				}
				if text := string(result.JSON) + strings.Join(result.Notes, "\n"); !strings.Contains(text, said) {
					t.Errorf("%s: want %q in %s", tool, said, text)
				}
				if tool == "sync.status" && !strings.Contains(string(result.JSON), `"left_out":{"accounts":0,"never_read":1}`) {
					t.Errorf("%s", result.JSON)
				}
			}
			for tool, input := range map[string]string{"identity.list": `{}`, "grants.list": `{}`, "keys.list": `{}`, "changes.list": `{}`, "identity.get": `{"kind": "iam.user", "key": "arn:aws:iam::` + member + `:user/ada"}`} {
				input = strings.TrimSuffix(input, "}") + `, "max_age": "1d", "account": "` + member + `"}`
				if tool == "identity.get" {
					input = strings.Replace(input, `, "account": "`+member+`"`, "", 1)
				}
				_, err := r.Try(t.Context(), tool, strings.Replace(input, "{, ", "{", 1))
				if f := fault.From(err); !errors.Is(err, fault.Conflict) || f.Field != "max_age" || !strings.Contains(f.Message, "nothing of account "+member+" was ever read") {
					t.Errorf("%s %s: %+v", tool, input, f)
				}
			}
			o.Within, o.Exclude = nil, collect.Selection{}
			run()
			if result, err := r.Try(t.Context(), "keys.list", `{"account": "`+member+`", "max_age": "1d"}`); err != nil || strings.Contains(strings.Join(result.Notes, ""), "left out") {
				t.Errorf("%v %+v", err, result)
			}
		})
	}
}

// An import takes over which accounts the sync left out of which nothing was ever read, and
// another export carries it on.
func TestAccountsThatAnImportedSyncLeftOut(t *testing.T) {
	r, sim := ofOrganization(t)
	letIn(t, sim)
	if _, err := r.Try(t.Context(), "sync.run", `{"exclude": ["prod"]}`); err != nil && !errors.Is(err, fault.Partial) {
		t.Fatal(err)
	}
	from := importing{r, t}
	for range 2 {
		there := newImporting(t)
		from.handOver(there)
		there.leavesOutMember()
		from = there
	}
	// A file of another account does not hide that.
	from.write("gaad.json", strings.ReplaceAll(printedUsers("a"), "111122223333", "444455556666"), march)
	if _, err := from.Try(t.Context(), "snapshot.import", `{"authorization_details": "gaad.json", "account": "444455556666", "connection": "default"}`); err != nil {
		t.Fatal(err)
	}
	from.leavesOutMember()

	if _, err := r.Try(t.Context(), "sync.run", `{}`); err != nil && !errors.Is(err, fault.Partial) {
		t.Fatal(err)
	}
	importing{r, t}.handOver(from)
	result, err := from.Try(t.Context(), "keys.list", `{"account": "`+member+`"}`)
	if err != nil || strings.Contains(strings.Join(result.Notes, "\n"), "left out") {
		t.Errorf("after the account was read: %v %+v", err, result)
	}
}

// handOver exports the snapshot and imports it elsewhere.
func (i importing) handOver(there importing) {
	i.t.Helper()
	name := fmt.Sprintf("handed%d.jsonl", len(i.Names(i.t)))
	if _, err := i.Try(i.t.Context(), "snapshot.export", `{"file": "`+name+`"}`); err != nil {
		i.t.Fatal(err)
	}
	there.Write(i.t, name, i.Read(i.t, name))
	if _, err := there.Try(i.t.Context(), "snapshot.import", `{"file": "`+name+`"}`); err != nil && !errors.Is(err, fault.Partial) {
		i.t.Fatal(err)
	}
}

// leavesOutMember expects that answers and --max-age tell that the member account was
// never read.
func (i importing) leavesOutMember() {
	i.t.Helper()
	for tool, input := range map[string]string{"sync.status": `{}`, "sync.gaps": `{}`, "accounts.list": `{}`, "keys.list": `{"account": "` + member + `"}`, "snapshot.export": `{"file": "notes.csv", "format": "csv"}`} {
		result, err := i.Try(i.t.Context(), tool, input)
		if err != nil {
			i.t.Fatal(tool, err)
		}
		text := string(result.JSON) + strings.Join(result.Notes, "\n")
		if want := "left out 1 account of which nothing was ever read"; !strings.Contains(text, want) {
			i.t.Errorf("%s: want %q in %s", tool, want, text)
		}
		if tool == "sync.status" && !strings.Contains(text, `"left_out":{"accounts":0,"never_read":1}`) {
			i.t.Errorf("%s", text)
		}
		_ = os.Remove(filepath.Join(i.Dir, "notes.csv")) // for the next time
	}
	_, err := i.Try(i.t.Context(), "keys.list", `{"account": "`+member+`", "max_age": "3000d"}`)
	if f := fault.From(err); !errors.Is(err, fault.Conflict) || !strings.Contains(f.Message, "nothing of account "+member+" was ever read") {
		i.t.Errorf("%+v", f)
	}
}
