package sync_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/organizations"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// The gaps of many accounts are a few lines: one for each missing action, with the one
// statement that allows them all.
func TestGapsOfManyAccounts(t *testing.T) {
	r := toolboxtest.New(t, toolboxtest.FakeSettings("http://127.0.0.1:1"))
	run, err := r.Store().Begin(t.Context(), "default", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	commit := func(account string, facet snapshot.Facet, status snapshot.Status, action, reason string) {
		t.Helper()
		o := snapshot.Outcome{Cell: snapshot.Cell{Account: account, Facet: facet}, Status: status, Action: action, Reason: reason, Fix: "a fix"}
		if _, _, err := r.Store().Commit(t.Context(), run, o, nil, snapshot.Rules{}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 300 {
		account := fmt.Sprintf("%012d", 100_000_000_000+i)
		commit(account, "iam.roles", snapshot.Denied, "iam:ListRoles", account+" is denied")
		commit(account, "iam.credentials", snapshot.Denied, "iam:GetCredentialReport", account+" is denied")
		commit(account, "iam.mfa-hardware-devices", snapshot.Failed, "iam:GetCredentialReport", "it depends on iam.credentials")
	}
	commit("999900001111", "iam.users", snapshot.Denied, "sts:AssumeRole", "no")
	commit("000000000001", snapshot.DerivedRoles, snapshot.Denied, "iam:ListRoles", "100000000000 is denied") // kept where nothing is missing
	commit("000000000001", snapshot.DerivedPeople, snapshot.Throttled, "", "100000000000 is throttled")
	commit("100000000000", "iam.users", snapshot.Throttled, "", "100000000000 is throttled")
	commit("100000000001", "iam.users", snapshot.Throttled, "", "100000000001 is throttled")
	if err := r.Store().End(t.Context(), run, snapshot.Partial, "", time.Now()); err != nil {
		t.Fatal(err)
	}
	result, err := r.Try(t.Context(), "sync.gaps", `{}`)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Cells  int
		Groups []struct {
			Status, Action string
			Accounts       []string
			Cells          int
			Facets         []string
		}
		Statement string
	}
	if err := json.Unmarshal(result.JSON, &got); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, g := range got.Groups {
		lines = append(lines, fmt.Sprintf("%s %s %d %d %s", g.Status, g.Action, len(g.Accounts), g.Cells, g.Facets))
	}
	want := `denied iam:GetCredentialReport 300 600 [iam.credentials iam.mfa-hardware-devices]
denied iam:ListRoles 300 301 [iam.roles derived.permission-set-roles]
throttled  2 3 [iam.users derived.people]
denied sts:AssumeRole 1 1 [iam.users]`
	if got.Cells != 905 || strings.Join(lines, "\n") != want {
		t.Errorf("%d cells:\n%s", got.Cells, strings.Join(lines, "\n"))
	}
	if got.Statement != `{"Effect":"Allow","Action":["iam:GetCredentialReport","iam:ListRoles"],"Resource":"*"}` {
		t.Errorf("%s", got.Statement)
	}
	if notes := strings.Join(result.Notes, "\n"); !strings.Contains(notes, got.Statement) || !strings.Contains(notes, "905 cells could not be read") {
		t.Errorf("%s", notes)
	}
}

// The statement that sync gaps gives closes the gaps.
func TestTheStatementClosesTheGaps(t *testing.T) {
	_, sim := toolboxtest.OnSim(t)
	small := sim.Account.AddUser("small")
	if err := small.PutPolicy("small", `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["iam:ListUsers", "iam:ListMFADevices"], "Resource": "*"}]}`); err != nil {
		t.Fatal(err)
	}
	sim.Key = small.NewKey()
	weak := toolboxtest.New(t, toolboxtest.SimSettings(sim))
	for range 10 {
		if _, err := weak.Try(t.Context(), "sync.run", `{}`); err == nil {
			return
		} else if !errors.Is(err, fault.Partial) {
			t.Fatal(err)
		}
		answer := weak.Call(t, "sync.gaps", `{}`)
		statement, _ := answer["statement"].(string)
		if statement == "" {
			t.Fatalf("%v", answer)
		}
		if err := small.PutPolicy(fmt.Sprint(time.Now().UnixNano()), `{"Version": "2012-10-17", "Statement": [`+statement+`]}`); err != nil {
			t.Fatal(err)
		}
	}
	t.Errorf("%v", weak.Call(t, "sync.gaps", `{}`))
}

const trustsAll = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole"}]}`

// textOf calls a tool, which may find gaps, and gives its text for people.
func textOf(t *testing.T, r *toolboxtest.Rig, name, input string) string {
	t.Helper()
	result, err := r.Try(t.Context(), name, input)
	if err != nil && !errors.Is(err, fault.Partial) {
		t.Fatal(err)
	}
	return result.Output.(tool.Texter).Text()
}

// A sync ends with a summary: accounts, time, calls, what there is, and the gaps with
// what closes them.
func TestASyncEndsWithASummary(t *testing.T) {
	_, sim := toolboxtest.OnSim(t)
	org, err := organizations.New(sim.World, sim.Account, "root@example.com", 1)
	if err != nil {
		t.Fatal(err)
	}
	for i, id := range []string{"222233334444", "999900001111"} {
		a := sim.AddAccount(id, "member")
		if _, err := org.Root.AddAccount(a, fmt.Sprintf("%d@example.com", i)); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			role, err := a.AddRole("Hawser", trustsAll)
			if err != nil {
				t.Fatal(err)
			}
			admin, err := a.AWSManaged("AdministratorAccess")
			if err != nil {
				t.Fatal(err)
			}
			role.Attach(admin)
		}
	}
	settings := toolboxtest.SimSettings(sim)
	alone := textOf(t, toolboxtest.New(t, settings), "sync.run", `{}`)
	for _, want := range []string{"default: 1 account in ", "1 IAM user,", "2 other accounts of the organization were not read: set member_role for the connection default"} {
		if !strings.Contains(alone, want) {
			t.Errorf("no %q in %s", want, alone)
		}
	}
	settings.MemberRole = "Hawser"
	r := toolboxtest.New(t, settings)
	text := textOf(t, r, "sync.run", `{}`)
	for _, want := range []string{
		"default: 2 of 3 accounts in ", " calls): ", "1 IAM user, 1 role, 1 key; ", " new. 1 gap: 999900001111 cannot be entered (sts:AssumeRole denied)\n", "fix: the role's trust policy must name",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
	if strings.Contains(text, "FACET") || strings.Contains(text, "other accounts") {
		t.Errorf("%s", text)
	}
	if whole := textOf(t, r, "sync.run", `{"coverage": true}`); !strings.Contains(whole, "iam.users ") || !strings.HasPrefix(whole, "FACET") {
		t.Errorf("%s", whole)
	}
	toolboxtest.InstallFault(t, sim, awssim.Fault{Service: "iam", Action: "ListSAMLProviders", Effect: awssim.DenyAccess})
	if text := textOf(t, r, "sync.run", `{}`); !strings.Contains(text, `"Action":["iam:ListSAMLProviders"]`) || !strings.Contains(text, "gap: 999900001111 cannot be entered") {
		t.Errorf("%s", text)
	}
}
