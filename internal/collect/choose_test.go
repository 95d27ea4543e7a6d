package collect_test

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/organizations"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/collect/sources"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

// try syncs and plans with changed options, and returns the fault of each; an empty one
// for none.
func (c *company) try(change func(*collect.Options)) (*collect.Result, *fault.Error, *fault.Error) {
	c.t.Helper()
	o := options()
	o.Fresh = true
	change(&o)
	_, planned := sources.New().Plan(c.t.Context(), c.pool(), c.store, o)
	result, err := sources.New().Run(c.t.Context(), c.pool(), c.store, o)
	return result, cmp.Or(fault.From(err), &fault.Error{}), cmp.Or(fault.From(planned), &fault.Error{})
}

// readAccounts are the accounts whose users were read.
func readAccounts(r *collect.Result) (accounts []string) {
	for _, o := range r.Outcomes {
		if o.Facet == snapshot.IAMUsers && o.Status == snapshot.OK {
			accounts = append(accounts, o.Account)
		}
	}
	return accounts
}

// A list of accounts that fails is told as what it is.
func TestAListOfAccountsThatFails(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	for effect, kind := range map[awssim.Effect]fault.Kind{
		awssim.DenyAccess: fault.Denied, awssim.Throttle: fault.Throttled, awssim.Fail500: fault.Unavailable, awssim.ExpireToken: fault.ExpiredCredentials,
	} {
		c.ClearFaults()
		c.fault(awssim.Fault{Service: "organizations", Action: "ListAccounts", Effect: effect})
		_, err, planned := c.try(func(*collect.Options) {})
		if !errors.Is(err, kind) || !strings.Contains(err.Cause, "organizations:ListAccounts") || !strings.Contains(err.Fix, "accounts") {
			t.Errorf("%s: %v, %s", effect, err, err.Fix)
		}
		if !errors.Is(planned, kind) || !strings.Contains(planned.Cause, "organizations:ListAccounts") {
			t.Errorf("%s: plan: %v", effect, planned)
		}
	}
}

// The accounts of a connection bound a sync, which goes on with them where the
// organization can't be read.
func TestAccountsOfAConnection(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.whole()
	before := c.snapshot()
	within := func(o *collect.Options) { o.Within = []string{simtest.Account, member1} }
	bounded := c.sync(within)
	if diff := gocmp.Diff([]string{simtest.Account, member1}, readAccounts(bounded)); diff != "" || len(bounded.Gaps()) > 0 {
		t.Errorf("%s, %v", diff, bounded.Gaps())
	}
	if o := outcome(bounded, member2, snapshot.IAMUsers); o.Status != snapshot.Skipped || !strings.Contains(o.Reason, "connection's accounts") {
		t.Errorf("%+v", o)
	}
	c.fault(awssim.Fault{Service: "organizations", Effect: awssim.DenyAccess})
	denied := c.sync(within)
	if diff := gocmp.Diff([]string{simtest.Account, member1}, readAccounts(denied)); diff != "" {
		t.Error(diff)
	}
	if o := outcome(denied, simtest.Account, snapshot.OrgAccounts); o.Status != snapshot.Denied {
		t.Errorf("%+v", o)
	}
	if diff := gocmp.Diff(before, c.snapshot()); diff != "" {
		t.Error(diff)
	}
}

// Where the organization itself can't be described its accounts are read.
func TestAnOrganizationThatIsNotDescribed(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	for _, effect := range []awssim.Effect{awssim.Throttle, awssim.Fail500, awssim.TruncateBody} {
		c.ClearFaults()
		c.fault(awssim.Fault{Service: "organizations", Action: "DescribeOrganization", Effect: effect})
		if diff := gocmp.Diff([]string{"org.organization"}, lost(c.sync())); diff != "" {
			t.Errorf("%s: %s", effect, diff)
		}
	}
}

// Units or tags that can't be read choose no account: what was to be left out could
// be read.
func TestChoosingByWhatCanNotBeRead(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	organizations.Of(c.Account, c.World).Member(member2).Tag(map[string]string{"env": "test"})
	for _, tt := range []struct {
		action string
		change func(*collect.Options)
	}{
		{"ListAccountsForParent", func(o *collect.Options) { o.Exclude.Units = []string{"prod"} }},
		{"ListOrganizationalUnitsForParent", func(o *collect.Options) { o.Exclude.Units = []string{"prod"} }},
		{"ListRoots", func(o *collect.Options) { o.Include.Units = []string{"prod"} }},
		{"ListTagsForResource", func(o *collect.Options) { o.Exclude.Tags = []string{"env=test"} }},
	} {
		c.ClearFaults()
		c.fault(awssim.Fault{Service: "organizations", Action: tt.action, Effect: awssim.DenyAccess})
		result, err, planned := c.try(tt.change)
		if !errors.Is(err, fault.Denied) || !strings.Contains(err.Cause, tt.action) || len(readAccounts(result)) > 0 {
			t.Errorf("%s: %v, read %v", tt.action, err, readAccounts(result))
		}
		if !errors.Is(planned, fault.Denied) {
			t.Errorf("%s: plan: %v", tt.action, planned)
		}
		byNumber := c.sync(func(o *collect.Options) { o.Exclude.Accounts = []string{member2} })
		if slices.Contains(readAccounts(byNumber), member2) || len(readAccounts(byNumber)) != 2 {
			t.Errorf("%s: %v", tt.action, readAccounts(byNumber))
		}
	}
}

// A unit, a tag or an account that there is none of is an error, with what was
// probably meant.
func TestChoosingByWhatIsNotThere(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	organizations.Of(c.Account, c.World).Member(member2).Tag(map[string]string{"env": "test"})
	for word, tt := range map[string]struct {
		change func(*collect.Options)
		near   string
	}{
		"prd":          {func(o *collect.Options) { o.Exclude.Units = []string{"prd"} }, "prod"},
		"sandboxes":    {func(o *collect.Options) { o.Include.Units = []string{"prod", "sandboxes"} }, ""},
		"env=tset":     {func(o *collect.Options) { o.Exclude.Tags = []string{"env=tset"} }, "env=test"},
		"222233334445": {func(o *collect.Options) { o.Include.Accounts = []string{"222233334445"} }, member1},
	} {
		result, err, planned := c.try(tt.change)
		if !errors.Is(err, fault.Invalid) || !strings.Contains(err.Message, word) || !strings.Contains(err.Cause, tt.near) || err.Fix == "" {
			t.Errorf("%s: %v", word, err)
		}
		if result != nil || !errors.Is(planned, fault.Invalid) {
			t.Errorf("%s: %v, plan: %v", word, result, planned)
		}
	}
	alone := func(o *collect.Options) { o.Organization, o.Exclude.Accounts = false, []string{simtest.Account} }
	if result, err, planned := c.try(alone); result != nil || !errors.Is(err, fault.Invalid) || !errors.Is(planned, fault.Invalid) {
		t.Errorf("%v, %v", err, planned)
	}
}

// A sync that would read no account is refused.
func TestNoAccountIsLeft(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	for name, change := range map[string]func(*collect.Options){
		"all excluded": func(o *collect.Options) {
			o.Exclude = collect.Selection{Accounts: []string{simtest.Account, member1, member2}}
		},
		"included and excluded": func(o *collect.Options) {
			o.Include, o.Exclude = collect.Selection{Accounts: []string{member1}}, collect.Selection{Accounts: []string{member1}}
		},
	} {
		if _, err, planned := c.try(change); !errors.Is(err, fault.Invalid) || err.Field != "include" || !errors.Is(planned, fault.Invalid) {
			t.Errorf("%s: %v, plan: %v", name, err, planned)
		}
	}
}

// The names of units match whatever their case, if only one unit can be meant.
func TestUnitsInAnotherCase(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	for _, name := range []string{"PROD", "Prod"} {
		result, err, planned := c.try(func(o *collect.Options) { o.Include.Units = []string{name} })
		if diff := gocmp.Diff([]string{member1, member2}, readAccounts(result)); diff != "" || err.Kind != "" || planned.Kind != "" {
			t.Errorf("%s: %s, %v, %v", name, diff, err, planned)
		}
		result, err, _ = c.try(func(o *collect.Options) { o.Exclude.Units = []string{name} })
		if diff := gocmp.Diff([]string{simtest.Account}, readAccounts(result)); diff != "" || err.Kind != "" {
			t.Errorf("without %s: %s, %v", name, diff, err)
		}
	}
}
