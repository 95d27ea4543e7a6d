package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/snapshot"
)

// An account is one that was never read if each run skipped it, or the last one did and
// those before could not read it.
func testNeverRead(t *testing.T, b *writer) {
	const skipped, denied = "222222222222", "333333333333"
	run := func(of map[string]snapshot.Status) {
		t.Helper()
		id := b.begin()
		for account, status := range of {
			o := snapshot.Outcome{Cell: snapshot.Cell{Account: account, Facet: snapshot.IAMUsers}, Status: status}
			if _, _, err := b.Commit(t.Context(), id, o, &snapshot.Batch{}, snapshot.Rules{}); err != nil {
				t.Fatal(err)
			}
		}
		b.end(id)
	}
	never := func(want ...string) {
		t.Helper()
		states, err := b.States(t.Context(), "main")
		if err != nil {
			t.Fatal(err)
		}
		got, err := b.NeverRead(t.Context(), states[0])
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s, %v", diff, err)
		}
		for _, name := range []string{account, skipped, denied, "444444444444"} {
			if read, err := b.WasRead(t.Context(), name); err != nil || read != (name == account) {
				t.Errorf("%s was read: %t, %v", name, read, err)
			}
		}
	}
	run(map[string]snapshot.Status{account: snapshot.OK, skipped: snapshot.Skipped, denied: snapshot.Denied})
	never(skipped)
	run(map[string]snapshot.Status{account: snapshot.OK})
	never(skipped, denied)
}
