package collect_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/snapshot"
)

// derivedOf returns the outcomes of a run's derived cells.
func derivedOf(r *collect.Result) map[snapshot.Facet]snapshot.Outcome {
	all := map[snapshot.Facet]snapshot.Outcome{}
	for _, o := range r.Outcomes {
		if o.Facet.Derived() {
			all[o.Facet] = o
		}
	}
	return all
}

// ofReading are the gaps of a sync in cells that are read.
func ofReading(r *collect.Result) []snapshot.Outcome {
	return slices.DeleteFunc(r.Gaps(), func(g snapshot.Outcome) bool { return g.Facet.Derived() })
}

// became are the roles of permission sets, one line each.
func (c *company) became() []string {
	return slices.DeleteFunc(c.snapshot(), func(line string) bool { return !strings.Contains(line, " became ") })
}

// What follows from a listing is a gap as long as the listing is one, for its reason. What
// it had of people and roles stays, and what is new elsewhere is added.
func TestWhatFollowsFromAGapIsAGap(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.whole()
	people, roles := c.people(), c.became()
	if !strings.Contains(people, member1+":user/people/ada") || len(roles) == 0 {
		t.Fatalf("%s\n%v", people, roles)
	}
	for _, action := range []string{"GetAccountAuthorizationDetails", "ListUsers", "ListRoles"} {
		c.fault(awssim.Fault{Service: "iam", Action: action, Account: member1, Effect: awssim.DenyAccess})
	}
	must(c.center.AddUser("cyd", "Cyd", "N", "cyd@example.com"))
	c.World.Account(member2).AddUser("cyd")
	begun := time.Now()
	result := c.sync()
	bases := map[snapshot.Facet]snapshot.Outcome{}
	for _, o := range result.Outcomes {
		if o.Account == member1 {
			bases[o.Facet] = o
		}
	}
	for facet, base := range map[snapshot.Facet]snapshot.Facet{snapshot.DerivedPeople: snapshot.IAMUsers, snapshot.DerivedRoles: snapshot.IAMRoles} {
		got, want := derivedOf(result)[facet], bases[base]
		if got.Status != snapshot.Denied || got.Action == "" || got.Reason != want.Reason || got.Fix != want.Fix || got.Action != want.Action {
			t.Errorf("%s: %+v, want that of %+v", facet, got, want)
		}
		if !got.AsOf.Before(begun) {
			t.Errorf("%s is as of %s, although its base is older", facet, got.AsOf)
		}
	}
	now := c.people()
	for line := range strings.Lines(people) {
		if !strings.Contains(now, strings.TrimSpace(line)) {
			t.Errorf("gone: %s", line)
		}
	}
	if !strings.Contains(now, "/cyd@example.com is iam.user:arn:aws:iam::"+member2+":user/cyd") {
		t.Errorf("the new person is missing in\n%s", now)
	}
	if diff := cmp.Diff(roles, c.became()); diff != "" {
		t.Error(diff)
	}
	c.ClearFaults()
	c.whole()
}

// A sync that leaves out the account of a gap changes nothing of the gap, nor of what
// follows from it. If the account leaves, both end.
func TestADerivedGapEndsWithItsBase(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	must(c.World.Account(member2).AddRole("Hawser", trustService)) // it lets nobody in
	c.sync()
	status := func(r *collect.Result) [2]snapshot.Status {
		of := derivedOf(r)
		return [2]snapshot.Status{of[snapshot.DerivedPeople].Status, of[snapshot.DerivedRoles].Status}
	}
	without := c.sync(func(o *collect.Options) { o.Exclude = collect.Selection{Accounts: []string{member2}} })
	if got := status(without); got != [2]snapshot.Status{snapshot.Denied, snapshot.Denied} || len(without.Gaps()) > 0 {
		t.Errorf("without the account: %v, and gaps of its own: %+v", got, without.Gaps())
	}
	left := c.throughProxy(nothing, withoutAccounts(member2))
	if got := status(left); got != [2]snapshot.Status{snapshot.OK, snapshot.OK} || len(left.Gaps()) > 0 {
		t.Errorf("after it left: %v, %+v", got, left.Gaps())
	}
}

// What is held keeps what follows from it, and that is held too.
func TestWhatFollowsFromWhatIsHeldIsHeld(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.whole()
	before := c.people()
	for _, a := range c.Accounts() {
		a.AddUser("ada").Remove()
		a.AddUser("bob").Remove()
	}
	result := c.sync(func(o *collect.Options) { o.Rules = snapshot.Rules{MaxLoss: 0.3, Least: 1} })
	if o := derivedOf(result)[snapshot.DerivedPeople]; o.Status != snapshot.Held || !strings.Contains(o.Reason, "iam.user are gone at once") {
		t.Errorf("%+v", o)
	}
	if diff := cmp.Diff(before, c.people()); diff != "" {
		t.Error(diff)
	}
	if o := derivedOf(c.sync())[snapshot.DerivedPeople]; o.Status != snapshot.OK {
		t.Errorf("confirmed: %+v", o)
	}
	if strings.Contains(c.people(), "user/people/ada") {
		t.Error("they are confirmed as gone, and still linked")
	}
}
