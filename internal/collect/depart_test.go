package collect_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/snapshot"
)

// withoutAccounts removes accounts from what ListAccounts answers.
func withoutAccounts(gone ...string) func(page, []byte) []byte {
	return func(p page, body []byte) []byte {
		if p.operation != "ListAccounts" {
			return body
		}
		var answer map[string]any
		if err := json.Unmarshal(body, &answer); err != nil {
			panic(err)
		}
		var kept []any
		for _, a := range answer["Accounts"].([]any) {
			if id := a.(map[string]any)["Id"]; !strings.Contains(strings.Join(gone, " "), id.(string)) {
				kept = append(kept, a)
			}
		}
		answer["Accounts"] = kept
		return must(json.Marshal(answer))
	}
}

func (c *company) linesOf(account string) []string {
	var of []string
	for _, line := range c.snapshot() {
		if strings.Contains(line, "::"+account+":") {
			of = append(of, line)
		}
	}
	return of
}

// An account that a complete list no longer has has left, and so has what it had.
func TestAnAccountThatLeft(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.whole()
	if len(c.linesOf(member2)) == 0 {
		t.Fatal("the account has nothing")
	}
	result := c.throughProxy(nothing, withoutAccounts(member2))
	if text := fmt.Sprint(result.Notes); !strings.Contains(text, "account "+member2+" left the organization") {
		t.Errorf("notes %s", text)
	}
	if read := readAccounts(result); slices.Contains(read, member2) {
		t.Errorf("it counts as read: %v", read)
	}
	for _, line := range c.linesOf(member2) {
		if strings.Contains(line, "iam.user") || strings.Contains(line, "iam.access-key") {
			t.Errorf("it still has %s", line)
		}
	}
	if len(c.linesOf(member1)) == 0 {
		t.Error("another account has nothing either")
	}
	again := c.throughProxy(nothing, withoutAccounts(member2))
	if again.Opened+again.Closed != 0 || len(again.Notes) != 0 {
		t.Errorf("the next sync: %d opened, %d closed, %v", again.Opened, again.Closed, again.Notes)
	}
}

// If the list itself is held, or was not read, what the missing accounts had stays.
func TestAnAccountThatMayHaveLeft(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.whole()
	before := c.linesOf(member2)
	c.rules = snapshot.Rules{MaxLoss: 0.1, Least: 1}
	result := c.throughProxy(nothing, withoutAccounts(member2))
	if diff := cmp.Diff(before, c.linesOf(member2)); diff != "" || len(result.Gaps()) == 0 {
		t.Errorf("gaps %v\n%s", result.Gaps(), diff)
	}
	// An account that was excluded is still in the organization.
	c.rules = snapshot.Rules{}
	c.sync(func(o *collect.Options) { o.Exclude = collect.Selection{Accounts: []string{member2}} })
	if diff := cmp.Diff(before, c.linesOf(member2)); diff != "" {
		t.Error(diff)
	}
}

// What a suspended account had stays, and is not read; an account that joins is read.
func TestAccountsThatAreSuspendedOrJoin(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.throughProxy(nothing, withoutAccounts(member2))
	if got := c.linesOf(member2); len(got) != 0 {
		t.Fatalf("not yet in the organization: %v", got)
	}
	c.whole()
	before := c.linesOf(member2)
	if len(before) == 0 {
		t.Error("the account that joined was not read")
	}
	result := c.throughProxy(nothing, func(p page, body []byte) []byte {
		if p.operation != "ListAccounts" {
			return body
		}
		var answer struct{ Accounts []map[string]any }
		if err := json.Unmarshal(body, &answer); err != nil {
			panic(err)
		}
		for _, a := range answer.Accounts {
			if a["Id"] == member2 {
				a["State"], a["Status"] = "SUSPENDED", "SUSPENDED"
			}
		}
		return must(json.Marshal(answer))
	})
	if diff := cmp.Diff(before, c.linesOf(member2)); diff != "" {
		t.Error(diff)
	}
	skipped := 0
	for _, o := range result.Outcomes {
		if o.Account == member2 && o.Status == snapshot.Skipped {
			skipped++
		}
	}
	if skipped == 0 || len(result.Gaps()) != 0 {
		t.Errorf("%d cells skipped, gaps %v", skipped, result.Gaps())
	}
}

// A sync of some accounts leaves the gaps of the others, and one of the whole
// organization closes those of an account that is gone.
func TestGapsOfAccountsThatAreNotRead(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	must(c.World.Account(member2).AddRole("Hawser", trustService)) // it lets nobody in
	whole := len(c.sync().Gaps())
	gaps := func(want int, when string) {
		t.Helper()
		if got := must(c.store.Gaps(t.Context(), "acme")); len(got) != want {
			t.Errorf("%s: %d gaps, want %d", when, len(got), want)
		}
	}
	gaps(whole, "after the first sync")
	for name, choose := range map[string]func(*collect.Options){
		"include": func(o *collect.Options) { o.Include = collect.Selection{Accounts: []string{member1}} },
		"exclude": func(o *collect.Options) { o.Exclude = collect.Selection{Accounts: []string{member2}} },
	} {
		if result := c.sync(choose); len(result.Gaps()) != 0 {
			t.Errorf("%s: %v", name, result.Gaps())
		}
		gaps(whole, "after --"+name)
	}
	c.throughProxy(nothing, withoutAccounts(member2))
	gaps(0, "after it left")
}
