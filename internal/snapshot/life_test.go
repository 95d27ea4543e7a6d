package snapshot_test

import (
	"encoding/json"
	"testing"

	"github.com/hawser/hawser/internal/snapshot"
)

func TestAccountEvents(t *testing.T) {
	change := func(kind snapshot.ChangeType, before, after string) snapshot.Change {
		return snapshot.Change{
			Type: kind, ID: snapshot.Account.ID("111122223333"), Facet: snapshot.OrgAccounts,
			Before: json.RawMessage(before), After: json.RawMessage(after),
		}
	}
	state := func(name string) string { return `{"email": "a@example.com", "state": "` + name + `"}` }
	other := change(snapshot.Appeared, "", state("ACTIVE"))
	other.ID.Kind = snapshot.User
	edge := change(snapshot.Appeared, "", "")
	edge.To = &edge.ID
	for want, changes := range map[snapshot.AccountEvent][]snapshot.Change{
		snapshot.Joined:     {change(snapshot.Appeared, "", state("ACTIVE"))},
		snapshot.Left:       {change(snapshot.Went, state("SUSPENDED"), "")},
		snapshot.Suspended:  {change(snapshot.Changed, state("ACTIVE"), state("SUSPENDED"))},
		snapshot.Closed:     {change(snapshot.Changed, state("ACTIVE"), state("PENDING_CLOSURE")), change(snapshot.Changed, state("SUSPENDED"), state("CLOSED"))},
		snapshot.Reinstated: {change(snapshot.Changed, state("SUSPENDED"), state("ACTIVE"))},
		"":                  {change(snapshot.Changed, `{"email": "b@example.com", "state": "ACTIVE"}`, state("ACTIVE")), other, edge},
	} {
		for _, c := range changes {
			if got := c.AccountEvent(); got != want {
				t.Errorf("%+v is %q, want %q", c, got, want)
			}
		}
	}
}
