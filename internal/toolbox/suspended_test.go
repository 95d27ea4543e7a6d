package toolbox_test

import (
	"strings"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// Each listing marks what belongs to an account that is not in use.
func TestSuspendedAccountsAreMarked(t *testing.T) {
	r := toolboxtest.Synced(t)
	listings := map[string]string{
		"identity.list": `{"kind": ["iam.user"]}`, "grants.list": `{"account": "111122223333"}`, "keys.list": `{}`, "who.show": `{"name": "ada@example.com"}`, "accounts.list": `{}`,
	}
	marked := func(want bool) {
		t.Helper()
		for name, in := range listings {
			result, err := r.Try(t.Context(), name, in)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Contains(strings.ToLower(string(result.JSON)), "suspended"); got != want {
				t.Errorf("%s marks it: %t, want %t\n%s", name, got, want, result.JSON)
			}
		}
	}
	marked(false)
	accounts := &snapshot.Batch{}
	accounts.Add(snapshot.Account.ID("111122223333"), "111122223333", "acme", snapshot.AccountBody{State: "SUSPENDED"})
	run, err := r.Store().Begin(t.Context(), "default", time.Date(2026, 1, 3, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	o := snapshot.Outcome{Cell: snapshot.Cell{Account: "111122223333", Facet: snapshot.OrgAccounts}, Status: snapshot.OK}
	if _, _, err := r.Store().Commit(t.Context(), run, o, accounts, snapshot.Rules{}); err != nil {
		t.Fatal(err)
	}
	if err := r.Store().End(t.Context(), run, snapshot.Complete, "", time.Date(2026, 1, 3, 0, 1, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	marked(true)
}
