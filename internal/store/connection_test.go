package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/snapshot"
)

// What two connections read of one account is there once, as it was read last, and each
// connection has its own.
func testConnections(t *testing.T, b *writer) {
	sync := func(connection string, batch *snapshot.Batch) {
		run, err := b.Begin(t.Context(), connection, b.now)
		if err != nil {
			t.Fatal(err)
		}
		b.commit(run, "iam.user", batch)
		b.end(run)
	}
	member := func(value, since string) *snapshot.Batch {
		batch := users("ada", value)
		batch.Link(user("ada"), snapshot.MemberOf, group("ops"), note{since})
		return batch
	}
	sync("one", member("old", "old"))
	sync("two", member("new", "old"))
	sync("one", member("newest", "newest"))
	extra := member("new", "old")
	extra.Add(user("bob"), account, "bob", nil)
	sync("two", extra)
	for connection, want := range map[string][2]string{"": {"newest", "2"}, "one": {"newest", "1"}, "two": {"new", "2"}} {
		st := b.Of(connection)
		ada, err := st.Entity(t.Context(), user("ada"), 0)
		if err != nil || !strings.Contains(string(ada.Body), `"`+want[0]+`"`) {
			t.Errorf("%q: %s, %v", connection, ada.Body, err)
		}
		links, err := st.Links(t.Context(), user("ada"), true, 0)
		if err != nil || len(links) != 1 || connection != "two" && !strings.Contains(string(links[0].Body), "newest") {
			t.Errorf("%q: %+v, %v", connection, links, err)
		}
		counts, err := b.Counts(t.Context(), connection)
		if err != nil || len(counts) != 1 || counts[0].N != int(want[1][0]-'0') {
			t.Errorf("%q: %+v, %v", connection, counts, err)
		}
	}
	grants, err := b.Of("two").Grants(t.Context(), snapshot.GrantFilter{Principal: user("ada"), Limit: 9})
	if err != nil || len(grants) != 1 || !strings.Contains(string(grants[0].Body), "old") {
		t.Errorf("%+v, %v", grants, err)
	}
	all, err := b.Grants(t.Context(), snapshot.GrantFilter{Principal: user("ada"), Limit: 9})
	if err != nil || len(all) != 1 || !strings.Contains(string(all[0].Body), "newest") {
		t.Errorf("%+v, %v", all, err)
	}
	once, _, err := b.Edges(t.Context(), 0, 0, 9)
	if err != nil || len(once) != 1 || !strings.Contains(string(once[0].Body), "newest") {
		t.Errorf("%+v, %v", once, err)
	}
	changes, err := b.Of("two").Changes(t.Context(), snapshot.ChangeFilter{From: 3, Limit: 9})
	if err != nil || len(changes) != 1 || changes[0].ID != user("bob") {
		t.Errorf("%+v, %v", changes, err)
	}
	if run, err := b.Of("one").RunAt(t.Context(), b.now.Add(time.Hour)); err != nil || run != 3 {
		t.Errorf("run %d, %v", run, err)
	}
	holders, err := b.Of("three").Holders(t.Context(), 0, snapshot.ID{}, 9)
	if err != nil || len(holders) > 0 {
		t.Errorf("%v, %v", holders, err)
	}
	edges, _, err := b.Of("two").Edges(t.Context(), 0, 0, 9)
	if err != nil || len(edges) != 1 {
		t.Errorf("%v, %v", edges, err)
	}
}
