package collect_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/snapshot"
)

// ownersOfKeys are the user's path and the key of each access key of member1.
func (c *company) ownersOfKeys() []string {
	c.t.Helper()
	cell := snapshot.Cell{Account: member1, Facet: snapshot.IAMAccessKeys}
	b := must(c.store.Contents(c.t.Context(), "acme", cell))
	var all []string
	for _, e := range b.Edges {
		_, user, _ := strings.Cut(e.From.Key, ":user/")
		all = append(all, user+" "+e.To.Key)
	}
	for _, p := range b.Parts {
		_, user, _ := strings.Cut(must(snapshot.Decode[snapshot.KeyBody](snapshot.Entity{ID: p.ID, Body: p.Body})).User, ":user/")
		if !slices.Contains(all, user+" "+p.Key) {
			c.t.Errorf("the key %s says it is of %s", p.Key, user)
		}
	}
	return slices.DeleteFunc(slices.Sorted(slices.Values(all)), func(s string) bool { return !strings.HasPrefix(s, "jenkins") && !strings.HasPrefix(s, "alan") })
}

// A user who takes a name that the credential report knows from another has its own keys
// and password, and so has the other, before and after the next report.
func TestANameOfTheReportThatAnotherUserTakes(t *testing.T) {
	t.Parallel()
	for _, keys := range []collect.KeyMode{collect.IDKeys, collect.FreshKeys} {
		c := newCompany(t)
		a := c.World.Account(member1)
		jenkins := a.AddUser("jenkins")
		first, second := jenkins.NewKey().AccessKeyID, jenkins.NewKey().AccessKeyID
		c.Clock.Advance(time.Hour)
		alan := a.AddUser("alan")
		own := alan.NewKey().AccessKeyID
		alan.SetLogin(c.Clock.Now(), time.Time{})
		c.Clock.Advance(time.Hour)
		mode := func(o *collect.Options) { o.Keys, o.Clock = keys, c.Clock.Now }
		c.sync(mode)
		c.rename("jenkins", "jenkins-old")
		c.rename("alan", "jenkins")
		want := []string{"jenkins " + own, "jenkins-old " + first, "jenkins-old " + second}
		slices.Sort(want)
		for range 3 {
			c.Clock.Advance(3 * time.Hour) // the third sync has another report
			if gaps := c.sync(mode).Gaps(); len(gaps) > 0 {
				t.Fatalf("%s: %+v", keys, gaps)
			}
			if got := c.ownersOfKeys(); !slices.Equal(got, want) {
				t.Errorf("%s: %q, want %q", keys, got, want)
			}
			now, _ := c.credentials("/jenkins")
			old, _ := c.credentials("/jenkins-old")
			if !now.Password || old.Password {
				t.Errorf("%s: alan has %+v, jenkins %+v", keys, now, old)
			}
		}
	}
}

// The IDs of keys that were created in one second stay with their users when the users
// swap names before the next report.
func TestIDsOfKeysOfUsersWhoSwapNames(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	a := c.World.Account(member1)
	jenkins, alan := a.AddUser("jenkins"), a.AddUser("alan")
	first, own := jenkins.NewKey().AccessKeyID, alan.NewKey().AccessKeyID
	c.Clock.Advance(time.Hour)
	c.whole()
	c.rename("jenkins", "other")
	c.rename("alan", "jenkins")
	c.rename("other", "alan")
	c.Clock.Advance(24 * time.Hour) // there is another report
	c.whole()
	if got, want := c.ownersOfKeys(), []string{"alan " + first, "jenkins " + own}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// With the report alone, the keys of users whom it does not know are a gap that names
// them. What the snapshot had of their keys stays, under the names of now.
func TestKeysOfUsersWhomTheReportAloneDoesNotKnow(t *testing.T) {
	t.Parallel()
	for _, first := range []collect.KeyMode{collect.IDKeys, collect.ReportKeys} {
		c := newCompany(t)
		a := c.World.Account(member1)
		key := a.AddUser("jenkins").NewKey().AccessKeyID
		c.Clock.Advance(time.Hour)
		own := a.AddUser("alan").NewKey().AccessKeyID
		c.Clock.Advance(time.Hour)
		c.sync(func(o *collect.Options) { o.Keys = first })
		had := len(c.ownersOfKeys())
		c.rename("jenkins", "jenkins-old")
		c.rename("alan", "jenkins")
		c.Clock.Advance(time.Minute)
		late := a.AddUser("alan").NewKey().AccessKeyID
		for range 2 {
			result := c.sync(func(o *collect.Options) { o.Keys = collect.ReportKeys })
			o := outcome(result, member1, snapshot.IAMAccessKeys)
			if !o.Gap() || !strings.Contains(o.Reason, "user/jenkins-old") || !strings.Contains(o.Reason, "user/alan") || o.AsOf.IsZero() || len(result.Gaps()) != 1 {
				t.Errorf("%s: %+v of %+v", first, o, result.Gaps())
			}
			if n := result.Calls["iam:ListAccessKeys"]; n != 0 {
				t.Errorf("%s: %d users were asked for keys", first, n)
			}
			want := []string{"jenkins " + own, "jenkins-old " + key}
			if first == collect.ReportKeys {
				of := "arn:aws:iam::" + member1 + ":user/"
				want = []string{"jenkins " + of + "jenkins#1", "jenkins-old " + of + "jenkins-old#1"}
			}
			if got := c.ownersOfKeys(); !slices.Equal(got, want) || had != len(want) {
				t.Errorf("%s: %q, want %q", first, got, want)
			}
		}
		c.whole()
		if got, want := c.ownersOfKeys(), []string{"alan " + late, "jenkins " + own, "jenkins-old " + key}; !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", first, got, want)
		}
	}
}

// If one call for the IDs of keys is denied, once, the cell of the IDs is a gap that names
// the user: the keys are there without their IDs until the next sync.
func TestIDsOfKeysThatOneCallDidNotTell(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.fault(awssim.Fault{Service: "iam", Action: "ListAccessKeys", Account: member1, Nth: 1, Times: 1, Effect: awssim.DenyAccess})
	result := c.sync()
	o := outcome(result, member1, snapshot.IAMAccessKeyIDs)
	if o.Status != snapshot.Denied || !strings.Contains(o.Reason, "user/people/") || o.Action != "iam:ListAccessKeys" || len(result.Gaps()) != 1 {
		t.Errorf("%+v of %+v", o, result.Gaps())
	}
	if !c.has("iam.access-key:arn:aws:iam::" + member1 + ":user/people/") {
		t.Error("all keys have their IDs")
	}
	c.whole()
	if c.has("iam.access-key:arn:aws:iam::" + member1 + ":user/people/") {
		t.Error("a key has no ID after the next sync")
	}
}
