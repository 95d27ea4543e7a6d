package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/store"
)

// What was removed is refused, and what is kept is as it was.
func testPrune(t *testing.T, b *writer) {
	for n := range 6 { // one user more each time, and one less
		b.sync("iam.user", users(string(rune('a'+n)), "1", string(rune('b'+n)), "1"))
	}
	b.sync("iam.group", users())
	whole := map[snapshot.RunID]map[string]string{}
	for run := snapshot.RunID(3); run <= 7; run++ {
		whole[run] = b.names(run)
	}
	third, err := b.Run(t.Context(), 3)
	if err != nil {
		t.Fatal(err)
	}
	removed, err := b.Prune(t.Context(), third.Ended)
	if err != nil || removed != (store.Removed{Runs: 2, Parts: 2}) {
		t.Errorf("%+v, %v", removed, err)
	}
	for run, want := range whole {
		if diff := cmp.Diff(want, b.names(run)); diff != "" {
			t.Errorf("run %d: %s", run, diff)
		}
	}
	if _, err := b.Run(t.Context(), 2); !errors.Is(err, fault.NotFound) {
		t.Errorf("a run that is not kept: %v", err)
	}
	if _, err := b.RunAt(t.Context(), third.Started.Add(-time.Second)); !errors.Is(err, fault.NotFound) {
		t.Errorf("a time that is not kept: %v", err)
	}
	if run, err := b.RunAt(t.Context(), third.Ended); run != 3 || err != nil {
		t.Errorf("run %d, %v", run, err)
	}
	if runs, err := b.Runs(t.Context(), "", 0, 10); err != nil || len(runs) != 5 {
		t.Errorf("%d runs, %v", len(runs), err)
	}
	times, err := b.CellTimes(t.Context(), "main", 3)
	if at := times[snapshot.Cell{Account: account, Facet: "iam.user"}]; err != nil || !at.AsOf.Equal(third.Started) {
		t.Errorf("%v, %v", times, err)
	}
	if again, err := b.Prune(t.Context(), third.Ended); err != nil || again != (store.Removed{}) {
		t.Errorf("%+v, %v", again, err)
	}
	if run, delta := b.sync("iam.user", users("z", "1")); run != 8 || delta.Opened != 1 {
		t.Errorf("the next run is %d, %+v", run, delta)
	}
}

// Each connection keeps its last run of before, and a time is refused if some
// connection is only kept since a later one.
func testPruneConnections(t *testing.T, b *writer) {
	other := func(names ...string) snapshot.RunID {
		t.Helper()
		b.now = b.now.Add(time.Hour)
		run, err := b.Begin(t.Context(), "other", b.now)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := b.Commit(t.Context(), run, outcome("iam.group", snapshot.OK), users(names...), snapshot.Rules{}); err != nil {
			t.Fatal(err)
		}
		b.end(run)
		return run
	}
	b.sync("iam.user", users("a", ""))
	b.sync("iam.user", users("b", ""))
	other("c", "")
	last := other("d", "")
	if removed, err := b.Prune(t.Context(), b.now.Add(time.Hour)); err != nil || removed != (store.Removed{Runs: 2, Parts: 2}) {
		t.Errorf("%+v, %v", removed, err)
	}
	for connection, want := range map[string]snapshot.RunID{"main": 2, "other": last} {
		if runs, err := b.Runs(t.Context(), connection, 0, 10); err != nil || len(runs) != 1 || runs[0].ID != want {
			t.Errorf("%s: %+v, %v", connection, runs, err)
		}
	}
	if diff := cmp.Diff(map[string]string{"b": "", "d": ""}, b.names(0)); diff != "" {
		t.Error(diff)
	}
	if _, err := b.Run(t.Context(), 2); !errors.Is(err, fault.NotFound) {
		t.Errorf("a run of before what the other connection has: %v", err)
	}
	if run, err := b.Of("main").Run(t.Context(), 2); err != nil || run.ID != 2 {
		t.Errorf("%+v, %v", run, err)
	}
}

func testForget(t *testing.T, b *writer) {
	b.sync("iam.user", users("a", "only here"))
	other, err := b.Begin(t.Context(), "other", b.now)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.Commit(t.Context(), other, outcome("iam.user", snapshot.OK), users("a", "there", "b", ""), snapshot.Rules{}); err != nil {
		t.Fatal(err)
	}
	b.end(other)
	if got, err := b.Connections(t.Context()); err != nil || cmp.Diff(map[string]int{"main": 1, "other": 2}, got) != "" {
		t.Errorf("%v, %v", got, err)
	}
	if removed, err := b.Forget(t.Context(), "main"); err != nil || removed != (store.Removed{Runs: 1, Parts: 1}) {
		t.Errorf("%+v, %v", removed, err)
	}
	if diff := cmp.Diff(map[string]string{"a": "there", "b": ""}, b.names(0)); diff != "" {
		t.Error(diff)
	}
	if got, err := b.Connections(t.Context()); err != nil || cmp.Diff(map[string]int{"other": 2}, got) != "" {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := b.Forget(t.Context(), "main"); !errors.Is(err, fault.NotFound) {
		t.Errorf("a connection that is not there: %v", err)
	}
}
