package store_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

func testAsOf(t *testing.T, b *writer) {
	first, _ := b.sync("iam.user", users("ada", "1", "bob", "1"))
	second, _ := b.sync("iam.user", users("ada", "2", "cyd", "1"))
	for run, want := range map[snapshot.RunID]map[string]string{
		first: {"ada": "1", "bob": "1"}, second: {"ada": "2", "cyd": "1"}, 0: {"ada": "2", "cyd": "1"},
	} {
		if diff := cmp.Diff(want, b.names(run)); diff != "" {
			t.Errorf("as of %d: %s", run, diff)
		}
	}
	third, _ := b.sync("iam.user", users("ada", "2"))
	e, err := b.Entity(t.Context(), user("ada"), 0)
	if want := (snapshot.Life{First: second, Last: third}); err != nil || e.Life != want {
		t.Errorf("ada lives %+v, want %+v (%v)", e.Life, want, err)
	}
	if _, err := b.Entity(t.Context(), user("bob"), 0); !errors.Is(err, fault.NotFound) {
		t.Errorf("bob: %v", err)
	}
	if run, err := b.RunAt(t.Context(), b.now.Add(-30*time.Minute)); run != second || err != nil {
		t.Errorf("half an hour before the last: run %d, %v", run, err)
	}
	bob, err := b.Entity(t.Context(), user("bob"), first)
	if want := (snapshot.Life{First: first, Last: first, Gone: second}); err != nil || bob.Life != want {
		t.Errorf("bob lived %+v, want %+v (%v)", bob.Life, want, err)
	}
}

func testGrants(t *testing.T, b *writer) {
	batch := users("ada", "", "bob", "")
	batch.Add(group("ops"), account, "ops", nil)
	batch.Add(policyID("Admin"), account, "Admin", nil)
	batch.Link(user("ada"), snapshot.MemberOf, group("ops"), nil)
	batch.Link(group("ops"), snapshot.Attached, policyID("Admin"), nil)
	batch.Link(user("bob"), snapshot.Attached, policyID("Admin"), nil)
	batch.Link(user("bob"), snapshot.Boundary, policyID("Admin"), nil)
	b.sync("iam", batch)
	tests := map[string]struct {
		f    snapshot.GrantFilter
		want []string
	}{
		"of a member":    {snapshot.GrantFilter{Principal: user("ada")}, []string{"ada member-of ops", "ada attached Admin via ops"}},
		"direct":         {snapshot.GrantFilter{Principal: user("ada"), Direct: true}, []string{"ada member-of ops"}},
		"inherited":      {snapshot.GrantFilter{Inherited: true}, []string{"ada attached Admin via ops"}},
		"on a policy":    {snapshot.GrantFilter{Entitlement: policyID("Admin")}, []string{"ops attached Admin", "ada attached Admin via ops", "bob attached Admin"}},
		"of an account":  {snapshot.GrantFilter{Account: account}, []string{"ops attached Admin", "ada member-of ops", "ada attached Admin via ops", "bob attached Admin"}},
		"of another":     {snapshot.GrantFilter{Account: "444455556666"}, nil},
		"the second":     {snapshot.GrantFilter{Account: account, Offset: 1, Limit: 1}, []string{"ada member-of ops"}},
		"before any run": {snapshot.GrantFilter{Principal: user("ada"), At: -1}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if tt.f.Limit == 0 {
				tt.f.Limit = 100
			}
			grants, err := b.Grants(t.Context(), tt.f)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, g := range grants {
				line := fmt.Sprintf("%s %s %s", g.PrincipalName, g.Relation, g.EntitlementName)
				if g.Via != nil {
					line += " via " + g.ViaName
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(tt.want, got, cmpopts.SortSlices(func(a, b string) bool { return a < b })); diff != "" {
				t.Error(diff)
			}
		})
	}
	links, err := b.Links(t.Context(), user("bob"), true, 0)
	if err != nil || len(links) != 2 || links[0].To != policyID("Admin") || links[0].ToName != "Admin" || links[0].From != user("bob") {
		t.Errorf("%+v, %v", links, err)
	}
}

// What happened to accounts comes before everything else, whatever its kind and key.
func testChangesOfAccountsFirst(t *testing.T, b *writer) {
	accounts := func(of map[string]string) *snapshot.Batch {
		batch := &snapshot.Batch{}
		for key, state := range of {
			batch.Add(snapshot.Account.ID(key), "", "account "+key, note{state})
		}
		return batch
	}
	principal := func(key string) *snapshot.Batch {
		batch := &snapshot.Batch{}
		batch.Add(snapshot.ID{Kind: "aws.principal", Key: key}, "", key, nil)
		return batch
	}
	b.sync("iam.roles", principal("a"))
	first, _ := b.sync(string(snapshot.OrgAccounts), accounts(map[string]string{"1": "active", "2": "active", "3": "active"}))
	b.sync("iam.roles", principal("b"))
	last, _ := b.sync(string(snapshot.OrgAccounts), accounts(map[string]string{"1": "closed", "2": "active", "4": "active"}))
	changes, err := b.Changes(t.Context(), snapshot.ChangeFilter{From: first, To: last, Limit: 100})
	var got []string
	for _, c := range changes {
		got = append(got, fmt.Sprintf("%s %s", c.Name, c.Type))
	}
	want := []string{"account 3 went", "account 4 appeared", "account 1 changed", "a went", "b appeared"}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%s, %v", diff, err)
	}
}

func testChanges(t *testing.T, b *writer) {
	one := users("ada", "1", "bob", "1", "cyd", "1")
	one.Link(user("ada"), snapshot.MemberOf, group("ops"), nil)
	first, _ := b.sync("iam.user", one)
	b.sync("iam.user", users("ada", "1", "bob", "1", "cyd", "1", "brief", "1"))
	two := users("ada", "2", "cyd", "1", "dan", "1")
	two.Link(user("dan"), snapshot.MemberOf, group("ops"), note{"new"})
	last, _ := b.sync("iam.user", two)
	changes, err := b.Changes(t.Context(), snapshot.ChangeFilter{From: first, To: last, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range changes {
		line := fmt.Sprintf("%s %s", c.Name, c.Type)
		if c.To != nil {
			line += fmt.Sprintf(" %s %s", c.Relation, filepath.Base(c.To.Key))
		}
		got = append(got, fmt.Sprintf("%s %s>%s", line, c.Before, c.After))
	}
	want := []string{
		`ada changed {"note":"1"}>{"note":"2"}`, "ada went member-of ops >", `bob went {"note":"1"}>`,
		`dan appeared >{"note":"1"}`, `dan appeared member-of ops >{"note":"new"}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if none, err := b.Changes(t.Context(), snapshot.ChangeFilter{From: first, To: last, Kinds: []snapshot.Kind{snapshot.Role}, Limit: 9}); err != nil || len(none) != 0 {
		t.Errorf("%v, %v", none, err)
	}
	if all, err := b.Changes(t.Context(), snapshot.ChangeFilter{From: 0, To: first, Account: account, Limit: 9}); err != nil || len(all) != 4 {
		t.Errorf("since ever: %v, %v", all, err)
	}
}

func testFilters(t *testing.T, b *writer) {
	batch := users("ada", "", "Bob", "", "b_b", "")
	batch.Add(group("bobs"), account, "bobs", nil)
	batch.Add(snapshot.ID{Kind: snapshot.User, Key: "other"}, "444455556666", "ada", nil)
	b.sync("iam", batch)
	b.sync("iam.details", batch) // who is told of twice counts once
	counts, err := b.Counts(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]snapshot.Count{{Kind: snapshot.Group, Account: account, N: 1}, {Kind: snapshot.User, Account: account, N: 3}, {Kind: snapshot.User, Account: "444455556666", N: 1}}, counts); diff != "" {
		t.Error(diff)
	}
	tests := map[string]struct {
		f    snapshot.Filter
		want []string
	}{
		"everything":    {snapshot.Filter{}, []string{"bobs", "Bob", "ada", "b_b", "ada"}},
		"a kind":        {snapshot.Filter{Kinds: []snapshot.Kind{snapshot.Group}}, []string{"bobs"}},
		"two kinds":     {snapshot.Filter{Kinds: []snapshot.Kind{snapshot.Group, snapshot.User}, Limit: 2}, []string{"bobs", "Bob"}},
		"an account":    {snapshot.Filter{Account: "444455556666"}, []string{"ada"}},
		"part of names": {snapshot.Filter{Name: "bob"}, []string{"bobs", "Bob"}},
		"a glob":        {snapshot.Filter{Name: "B?b"}, []string{"Bob", "b_b"}},
		"underscores":   {snapshot.Filter{Name: "b_b"}, []string{"b_b"}},
		"the next page": {snapshot.Filter{After: user("Bob")}, []string{"ada", "b_b", "ada"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if tt.f.Limit == 0 {
				tt.f.Limit = 100
			}
			found, err := b.Entities(t.Context(), tt.f)
			var got []string
			for _, e := range found {
				got = append(got, e.Name)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || err != nil {
				t.Error(diff, err)
			}
		})
	}
}

func testRuns(t *testing.T, b *writer) {
	first, _ := b.sync("iam.user", users("ada", "1"))
	run := b.begin()
	b.commit(run, "iam.user", users("bob", "1"))
	if _, _, err := b.Commit(t.Context(), run, outcome("iam.role", snapshot.Throttled), nil, snapshot.Rules{}); err != nil {
		t.Fatal(err)
	}
	runs, err := b.Runs(t.Context(), "main", 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	want := []snapshot.Run{
		{
			ID: run, Connection: "main", Kind: snapshot.Sync, Started: b.now, Status: snapshot.Running, Calls: 2, Delta: snapshot.Delta{Opened: 1, Closed: 1},
			Cells: map[snapshot.Status]int{snapshot.OK: 1, snapshot.Throttled: 1},
		},
		{
			ID: first, Connection: "main", Kind: snapshot.Sync, Started: b.now.Add(-time.Hour), Ended: b.now.Add(-59 * time.Minute), Status: snapshot.Complete, Calls: 1, Delta: snapshot.Delta{Opened: 1},
			Cells: map[snapshot.Status]int{snapshot.OK: 1},
		},
	}
	if diff := cmp.Diff(want, runs); diff != "" {
		t.Error(diff)
	}
	if older, err := b.Runs(t.Context(), "", run, 10); err != nil || len(older) != 1 || older[0].ID != first {
		t.Errorf("%+v, %v", older, err)
	}
	if _, err := b.Run(t.Context(), 99); !errors.Is(err, fault.NotFound) {
		t.Errorf("%v", err)
	}
}

// An answer of AWS may be older than the run; of a cell that was not read later
// the last one counts.
func testLastRead(t *testing.T, b *writer) {
	reported := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	read := outcome("iam.access-keys", snapshot.OK)
	read.AsOf = reported
	first := b.begin()
	if _, _, err := b.Commit(t.Context(), first, read, users("ada", ""), snapshot.Rules{}); err != nil {
		t.Fatal(err)
	}
	b.end(first)
	second := b.begin()
	if _, _, err := b.Commit(t.Context(), second, outcome("iam.access-keys", snapshot.Denied), nil, snapshot.Rules{}); err != nil {
		t.Fatal(err)
	}
	b.end(second)
	for run, want := range map[snapshot.RunID]time.Time{first: reported, second: {}} {
		found, err := b.Outcomes(t.Context(), run)
		if err != nil || len(found) != 1 || !found[0].AsOf.Equal(want) {
			t.Errorf("run %d: %v, %+v", run, err, found)
		}
	}
	for _, run := range []snapshot.RunID{0, first, second} {
		found, err := b.LastRead(t.Context(), "iam.access-keys", run)
		if err != nil || len(found) != 1 || !found[0].AsOf.Equal(reported) || found[0].Account != account {
			t.Errorf("until run %d: %v, %+v", run, err, found)
		}
	}
	if found, err := b.LastRead(t.Context(), "iam.users", 0); err != nil || len(found) > 0 {
		t.Errorf("of another facet: %v, %+v", err, found)
	}
}
