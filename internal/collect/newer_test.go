package collect_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/collect/sources"
	"github.com/hawser/hawser/internal/snapshot"
)

// has reports whether the snapshot has a text.
func (c *company) has(text string) bool {
	c.t.Helper()
	return strings.Contains(strings.Join(c.snapshot(), "\n"), text)
}

// outcome returns what became of a facet in an account.
func outcome(r *collect.Result, account string, f snapshot.Facet) snapshot.Outcome {
	at := slices.IndexFunc(r.Outcomes, func(o snapshot.Outcome) bool { return o.Account == account && o.Facet == f })
	if at < 0 {
		return snapshot.Outcome{}
	}
	return r.Outcomes[at]
}

// A user whom the credential report does not know yet has their keys and devices in
// the snapshot, and one who is gone since it was made has not.
func TestUsersNewerThanTheReport(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.whole()
	a := c.World.Account(member1)
	c.Clock.Advance(time.Hour)
	boss := a.AddUser("boss")
	key := boss.NewKey().AccessKeyID
	boss.AddSecurityKey("black")
	a.AddUser("bob").Remove()
	result := c.sync()
	if gaps := result.Gaps(); len(gaps) > 0 {
		t.Fatalf("%+v", gaps)
	}
	for text, want := range map[string]bool{
		"user/boss owns iam.access-key:" + key:                                true,
		"iam.user:arn:aws:iam::" + member1 + ":user/boss owns iam.mfa-device": true,
		"iam::" + member1 + ":user/people/bob owns iam.access-key":            false,
		"iam::" + member2 + ":user/people/bob owns iam.access-key":            true,
	} {
		if c.has(text) != want {
			t.Errorf("%s: %t", text, !want)
		}
	}
	if n := result.Calls["iam:ListAccessKeys"]; n != 1 {
		t.Errorf("%d users were asked for keys", n)
	}
	for _, f := range []snapshot.Facet{snapshot.IAMCredentials, snapshot.IAMAccessKeys, snapshot.IAMHardwareDevices} {
		if o := outcome(result, member1, f); o.Status != snapshot.OK || o.AsOf.IsZero() {
			t.Errorf("%+v", o)
		}
	}
}

// If such a user can't be asked, the cell of the keys is a gap.
func TestUsersNewerThanTheReportWhoCanNotBeAsked(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.whole()
	before := c.snapshot()
	c.World.Account(member1).AddUser("boss").NewKey()
	c.fault(awssim.Fault{Service: "iam", Action: "ListAccessKeys", Effect: awssim.DenyAccess})
	result := c.sync()
	if o := outcome(result, member1, snapshot.IAMAccessKeys); o.Status != snapshot.Denied || !strings.Contains(o.Reason, "user/boss") {
		t.Errorf("%+v", o)
	}
	if o := outcome(result, member2, snapshot.IAMAccessKeys); o.Status != snapshot.OK {
		t.Errorf("%+v", o)
	}
	after := slices.DeleteFunc(c.snapshot(), func(line string) bool { return strings.Contains(line, "boss") || strings.Contains(line, `"summary"`) })
	before = slices.DeleteFunc(before, func(line string) bool { return strings.Contains(line, `"summary"`) })
	if diff := cmp.Diff(before, after); diff != "" {
		t.Error(diff)
	}
}

// With fresh keys every user is asked, so that a key that is newer than the report is
// there.
func TestFreshKeys(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.whole()
	a := c.World.Account(member1)
	c.Clock.Advance(time.Hour)
	key := a.AddUser("ada").NewKey().AccessKeyID
	fresh := func(o *collect.Options) { o.Keys = collect.FreshKeys }
	o := options()
	fresh(&o)
	plan, err := sources.New().Plan(t.Context(), c.pool(), c.store, o)
	if err != nil {
		t.Fatal(err)
	}
	result := c.sync(fresh)
	if gaps := result.Gaps(); len(gaps) > 0 || !c.has("user/people/ada owns iam.access-key:"+key) {
		t.Fatalf("%+v", gaps)
	}
	if o := outcome(result, member1, snapshot.IAMAccessKeys); !o.AsOf.IsZero() || o.Way != "ListAccessKeys" {
		t.Errorf("%+v", o)
	}
	if n := result.Calls["iam:ListAccessKeys"]; n != plan.Calls["iam:ListAccessKeys"] || result.Calls["iam:GetCredentialReport"] != plan.Calls["iam:GetCredentialReport"] {
		t.Errorf("%v, and %v were planned", result.Calls, plan.Calls)
	}
	before := c.snapshot()
	c.fault(awssim.Fault{Service: "iam", Action: "ListAccessKeys", Effect: awssim.DenyAccess})
	if want := []string{"iam.access-key-ids", "iam.access-key-last-used", "iam.access-keys"}; cmp.Diff(want, lost(c.sync(fresh))) != "" {
		t.Errorf("denied: %v", lost(c.sync(fresh)))
	}
	if diff := cmp.Diff(before, c.snapshot()); diff != "" {
		t.Error(diff)
	}
}

// Keys that were read from each user are not replaced by those of an older report.
func TestFreshKeysStay(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	timed := func(o *collect.Options) { o.Clock = c.Clock.Now }
	c.sync(timed)
	c.Clock.Advance(time.Hour)
	key := c.World.Account(member1).AddUser("ada").NewKey().AccessKeyID
	c.sync(timed, func(o *collect.Options) { o.Keys = collect.FreshKeys })
	for _, mode := range []collect.KeyMode{collect.IDKeys, collect.ReportKeys} {
		c.Clock.Advance(time.Minute)
		result := c.sync(timed, func(o *collect.Options) { o.Keys = mode })
		if len(result.Gaps()) > 0 || !c.has("user/people/ada owns iam.access-key:"+key) {
			t.Errorf("%s: gaps %+v; the key is there: %t", mode, result.Gaps(), c.has("user/people/ada owns iam.access-key:"+key))
		}
	}
	c.Clock.Advance(5 * time.Hour) // then there is another report
	c.sync(timed)
	if !c.has("user/people/ada owns iam.access-key:" + key) {
		t.Error("the key is gone with the next report")
	}
}

// What is read user by user is a gap where the users can't be listed, although an
// earlier sync knew some.
func TestCellsThatRestOnUsers(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.whole()
	before := c.snapshot()
	for _, action := range []string{"GetAccountAuthorizationDetails", "ListUsers", "GetCredentialReport"} {
		c.fault(awssim.Fault{Service: "iam", Action: action, Effect: awssim.DenyAccess})
	}
	result := c.sync()
	for _, f := range []snapshot.Facet{
		snapshot.IAMUsers, snapshot.IAMAccessKeys, snapshot.IAMSSHKeys, snapshot.IAMServiceCredentials, snapshot.IAMHardwareDevices,
	} {
		if o := outcome(result, member1, f); !o.Gap() {
			t.Errorf("%+v", o)
		}
	}
	if diff := cmp.Diff(before, c.snapshot()); diff != "" {
		t.Error(diff)
	}
}
