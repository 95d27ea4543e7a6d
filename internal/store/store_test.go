package store_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/db/dbtest"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/store"
	"github.com/hawser/hawser/internal/store/storetest"
)

// TestSQLite and TestPostgres run one suite on both.
func TestSQLite(t *testing.T) {
	suite(t, func(t *testing.T) *store.Store { return open(t, filepath.Join(t.TempDir(), "hawser.db")) })
}

func TestPostgres(t *testing.T) {
	url := dbtest.Postgres(t)
	suite(t, func(t *testing.T) *store.Store {
		dbtest.Empty(t, url)
		return open(t, url)
	})
}

func open(t testing.TB, location string) *store.Store {
	t.Helper()
	return storetest.Open(t, location)
}

func suite(t *testing.T, open func(*testing.T) *store.Store) {
	for name, test := range map[string]func(*testing.T, *writer){
		"what is as it was is not written":   testUnchanged,
		"the snapshot as of a run":           testAsOf,
		"a gap closes nothing":               testGap,
		"a large loss is held":               testHeld,
		"relations are held too":             testHeldRelations,
		"accounts that were never read":      testNeverRead,
		"old snapshots are removed":          testPrune,
		"old snapshots of two connections":   testPruneConnections,
		"a connection is forgotten":          testForget,
		"parts of several cells":             testParts,
		"several connections":                testConnections,
		"grants":                             testGrants,
		"changes":                            testChanges,
		"changes of accounts come first":     testChangesOfAccountsFirst,
		"renamed users":                      testRenamed,
		"filters and pages":                  testFilters,
		"a run is resumed":                   testResume,
		"how a snapshot came about":          testStates,
		"a commit that fails leaves nothing": testAtomic,
		"runs":                               testRuns,
		"what is older than its run":         testLastRead,
		"locks":                              testLock,
		"a scan and the tables":              testScan,
		"a scan and the snapshots":           testScanAgainstSnapshots,
		"a scan ends":                        testScanEnds,
	} {
		t.Run(name, func(t *testing.T) {
			test(t, &writer{Store: open(t), t: t, now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)})
		})
	}
}

const account = "111122223333"

func testUnchanged(t *testing.T, b *writer) {
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
	if _, delta := b.sync("iam.user", changed); delta != (snapshot.Delta{Changed: 1}) {
		t.Errorf("third %+v", delta)
	}
}

func testGap(t *testing.T, b *writer) {
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

func testHeld(t *testing.T, b *writer) {
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
	if o.Status != snapshot.Held || o.Reason != "3 of 4 iam.user are gone at once" || delta != (snapshot.Delta{Opened: 1, Changed: 1}) {
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

// Relations count like entities, and what belongs to an entity that is held is held.
func testHeldRelations(t *testing.T, b *writer) {
	groups := func(names ...string) *snapshot.Batch {
		g := &snapshot.Batch{}
		for _, name := range names {
			g.Add(group(name), account, name, nil)
		}
		return g
	}
	// Memberships of each group, and for each an inline policy of its own.
	details := func(names ...string) *snapshot.Batch {
		d := &snapshot.Batch{}
		for _, name := range names {
			d.Link(user("ada"), snapshot.MemberOf, group(name), nil)
			inline := snapshot.InlinePolicyID(group(name).Key, "own")
			d.Add(inline, account, "own", nil)
			d.Link(group(name), snapshot.Attached, inline, nil)
		}
		return d
	}
	commit := func(rules snapshot.Rules, facets map[string]*snapshot.Batch, order ...string) map[string]snapshot.Outcome {
		t.Helper()
		run := b.begin()
		outcomes := map[string]snapshot.Outcome{}
		for _, facet := range order {
			o, _, err := b.Commit(t.Context(), run, outcome(facet, snapshot.OK), facets[facet], rules)
			if err != nil {
				t.Fatal(err)
			}
			outcomes[facet] = o
		}
		b.end(run)
		return outcomes
	}
	rules := snapshot.DefaultRules()
	all := []string{"a", "b", "c", "d"}
	commit(rules, map[string]*snapshot.Batch{"g": groups(all...), "m": details(all...)}, "g", "m")

	got := commit(rules, map[string]*snapshot.Batch{"m": details("a")}, "m")
	if o := got["m"]; o.Status != snapshot.Held || o.Reason != "3 of 4 iam.inline-policy are gone at once" {
		t.Errorf("three of four relations: %+v", o)
	}
	edges := &snapshot.Batch{}
	for _, name := range all {
		edges.Link(user("ada"), snapshot.MemberOf, group(name), nil)
	}
	commit(rules, map[string]*snapshot.Batch{"n": edges}, "n")
	if o := commit(rules, map[string]*snapshot.Batch{"n": {}}, "n")["n"]; o.Status != snapshot.Held || o.Reason != "4 of 4 relations member-of are gone at once" {
		t.Errorf("four of four relations: %+v", o)
	}
	if o := commit(rules, map[string]*snapshot.Batch{"g": {}}, "g")["g"]; o.Status != snapshot.Held {
		t.Errorf("four of four entities: %+v", o)
	}

	// Two of four memberships would be believed, but for their groups.
	got = commit(rules, map[string]*snapshot.Batch{"g": groups("a"), "m": details("a", "b", "c")}, "g", "m")
	if o := got["m"]; o.Status != snapshot.Held || o.Reason != "3 of its entities and relations belong to entities that are held" {
		t.Errorf("a group that is held: %+v", o)
	}
	links, err := b.Links(t.Context(), group("d"), true, 0)
	if err != nil || len(links) != 1 {
		t.Errorf("%v, %v", links, err)
	}
	if o := commit(snapshot.Rules{}, map[string]*snapshot.Batch{"g": groups("a"), "m": details("a")}, "g", "m")["m"]; o.Status != snapshot.OK {
		t.Errorf("accepted: %+v", o)
	}
	if o := commit(snapshot.Rules{Hold: "the list is empty"}, map[string]*snapshot.Batch{"m": {}}, "m")["m"]; o.Status != snapshot.Held || o.Reason != "the list is empty" {
		t.Errorf("a cell to hold: %+v", o)
	}
}

func testParts(t *testing.T, b *writer) {
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
	// The user went; that their tags could not be read keeps nobody in the snapshot.
	b.sync("iam.user", users("ada", "1"))
	if _, err := b.Entity(t.Context(), user("gone"), 0); !errors.Is(err, fault.NotFound) {
		t.Errorf("%v", err)
	}
}

func testResume(t *testing.T, b *writer) {
	if run, _, err := b.Resume(t.Context(), "main"); run.ID != 0 || err != nil {
		t.Errorf("nothing to resume: %+v, %v", run, err)
	}
	run := b.begin()
	b.commit(run, "iam.user", users("ada", "1"))
	again, done, err := b.Resume(t.Context(), "main") // the process died
	if again.ID != run || !again.Started.Equal(b.now) || err != nil || len(done) != 1 || done[0].Status != snapshot.OK || done[0].Facet != "iam.user" || done[0].Took != time.Second {
		t.Errorf("%+v, %+v, %v", again, done, err)
	}
	if err := b.End(t.Context(), run, snapshot.Interrupted, "Ctrl-C", b.now); err != nil {
		t.Fatal(err)
	}
	if again, _, err := b.Resume(t.Context(), "main"); again.ID != run || err != nil {
		t.Errorf("%+v, %v", again, err)
	}
	b.end(run)
	if again, _, err := b.Resume(t.Context(), "main"); again.ID != 0 || err != nil {
		t.Errorf("a run that ended is resumed: %+v, %v", again, err)
	}
	if _, _, err := b.Commit(t.Context(), run, outcome("iam.user", snapshot.OK), users(), snapshot.Rules{}); !errors.Is(err, fault.Conflict) {
		t.Errorf("a cell of a run that ended: %v", err)
	}
}

func testAtomic(t *testing.T, b *writer) {
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

func testLock(t *testing.T, b *writer) {
	unlock, err := b.DB().Lock(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	other := open(t, b.DB().Location())
	if _, err := other.DB().Lock(t.Context(), "main"); !errors.Is(err, fault.Conflict) {
		t.Errorf("locked twice: %v", err)
	}
	for name, want := range map[string]bool{"main": true, "third": false} {
		if locked, err := other.DB().Locked(t.Context(), name); locked != want || err != nil {
			t.Errorf("%s: %v, %v", name, locked, err)
		}
	}
	free, err := other.DB().Lock(t.Context(), "second")
	if err != nil {
		t.Fatal(err)
	}
	free()
	unlock()
	for _, name := range []string{"main", "second"} {
		if locked, err := other.DB().Locked(t.Context(), name); locked || err != nil {
			t.Errorf("%s is locked: %v, %v", name, locked, err)
		}
	}
	again, err := other.DB().Lock(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	again()
}

// testStates: a run that failed leaves the gaps of the sync before it, and the age of
// each cell is that of what the snapshot has of it.
func testStates(t *testing.T, b *writer) {
	first := b.begin()
	begun := b.now
	day := func(n int) { b.now = begun.Add(time.Duration(n) * 24 * time.Hour) }
	b.commit(first, "iam.user", users("ada", "1"))
	gap := outcome("iam.role", snapshot.Denied)
	gap.Reason = "no"
	if _, _, err := b.Commit(t.Context(), first, gap, nil, snapshot.Rules{}); err != nil {
		t.Fatal(err)
	}
	if err := b.End(t.Context(), first, snapshot.Partial, "", b.now); err != nil {
		t.Fatal(err)
	}
	day(1)
	second := b.begin()
	b.commit(second, "iam.group", users("ops", "1"))
	day(2)
	if err := b.End(t.Context(), second, snapshot.Broken, "the secret is wrong", b.now); err != nil {
		t.Fatal(err)
	}
	states, err := b.States(t.Context(), "")
	if err != nil || len(states) != 1 || states[0].Last.ID != second || states[0].Last.Reason == "" || states[0].Whole.ID != first || !states[0].Whole.Started.Equal(begun) {
		t.Errorf("%+v, %v", states, err)
	}
	if gaps, err := b.Gaps(t.Context(), "main"); err != nil || len(gaps) != 1 || gaps[0].Facet != "iam.role" {
		t.Errorf("%+v, %v", gaps, err)
	}
	if oldest, ok, err := b.Oldest(t.Context(), ""); err != nil || !ok || oldest.Facet != "iam.user" || !oldest.At.Equal(begun) || oldest.Connection != "main" {
		t.Errorf("%+v, %v, %v", oldest, ok, err)
	}

	// An import neither ends the gaps of a sync nor hides that it failed, and does not
	// make its data new.
	imported, err := b.BeginImport(t.Context(), "main", b.now)
	if err != nil {
		t.Fatal(err)
	}
	old := outcome("iam.user", snapshot.OK)
	old.AsOf = begun.Add(time.Hour)
	if _, _, err := b.Commit(t.Context(), imported, old, users("ada", "2"), snapshot.Rules{}); err != nil {
		t.Fatal(err)
	}
	if again, _, err := b.Resume(t.Context(), "main"); again.ID != 0 || err != nil {
		t.Errorf("an import is resumed: %+v, %v", again, err)
	}
	b.end(imported)
	states, err = b.States(t.Context(), "main")
	if err != nil || len(states) != 1 || states[0].Last.Status != snapshot.Broken || states[0].Whole.ID != first {
		t.Errorf("%+v, %v", states, err)
	}
	if gaps, err := b.Gaps(t.Context(), ""); err != nil || len(gaps) != 1 {
		t.Errorf("%+v, %v", gaps, err)
	}
	if oldest, _, err := b.Oldest(t.Context(), "main"); err != nil || !oldest.At.Equal(old.AsOf) {
		t.Errorf("%+v, %v", oldest, err)
	}

	// The groups' cell was emptied, and the syncs since did not come to it; so nothing
	// rests on it.
	day(3)
	third := b.begin()
	b.commit(third, "iam.group", users())
	b.end(third)
	day(4)
	fourth := b.begin()
	b.commit(fourth, "iam.user", users("ada", "1"))
	b.end(fourth)
	whole := b.now
	if oldest, _, err := b.Oldest(t.Context(), "main"); err != nil || oldest.Facet != "iam.user" || !oldest.At.Equal(whole) {
		t.Errorf("%+v, %v", oldest, err)
	}
}
