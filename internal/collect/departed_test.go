package collect_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/identitycenter"
	"github.com/hawser/hawser/internal/awssim/organizations"
	"github.com/hawser/hawser/internal/snapshot"
)

// departed are the accounts of a connection that left, with their names.
func (c *company) departed(connection string) string {
	c.t.Helper()
	var all []string
	f := snapshot.Filter{Connection: connection, Kinds: []snapshot.Kind{snapshot.Account}}
	for e, err := range snapshot.All(c.t.Context(), c.store, f) {
		if err != nil {
			c.t.Fatal(err)
		}
		if body := must(snapshot.Decode[snapshot.AccountBody](e.Entity)); body.State == snapshot.Departed {
			all = append(all, e.Key+" "+e.Name+" "+body.Email)
		}
	}
	return strings.Join(all, ", ")
}

// accountsOf counts the accounts that a plan counts calls by.
func (c *company) accountsOf() (n int) {
	for _, of := range must(c.store.Counts(c.t.Context(), "acme")) {
		if of.Kind == snapshot.Account {
			n += of.N
		}
	}
	return n
}

// An account that left stays known, by its name and as one that left, for as long as
// Identity Center has permission sets on it. Syncs and plans do not count it.
func TestAnAccountThatLeftAndHasAssignments(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.whole()
	first := c.throughProxy(nothing, withoutAccounts(member2))
	const want = member2 + " member-2 member-2@example.com"
	if got := c.departed("acme"); got != want || c.accountsOf() != 2 {
		t.Errorf("%q, and %d accounts", got, c.accountsOf())
	}
	for _, o := range first.Outcomes {
		if o.Facet == snapshot.DerivedAccounts && (o.Status != snapshot.OK || o.Seen != 1) {
			t.Errorf("%+v", o)
		}
	}
	c.throughProxy(nothing, withoutAccounts(member2))
	if got := c.departed("acme"); got != want {
		t.Errorf("after another sync: %q", got)
	}
	c.whole() // it is in the list again
	if got := c.departed("acme"); got != "" || c.accountsOf() != 3 {
		t.Errorf("it is back: %q, and %d accounts", got, c.accountsOf())
	}
}

// accountsOfSets denies the call that finds the permission sets on accounts that left.
func accountsOfSets(nth, times int) awssim.Fault {
	return awssim.Fault{Service: "sso", Action: "ListAccountsForProvisionedPermissionSet", Nth: nth, Times: times, Effect: awssim.DenyAccess}
}

// The other call asks for the accounts of the list alone. What the snapshot has of an
// account that left stays, by whichever call assignments are read, and the cell says so.
func TestAnAccountThatLeftIfTheCallThatFindsItIsDenied(t *testing.T) {
	t.Parallel()
	for _, bySets := range []bool{true, false} {
		c := newCompany(t)
		if !bySets { // more permission sets on accounts than users and groups
			eve := must(c.center.AddUser("eve", "Eve", "E", "eve@example.com"))
			for i := range 6 {
				set := &identitycenter.PermissionSet{Name: fmt.Sprint("Set", i)}
				if err := errors.Join(c.center.AddPermissionSet(set), c.center.Assign(set, member1, eve)); err != nil {
					t.Fatal(err)
				}
			}
		}
		c.whole()
		c.throughProxy(nothing, withoutAccounts(member2))
		before := c.snapshot()
		c.fault(accountsOfSets(1, 1))
		result := c.throughProxy(nothing, withoutAccounts(member2))
		if diff := cmp.Diff(before, c.snapshot()); diff != "" {
			t.Errorf("by sets %v: %s", bySets, diff)
		}
		o := outcome(result, c.Account.ID, snapshot.SSOAccountRoles)
		if o.Status != snapshot.Denied || !o.Unclear || o.Action != "sso:ListAccountsForProvisionedPermissionSet" || !strings.Contains(o.Reason, notInTheList) {
			t.Errorf("by sets %v: %+v", bySets, o)
		}
		if o := outcome(result, c.Account.ID, snapshot.SSOAssignments); o.Gap() != bySets {
			t.Errorf("by sets %v: %+v", bySets, o)
		}
		c.throughProxy(nothing, withoutAccounts(member2)) // the call is allowed again
		if gaps := must(c.store.Gaps(t.Context(), "acme")); len(gaps) > 0 {
			t.Errorf("by sets %v: %+v", bySets, gaps)
		}
	}
}

const notInTheList = "accounts that are not in the organization's list could not be looked for"

// A first sync that can't look for accounts that left names that as a gap.
func TestAnAccountThatLeftBeforeAndCanNotBeFound(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.fault(accountsOfSets(0, 0))
	result := c.throughProxy(nothing, withoutAccounts(member2))
	for _, f := range []snapshot.Facet{snapshot.SSOAccountRoles, snapshot.SSOAssignments, snapshot.DerivedAccounts} {
		if o := outcome(result, c.Account.ID, f); !o.Gap() || !strings.Contains(o.Reason, notInTheList) {
			t.Errorf("%+v", o)
		}
	}
	if got := c.departed("acme"); got != "" {
		t.Errorf("%q", got)
	}
}

// A first sync finds the accounts that had left before it.
func TestAnAccountThatLeftBefore(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.throughProxy(nothing, withoutAccounts(member2))
	if got := c.departed("acme"); got != member2+"  " {
		t.Errorf("%q", got)
	}
}

// A permission set that is new on an account which the list lacks is on one that joined
// after the list was read, and an account is not gone because the list can't be read.
func TestAnAccountThatDidNotLeave(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.whole()
	set := &identitycenter.PermissionSet{Name: "New"}
	if err := c.center.AddPermissionSet(set); err != nil {
		t.Fatal(err)
	}
	const late = "444455556666"
	a := c.AddAccount(late, "late")
	must(organizations.Of(c.Account, c.World).Root.AddAccount(a, "late@example.com"))
	must(a.AddRole("Hawser", trustHome)).Attach(must(a.AWSManaged("AdministratorAccess")))
	if err := c.center.Assign(set, late, must(c.center.AddUser("new", "New", "N", "new@example.com"))); err != nil {
		t.Fatal(err)
	}
	c.throughProxy(nothing, withoutAccounts(late))
	if got := c.departed("acme"); got != "" {
		t.Errorf("it joined while the sync ran: %q", got)
	}
	c.whole()
	if got := c.departed("acme"); got != "" {
		t.Errorf("it is in the list: %q", got)
	}
}

// An account that left one organization of a store for another is in use, and only the
// first one's connection says that it left.
func TestAnAccountOfTwoOrganizations(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.whole()
	c.throughProxy(nothing, withoutAccounts(member2))
	run := must(c.store.BeginImport(t.Context(), "other", time.Now()))
	list := &snapshot.Batch{}
	list.Add(snapshot.Account.ID(member2), member2, "sold", snapshot.AccountBody{State: snapshot.Active})
	cell := snapshot.Outcome{Cell: snapshot.Cell{Account: "999988887777", Facet: snapshot.OrgAccounts}, Status: snapshot.OK}
	if _, _, err := c.store.Commit(t.Context(), run, cell, list, snapshot.Rules{}); err != nil {
		t.Fatal(err)
	}
	if err := c.store.End(t.Context(), run, snapshot.Complete, "", time.Now()); err != nil {
		t.Fatal(err)
	}
	if got := c.departed("acme"); !strings.HasPrefix(got, member2) {
		t.Errorf("of the first: %q", got)
	}
	if got := c.departed(""); got != "" {
		t.Errorf("of all: %q", got)
	}
	if e := must(c.store.Entity(t.Context(), snapshot.Account.ID(member2), 0)); e.Name != "sold" {
		t.Errorf("%+v", e)
	}
}
