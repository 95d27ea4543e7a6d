package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/store"
	"github.com/hawser/hawser/internal/store/pgtest"
)

// TestSQLite and TestPostgres run one suite on both.
func TestSQLite(t *testing.T) {
	suite(t, func(t *testing.T) *store.Store { return open(t, filepath.Join(t.TempDir(), "hawser.db")) })
}

func TestPostgres(t *testing.T) {
	url := pgtest.Start(t)
	suite(t, func(t *testing.T) *store.Store {
		pgtest.Empty(t, url)
		return open(t, url)
	})
}

func open(t testing.TB, place string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func suite(t *testing.T, open func(*testing.T) *store.Store) {
	for name, test := range map[string]func(*testing.T, *book){
		"what is as it was is not written":   testUnchanged,
		"the picture as of a run":            testAsOf,
		"a gap closes nothing":               testGap,
		"a large loss is held":               testHeld,
		"parts of several cells":             testParts,
		"grants":                             testGrants,
		"changes":                            testChanges,
		"filters and pages":                  testFilters,
		"a run is resumed":                   testResume,
		"a commit that fails leaves nothing": testAtomic,
		"runs":                               testRuns,
		"locks":                              testLock,
	} {
		t.Run(name, func(t *testing.T) {
			test(t, &book{Store: open(t), t: t, now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)})
		})
	}
}

// book is a store with a short way of writing.
type book struct {
	*store.Store
	t   *testing.T
	now time.Time
}

const account = "111122223333"

func user(name string) snapshot.ID {
	return snapshot.ID{Kind: snapshot.User, Key: "arn:aws:iam::" + account + ":user/" + name}
}

func group(name string) snapshot.ID {
	return snapshot.ID{Kind: snapshot.Group, Key: "arn:aws:iam::" + account + ":group/" + name}
}

func policyID(name string) snapshot.ID {
	return snapshot.ID{Kind: snapshot.Policy, Key: "arn:aws:iam::aws:policy/" + name}
}

type note struct {
	Note string `json:"note,omitempty"`
}

// users is a batch of users, each with a note.
func users(noted ...string) *snapshot.Batch {
	b := &snapshot.Batch{}
	for i := 0; i < len(noted); i += 2 {
		b.Add(user(noted[i]), account, noted[i], note{noted[i+1]})
	}
	return b
}

func (b *book) begin() snapshot.RunID {
	b.t.Helper()
	b.now = b.now.Add(time.Hour)
	run, err := b.Begin(b.t.Context(), "main", b.now)
	if err != nil {
		b.t.Fatal(err)
	}
	return run
}

func (b *book) end(run snapshot.RunID) {
	b.t.Helper()
	if err := b.End(b.t.Context(), run, snapshot.Complete, "", b.now.Add(time.Minute)); err != nil {
		b.t.Fatal(err)
	}
}

func outcome(facet string, status snapshot.Status) snapshot.Outcome {
	return snapshot.Outcome{Cell: snapshot.Cell{Account: account, Facet: snapshot.Facet(facet)}, Status: status, Calls: 1, Took: time.Second}
}

func (b *book) commit(run snapshot.RunID, facet string, batch *snapshot.Batch) snapshot.Delta {
	b.t.Helper()
	_, delta, err := b.Commit(b.t.Context(), run, outcome(facet, snapshot.OK), batch, snapshot.Rules{})
	if err != nil {
		b.t.Fatal(err)
	}
	return delta
}

// sync is a whole run of one cell.
func (b *book) sync(facet string, batch *snapshot.Batch) (snapshot.RunID, snapshot.Delta) {
	b.t.Helper()
	run := b.begin()
	delta := b.commit(run, facet, batch)
	b.end(run)
	return run, delta
}

// names are the users' names and notes as of a run.
func (b *book) names(run snapshot.RunID) map[string]string {
	b.t.Helper()
	all, err := b.Entities(b.t.Context(), snapshot.Filter{Kinds: []snapshot.Kind{snapshot.User}, At: run, Limit: 1000})
	if err != nil {
		b.t.Fatal(err)
	}
	out := map[string]string{}
	for _, e := range all {
		var n note
		if len(e.Body) > 0 {
			if err := json.Unmarshal(e.Body, &n); err != nil {
				b.t.Fatal(err)
			}
		}
		out[e.Name] = n.Note
	}
	return out
}

func testUnchanged(t *testing.T, b *book) {
	batch := func() *snapshot.Batch {
		u := users("ada", "1", "bob", "")
		u.Link(user("ada"), snapshot.MemberOf, group("ops"), note{"since"})
		u.Link(user("ada"), snapshot.MemberOf, group("ops"), note{"since"}) // a page came twice
		return u
	}
	if _, delta := b.sync("iam.user", batch()); delta != (snapshot.Delta{Opened: 3}) {
		t.Errorf("first %+v", delta)
	}
	if _, delta := b.sync("iam.user", batch()); delta != (snapshot.Delta{}) {
		t.Errorf("second %+v", delta)
	}
	changed := batch()
	changed.Edges[0].Body = nil
	changed.Edges[1].Body = nil
	if _, delta := b.sync("iam.user", changed); delta != (snapshot.Delta{Opened: 1, Closed: 1}) {
		t.Errorf("third %+v", delta)
	}
}

func testAsOf(t *testing.T, b *book) {
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

func testGap(t *testing.T, b *book) {
	b.sync("iam.user", users("ada", "1"))
	run := b.begin()
	o := outcome("iam.user", snapshot.Denied)
	o.Reason, o.Fix = "iam:ListUsers is denied", "allow it"
	if _, delta, err := b.Commit(t.Context(), run, o, &snapshot.Batch{}, snapshot.Rules{}); err != nil || delta != (snapshot.Delta{}) {
		t.Errorf("%+v, %v", delta, err)
	}
	b.end(run)
	if got := b.names(0); len(got) != 1 {
		t.Errorf("after a gap there are %v", got)
	}
	gaps, err := b.Gaps(t.Context(), "")
	if err != nil || len(gaps) != 1 || gaps[0].Reason != o.Reason || gaps[0].Account != account || gaps[0].Facet != "iam.user" {
		t.Errorf("gaps %+v, %v", gaps, err)
	}
	b.sync("iam.user", users())
	if gaps, err := b.Gaps(t.Context(), "main"); err != nil || len(gaps) != 0 {
		t.Errorf("gaps %+v, %v", gaps, err)
	}
	if got := b.names(0); len(got) != 0 {
		t.Errorf("after all went there are %v", got)
	}
}

func testHeld(t *testing.T, b *book) {
	rules := snapshot.Rules{MaxLoss: 0.3, Least: 2}
	b.sync("iam.user", users("a", "1", "b", "1", "c", "1", "d", "1"))
	commit := func(batch *snapshot.Batch) (snapshot.Outcome, snapshot.Delta) {
		run := b.begin()
		o, delta, err := b.Commit(t.Context(), run, outcome("iam.user", snapshot.OK), batch, rules)
		if err != nil {
			t.Fatal(err)
		}
		b.end(run)
		return o, delta
	}
	o, delta := commit(users("a", "2", "e", "1"))
	if o.Status != snapshot.Held || o.Reason != "3 of 4 iam.user are gone at once" || delta != (snapshot.Delta{Opened: 2, Closed: 1}) {
		t.Errorf("%+v, %+v", o, delta)
	}
	if diff := cmp.Diff(map[string]string{"a": "2", "b": "1", "c": "1", "d": "1", "e": "1"}, b.names(0)); diff != "" {
		t.Error(diff)
	}
	if o, _ := commit(users("a", "2", "b", "1", "c", "1", "d", "1")); o.Status != snapshot.OK {
		t.Errorf("one of five is a large loss: %+v", o)
	}
	rules = snapshot.Rules{}
	if o, delta := commit(users("a", "2")); o.Status != snapshot.OK || delta.Closed != 3 {
		t.Errorf("accepted: %+v, %+v", o, delta)
	}
}

func testParts(t *testing.T, b *book) {
	tags := &snapshot.Batch{}
	tags.Tell(user("ada"), account, map[string]any{"tags": map[string]string{"team": "x"}})
	tags.Tell(user("gone"), account, map[string]any{"tags": map[string]string{"team": "y"}})
	run := b.begin()
	b.commit(run, "iam.user", users("ada", "1", "gone", "1"))
	b.commit(run, "iam.user-detail", tags)
	b.end(run)
	e, err := b.Entity(t.Context(), user("ada"), 0)
	if err != nil || string(e.Body) != `{"note":"1","tags":{"team":"x"}}` || e.Name != "ada" || e.Account != account {
		t.Errorf("%+v %s, %v", e, e.Body, err)
	}
	// The user went; that their tags could not be read keeps nobody alive.
	b.sync("iam.user", users("ada", "1"))
	if _, err := b.Entity(t.Context(), user("gone"), 0); !errors.Is(err, fault.NotFound) {
		t.Errorf("%v", err)
	}
}

func testGrants(t *testing.T, b *book) {
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
					line += " via " + filepath.Base(g.Via.Key)
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

func testChanges(t *testing.T, b *book) {
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

func testFilters(t *testing.T, b *book) {
	batch := users("ada", "", "Bob", "", "b_b", "")
	batch.Add(group("bobs"), account, "bobs", nil)
	batch.Add(snapshot.ID{Kind: snapshot.User, Key: "other"}, "444455556666", "ada", nil)
	b.sync("iam", batch)
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

func testResume(t *testing.T, b *book) {
	if run, _, err := b.Resume(t.Context(), "main"); run != 0 || err != nil {
		t.Errorf("nothing to resume: %d, %v", run, err)
	}
	run := b.begin()
	b.commit(run, "iam.user", users("ada", "1"))
	again, done, err := b.Resume(t.Context(), "main") // the process died
	if again != run || err != nil || len(done) != 1 || done[0].Status != snapshot.OK || done[0].Facet != "iam.user" || done[0].Took != time.Second {
		t.Errorf("%d, %+v, %v", again, done, err)
	}
	if err := b.End(t.Context(), run, snapshot.Interrupted, "Ctrl-C", b.now); err != nil {
		t.Fatal(err)
	}
	if again, _, err := b.Resume(t.Context(), "main"); again != run || err != nil {
		t.Errorf("%d, %v", again, err)
	}
	b.end(run)
	if again, _, err := b.Resume(t.Context(), "main"); again != 0 || err != nil {
		t.Errorf("a run that ended is resumed: %d, %v", again, err)
	}
	if _, _, err := b.Commit(t.Context(), run, outcome("iam.user", snapshot.OK), users(), snapshot.Rules{}); !errors.Is(err, fault.Conflict) {
		t.Errorf("a cell of a run that ended: %v", err)
	}
}

func testAtomic(t *testing.T, b *book) {
	b.sync("iam.user", users("ada", "1"))
	run := b.begin()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := b.Commit(ctx, run, outcome("iam.user", snapshot.OK), users("bob", "1"), snapshot.Rules{}); !errors.Is(err, fault.Canceled) {
		t.Errorf("%v", err)
	}
	bad := users("bob", "1")
	bad.Edges = append(bad.Edges, snapshot.Edge{From: user("bob"), Relation: "likes", To: user("ada")})
	if _, _, err := b.Commit(t.Context(), run, outcome("iam.user", snapshot.OK), bad, snapshot.Rules{}); !errors.Is(err, fault.Internal) {
		t.Errorf("an unknown relation: %v", err)
	}
	if diff := cmp.Diff(map[string]string{"ada": "1"}, b.names(0)); diff != "" {
		t.Error(diff)
	}
}

func testRuns(t *testing.T, b *book) {
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
			ID: run, Connection: "main", Started: b.now, Status: snapshot.Running, Calls: 2, Opened: 1, Closed: 1,
			Cells: map[snapshot.Status]int{snapshot.OK: 1, snapshot.Throttled: 1},
		},
		{
			ID: first, Connection: "main", Started: b.now.Add(-time.Hour), Ended: b.now.Add(-59 * time.Minute), Status: snapshot.Complete, Calls: 1, Opened: 1,
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

func testLock(t *testing.T, b *book) {
	unlock, err := b.Lock(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	other := open(t, b.Place())
	if _, err := other.Lock(t.Context(), "main"); !errors.Is(err, fault.Conflict) {
		t.Errorf("locked twice: %v", err)
	}
	free, err := other.Lock(t.Context(), "second")
	if err != nil {
		t.Fatal(err)
	}
	free()
	unlock()
	again, err := other.Lock(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	again()
}
