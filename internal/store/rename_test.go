package store_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/snapshot"
)

// Users of one ID are the same whatever their names are, also if two change theirs. What
// they hold is no change.
func testRenamed(t *testing.T, b *writer) {
	of := func(names ...string) *snapshot.Batch {
		batch := &snapshot.Batch{}
		for i, name := range names {
			batch.Add(user(name), account, name, snapshot.PrincipalBody{ID: fmt.Sprint("AIDA", i)})
			batch.Link(user(name), snapshot.MemberOf, group("ops"), nil)
		}
		return batch
	}
	first, _ := b.sync("iam.users", of("a", "b", "c", "d"))
	second, delta := b.sync("iam.users", of("b", "a", "x", "d"))
	if delta != (snapshot.Delta{Changed: 3}) {
		t.Errorf("the run counts %+v", delta)
	}
	third, _ := b.sync("iam.users", of("a", "b", "y", "e"))
	for _, tt := range []struct {
		from, to snapshot.RunID
		want     []string
	}{
		{first, second, []string{"a renamed b", "b renamed a", "x renamed c"}},
		{first, third, []string{"e renamed d", "y renamed c"}},
		{second, third, []string{"a renamed b", "b renamed a", "e renamed d", "y renamed x"}},
	} {
		changes, err := b.Changes(t.Context(), snapshot.ChangeFilter{From: tt.from, To: tt.to, Limit: 99})
		var got []string
		for _, c := range changes {
			got = append(got, fmt.Sprintf("%s %s %s", c.Name, c.Type, c.NameBefore))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" || err != nil {
			t.Errorf("from %d to %d: %s, %v", tt.from, tt.to, diff, err)
		}
	}
}
