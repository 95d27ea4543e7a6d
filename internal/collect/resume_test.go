package collect_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/collect/sources"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

// cutOff syncs until a cell that stop chooses, and is interrupted there.
func (c *company) cutOff(stop func(collect.Event) bool, change ...func(*collect.Options)) *collect.Result {
	c.t.Helper()
	ctx, cancel := context.WithCancel(c.t.Context())
	defer cancel()
	o := options()
	o.Accounts = 1
	o.Progress = func(e collect.Event) {
		if stop(e) {
			cancel()
		}
	}
	for _, f := range change {
		f(&o)
	}
	result, err := sources.New().Run(ctx, c.pool(), c.store, o)
	if !errors.Is(err, fault.Canceled) {
		c.t.Fatalf("%v", err)
	}
	return result
}

// lastOf stops at the last facet that is read of an account.
func lastOf(account string) func(collect.Event) bool {
	return func(e collect.Event) bool {
		return e.Outcome.Account == account && e.Outcome.Facet == snapshot.IAMSSHKeys
	}
}

func total(calls map[string]int) (n int) {
	for _, of := range calls {
		n += of
	}
	return n
}

// A resumed run reads what is not read yet: both parts together make about as many
// calls as a run in one piece, whatever options leave out.
func TestAResumedRunReadsOnlyTheRest(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*collect.Options){
		"everything":       func(*collect.Options) {},
		"without SSH keys": func(o *collect.Options) { o.SSHKeys = false },
		"the report alone": func(o *collect.Options) { o.SSHKeys, o.Keys = false, collect.ReportKeys },
	} {
		t.Run(name, func(t *testing.T) {
			c := newCompany(t)
			whole := c.sync(change)
			want := c.snapshot()
			c.open()
			first := c.cutOff(lastOf(member1), change)
			second := c.sync(change)
			if diff := cmp.Diff(want, c.snapshot()); diff != "" {
				t.Error(diff)
			}
			if second.Run != first.Run || len(second.Outcomes) != len(whole.Outcomes) {
				t.Errorf("run %d of %d cells; the whole has %d", second.Run, len(second.Outcomes), len(whole.Outcomes))
			}
			// The check of the connection and the search for Identity Center are made again.
			if both := total(first.Calls) + total(second.Calls); both > total(whole.Calls)+8 {
				t.Errorf("%d calls in both parts, %d in one", both, total(whole.Calls))
			}
			if n := second.Calls["organizations:ListAccounts"]; n != 0 {
				t.Errorf("the accounts are listed again, with %d calls", n)
			}
			taken := second.Taken
			if taken == nil || taken.Cells == 0 || taken.Accounts < 2 || taken.Begun.IsZero() || taken.Gaps != 0 {
				t.Errorf("%+v", taken)
			}
		})
	}
}

// What goes on from a listing that an earlier part read gets it from the store.
func TestAResumedRunGoesOnFromTheStore(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.whole()
	want := c.snapshot()
	for _, facet := range []snapshot.Facet{snapshot.OrgAccounts, snapshot.SSOSets, snapshot.SSOAccountRoles, snapshot.IAMCredentials, snapshot.IAMMFADevices, snapshot.IAMSummary} {
		c.open()
		c.cutOff(func(e collect.Event) bool { return e.Outcome.Facet == facet })
		second := c.sync()
		if len(second.Gaps()) > 0 {
			t.Errorf("%s: %+v", facet, second.Gaps())
		}
		if diff := cmp.Diff(want, c.snapshot()); diff != "" {
			t.Errorf("%s: %s", facet, diff)
		}
	}
}

// The gaps of a run that is resumed are read again, and stay gaps where that fails.
func TestAResumedRunKeepsItsGaps(t *testing.T) {
	t.Parallel()
	for _, ssh := range []bool{true, false} {
		c := newCompany(t)
		withKeys := func(o *collect.Options) { o.SSHKeys = ssh }
		for _, action := range []string{"GetAccountAuthorizationDetails", "GetCredentialReport"} {
			if err := c.AddFault(awssim.Fault{Service: "iam", Action: action, Effect: awssim.DenyAccess}); err != nil {
				t.Fatal(err)
			}
		}
		c.cutOff(lastOf(member1), withKeys)
		still := c.sync(withKeys)
		if still.Status != snapshot.Partial || still.Taken.Gaps == 0 {
			t.Errorf("it is %s, and took over %+v", still.Status, still.Taken)
		}
		for _, account := range c.Accounts() {
			at := func(o snapshot.Outcome) bool { return o.Account == account.ID && o.Facet == snapshot.IAMCredentials }
			if !slices.ContainsFunc(still.Gaps(), at) {
				t.Errorf("the credentials of %s are no gap", account.ID)
			}
		}

		c.open()
		c.cutOff(lastOf(member1), withKeys)
		c.ClearFaults()
		if fixed := c.sync(withKeys); fixed.Status != snapshot.Complete {
			t.Errorf("it is %s: %+v", fixed.Status, fixed.Gaps())
		}
	}
}

// Cells of Identity Center that were gaps as its region was not found are none any
// more when a run that is resumed finds it.
func TestAResumedRunFindsTheRegion(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.fault(awssim.Fault{Service: "sso", Action: "ListInstances", Effect: awssim.DenyAccess})
	left := map[snapshot.Facet]bool{snapshot.SSOTokenIssuers: true, snapshot.IAMSSHKeys: true}
	c.cutOff(func(e collect.Event) bool {
		if e.Outcome.Account == member2 || e.Outcome.Facet == snapshot.SSOTokenIssuers {
			delete(left, e.Outcome.Facet)
		}
		return len(left) == 0
	})
	c.ClearFaults()
	second := c.sync()
	if second.Taken.Gaps == 0 || len(second.Gaps()) > 0 {
		t.Errorf("%+v, %+v", second.Taken, second.Gaps())
	}
	if gaps, err := c.store.Gaps(t.Context(), "acme"); err != nil || len(gaps) > 0 {
		t.Errorf("%+v, %v", gaps, err)
	}
}

// A sync of other accounts does not take up a run that was interrupted: what that had read
// of accounts that are not chosen any more would count as read whole.
func TestARunOfOtherAccountsIsNotResumed(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*collect.Options){
		"included":     func(o *collect.Options) { o.Include.Accounts = []string{member1} },
		"excluded":     func(o *collect.Options) { o.Exclude.Accounts = []string{member1} },
		"within":       func(o *collect.Options) { o.Within = []string{member1} },
		"one account":  func(o *collect.Options) { o.Organization = false },
		"not narrowed": func(*collect.Options) {},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCompany(t)
			first := c.cutOff(lastOf(member1))
			second := c.sync(change)
			resumed := name == "not narrowed"
			if second.Resumed != resumed || (second.Run == first.Run) != resumed {
				t.Errorf("run %d after %d, resumed: %v", second.Run, first.Run, second.Resumed)
			}
			if told := strings.Contains(strings.Join(second.Notes, "; "), "was to read other accounts"); told == resumed {
				t.Errorf("notes: %q", second.Notes)
			}
		})
	}
}

// What a run read of access keys in one way does not count as read in another, nor does
// Identity Center in another region.
func TestARunThatReadsKeysOtherwiseIsNotResumed(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*collect.Options)
		note   string
	}{
		"fresh keys":  {func(o *collect.Options) { o.Keys = collect.FreshKeys }, "access keys in another way (--keys)"},
		"report keys": {func(o *collect.Options) { o.Keys = collect.ReportKeys }, "access keys in another way (--keys)"},
		"no SSH keys": {func(o *collect.Options) { o.SSHKeys = false }, "SSH public keys too (--ssh-keys)"},
		"the region":  {func(o *collect.Options) { o.SSORegion = "us-east-1" }, "in another region (--sso-region)"},
		"the default": {func(o *collect.Options) { o.Keys = collect.IDKeys }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCompany(t)
			users := 2*len(c.Accounts()) + 1 // and the connection's own
			first := c.cutOff(lastOf(member1))
			second := c.sync(tt.change)
			resumed := tt.note == ""
			if second.Resumed != resumed || (second.Run == first.Run) != resumed {
				t.Errorf("run %d after %d, resumed: %v", second.Run, first.Run, second.Resumed)
			}
			if !strings.Contains(strings.Join(second.Notes, "; "), tt.note) || resumed != (len(second.Notes) == 0) {
				t.Errorf("notes: %q", second.Notes)
			}
			if n := second.Calls["iam:ListAccessKeys"]; name == "fresh keys" && n != users {
				t.Errorf("the keys of %d users are read fresh, of %d", n, users)
			}
		})
	}
}

// A run that began too long ago is not resumed, and the next one says so.
func TestAnOldRunIsNotResumed(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	now := time.Now()
	clock := func(o *collect.Options) { o.Clock = func() time.Time { return now } }
	first := c.cutOff(lastOf(member1), clock)
	now = now.Add(5 * time.Hour)
	if again := c.sync(clock, func(o *collect.Options) { o.ResumeWithin = 6 * time.Hour }); again.Run != first.Run {
		t.Errorf("run %d was not resumed within six hours", first.Run)
	}
	second := c.cutOff(lastOf(member1), clock)
	now = now.Add(5 * time.Hour)
	third := c.sync(clock)
	if third.Run == second.Run || third.Resumed || len(third.Notes) == 0 || !strings.Contains(third.Notes[0], "began 5h0m0s ago") {
		t.Errorf("%+v", third.Notes)
	}
	if old, err := c.store.Run(t.Context(), second.Run); err != nil || old.Status != snapshot.Broken {
		t.Errorf("%+v, %v", old, err)
	}
}

// A sync that can't begin is a run that failed, with the reason. One that could be
// resumed still can be.
func TestASyncThatCannotBeginIsARun(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	key := c.Key
	wrong := func() error {
		t.Helper()
		c.Key = &awssim.Credential{AccessKeyID: key.AccessKeyID, SecretAccessKey: "wrong"}
		_, err := sources.New().Run(t.Context(), c.pool(), c.store, options())
		c.Key = key
		if !errors.Is(err, fault.BadCredentials) {
			t.Fatalf("%v", err)
		}
		return err
	}
	err := wrong()
	runs, listErr := c.store.Runs(t.Context(), "acme", 0, 10)
	if listErr != nil || len(runs) != 1 || runs[0].Status == snapshot.Running || runs[0].Ended.IsZero() || runs[0].Reason == "" || !strings.Contains(err.Error(), runs[0].Reason) {
		t.Fatalf("%+v, %v", runs, listErr)
	}
	first := c.cutOff(lastOf(member1))
	wrong()
	if second := c.sync(); second.Run != first.Run || second.Taken.Cells == 0 {
		t.Errorf("run %d is not resumed: %+v", first.Run, second.Taken)
	}
}

// A gap stays one until it is to be read again: a sync of one account alone says nothing
// of the others, and one of the organization ends the gaps that it does not come to.
func TestGapsStayUntilTheyAreReadAgain(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	must(c.World.Account(member2).AddRole("Hawser", trustService)) // it can't be entered
	c.fault(awssim.Fault{Service: "sso", Action: "ListInstances", Effect: awssim.DenyAccess})
	c.sync()
	c.ClearFaults()
	c.sync(func(o *collect.Options) { o.Organization = false })
	left := func() (accounts, center int) {
		t.Helper()
		for _, g := range must(c.store.Gaps(t.Context(), "acme")) {
			if g.Account == member2 {
				accounts++
			}
			if strings.HasPrefix(string(g.Facet), "sso.") {
				center++
			}
		}
		return accounts, center
	}
	if accounts, _ := left(); accounts == 0 {
		t.Error("a sync of one account ends the gaps of another")
	}
	result := c.sync()
	if accounts, center := left(); accounts == 0 || center != 0 || len(ofReading(result)) != accounts {
		t.Errorf("%d gaps of the account, %d of Identity Center, %d of the sync", accounts, center, len(ofReading(result)))
	}
	must(c.World.Account(member2).AddRole("Hawser", trustHome)).Attach(must(c.World.Account(member2).AWSManaged("AdministratorAccess")))
	c.sync()
	if gaps := must(c.store.Gaps(t.Context(), "")); len(gaps) > 0 {
		t.Errorf("%+v", gaps)
	}
}
