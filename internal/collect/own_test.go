package collect_test

import (
	"slices"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/snapshot"
)

// What a sync itself uses is marked, so that it is no change of anybody's.
func TestOwnUseIsMarked(t *testing.T) {
	t.Parallel()
	for _, keys := range []collect.KeyMode{collect.IDKeys, collect.ReportKeys} {
		c := newCompany(t)
		first := c.sync(func(o *collect.Options) { o.Keys = keys })
		for range 2 { // the report of the first day has no use yet
			c.Clock.Advance(24 * time.Hour)
			last := c.sync(func(o *collect.Options) { o.Keys = keys })
			changes := must(c.store.Changes(t.Context(), snapshot.ChangeFilter{From: first.Run, To: last.Run, Limit: 99}))
			if others := slices.DeleteFunc(slices.Clone(changes), snapshot.Change.OfOwnUse); len(changes) == 0 || len(others) > 0 {
				t.Errorf("%s: %d changes, of others %+v", keys, len(changes), others)
			}
			first = last
		}
	}
}
