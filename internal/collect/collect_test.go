package collect_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/identitycenter"
	"github.com/hawser/hawser/internal/awssim/organizations"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/store"
)

// company is a simulated organization with the store that it is synced into.
type company struct {
	*simtest.Sim
	t      *testing.T
	book   *store.Store
	center *identitycenter.Instance
}

const (
	member1, member2 = "222233334444", "333344445555"
	adminPolicy      = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}`
	readPolicy       = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}`
	trustHome        = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole"}]}`
	trustService     = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}`
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// newCompany makes three accounts with users, groups, roles, policies and keys
// each, and an Identity Center over them.
func newCompany(t *testing.T) *company {
	t.Helper()
	c := &company{Sim: simtest.Start(t), t: t}
	org := must(organizations.New(c.World, c.Account, "root@example.com", 1))
	prod := org.Root.AddUnit("prod")
	for i, id := range []string{member1, member2} {
		a := c.AddAccount(id, fmt.Sprintf("member-%d", i+1))
		must(prod.AddAccount(a, fmt.Sprintf("member-%d@example.com", i+1)))
		must(a.AddRole("Hawser", trustHome)).Attach(must(a.AWSPolicy("AdministratorAccess", adminPolicy)))
	}
	for _, a := range c.Accounts() {
		furnish(a)
	}
	c.open()
	i := must(identitycenter.Enable(c.World, c.Account, "us-east-1", 1))
	ada := must(i.AddUser("ada", "Ada", "L", "ada@example.com"))
	bob := must(i.AddUser("bob", "Bob", "M", "bob@example.com"))
	i.SetActive(bob, false)
	ops := must(i.AddGroup("ops", "Operations"))
	i.AddMember(ops, ada, bob)
	set := &identitycenter.PermissionSet{Name: "Admin"}
	if err := i.AddPermissionSet(set); err != nil {
		t.Fatal(err)
	}
	for _, account := range []string{member1, member2} {
		if err := i.Assign(set, account, ops); err != nil {
			t.Fatal(err)
		}
	}
	if err := i.Assign(set, member1, ada); err != nil {
		t.Fatal(err)
	}
	c.center = i
	return c
}

// open gives the company a store, which is empty.
func (c *company) open() {
	c.t.Helper()
	c.book = must(store.Open(c.t.Context(), filepath.Join(c.t.TempDir(), "hawser.db")))
	c.t.Cleanup(func() { _ = c.book.Close() })
}

// furnish puts into an account what the picture of one has to hold. Names are
// the same in all accounts.
func furnish(a *awssim.Account) {
	read := must(a.AddPolicy("Read", readPolicy))
	bound := must(a.AddPolicy("Bound", adminPolicy))
	ada, bob := a.AddUserAt("/people/", "ada"), a.AddUserAt("/people/", "bob")
	ada.Tags = map[string]string{"team": "x"}
	ada.Bound(bound)
	ada.SetLogin(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC))
	ada.AddMFA()
	old := ada.NewKey()
	old.Age(time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), awssim.KeyUse{At: time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC), Region: "us-east-1", Service: "s3"})
	bob.NewKey().Deactivate()
	ops := a.AddGroup("ops")
	ops.AddMember(ada)
	ops.AddMember(bob)
	ops.Attach(read)
	if err := bob.PutPolicy("inline", readPolicy); err != nil {
		panic(err)
	}
	fn := must(a.AddRoleAt("/service-role/", "Function", trustService))
	fn.Attach(read)
	a.AddInstanceProfile("web", fn)
	a.SetAlias("acme-" + a.ID[:4])
	a.RootKey()
}

func (c *company) pool(settings ...func(*awsapi.Settings)) *awsapi.Pool {
	s := awsapi.Settings{
		AccessKeyID: awsapi.NewSecret(c.Key.AccessKeyID), SecretAccessKey: awsapi.NewSecret(c.Key.SecretAccessKey),
		Region: "us-east-1", Endpoint: c.URL, MemberRole: "Hawser",
	}
	for _, change := range settings {
		change(&s)
	}
	quick := awsapi.WithBackoff(awsapi.Backoff{Attempts: 3, Transient: 3, Base: time.Millisecond, Cap: 5 * time.Millisecond})
	return awsapi.NewPool(map[string]awsapi.Settings{"acme": s}, quick)
}

func options() collect.Options {
	return collect.Options{Connection: "acme", Organization: true, Speed: 1000}
}

// sync syncs with the options, which may be changed.
func (c *company) sync(change ...func(*collect.Options)) *collect.Result {
	c.t.Helper()
	o := options()
	for _, f := range change {
		f(&o)
	}
	result, err := collect.Run(c.t.Context(), c.pool(), c.book, o)
	if err != nil {
		c.t.Fatal(err)
	}
	return result
}

// picture is everything that the store holds now: entities with their bodies,
// and edges.
func (c *company) picture() []string {
	c.t.Helper()
	var out []string
	all, err := c.book.Entities(c.t.Context(), snapshot.Filter{Limit: 100_000})
	if err != nil {
		c.t.Fatal(err)
	}
	for _, e := range all {
		if e.Key == c.Key.AccessKeyID {
			e.Body = nil // a sync uses it, and so it changes
		}
		out = append(out, fmt.Sprintf("%s %s %s %s", e.ID, e.Account, e.Name, e.Body))
	}
	links, _, err := c.book.Edges(c.t.Context(), 0, 0, 100_000)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, l := range links {
		out = append(out, fmt.Sprintf("%s %s %s %s", l.From, l.Relation, l.To, l.Body))
	}
	slices.Sort(out)
	return out
}

func (c *company) whole() {
	c.t.Helper()
	for _, g := range c.sync().Gaps() {
		c.t.Fatalf("%+v", g)
	}
}

// The picture is what Go put into the world.
func TestPictureIsTheTruth(t *testing.T) {
	c := newCompany(t)
	c.whole()
	text := strings.Join(c.picture(), "\n")
	for _, a := range c.Accounts() {
		arn := "arn:aws:iam::" + a.ID + ":"
		for _, want := range []string{
			"iam.user:" + arn + "user/people/ada " + a.ID + " ada", `"tags":{"team":"x"}`, `"password_last_used":"2025-01-01T00:00:00Z"`, `"mfa":true`,
			"iam.user:" + arn + "user/people/ada member-of iam.group:" + arn + "group/ops",
			"iam.user:" + arn + "user/people/ada boundary iam.policy:" + arn + "policy/Bound",
			"iam.user:" + arn + "user/people/bob attached iam.inline-policy:" + arn + "user/people/bob#inline",
			"iam.group:" + arn + "group/ops attached iam.policy:" + arn + "policy/Read",
			"aws.service:lambda.amazonaws.com may-assume iam.role:" + arn + "role/service-role/Function",
			"iam.instance-profile:" + arn + "instance-profile/web holds iam.role:" + arn + "role/service-role/Function",
			"iam.root:" + arn + "root owns iam.access-key:" + arn + "root#1",
			`"last_used":{"at":"2021-01-01T00:00:00Z","region":"us-east-1","service":"s3"}`,
			`"aliases":["acme-` + a.ID[:4],
		} {
			if !strings.Contains(text, want) {
				t.Errorf("account %s: no %s", a.ID, want)
			}
		}
	}
	for _, want := range []string{
		`"status":"DISABLED"`, "assigned sso.account-role:", "became iam.role:arn:aws:iam::" + member1 + ":role/", "person:ada@example.com is iam.user:",
		"org.account:" + member1 + " in org.unit:",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s", want)
		}
	}
	if n := strings.Count(text, "sso.account-role:") - strings.Count(text, " sso.account-role:"); n != 2+2+2+2 {
		t.Errorf("%d lines of account roles", n)
	}
	if t.Failed() {
		t.Log(text)
	}
}

// What is as it was is not written again, and keys' IDs are asked for once.
func TestASecondSyncWritesNothing(t *testing.T) {
	c := newCompany(t)
	c.whole()
	again := c.sync()
	if again.Opened != 0 || again.Closed != 0 {
		t.Errorf("opened %d, closed %d", again.Opened, again.Closed)
	}
	if n := again.Calls["iam:ListAccessKeys"]; n != 0 {
		t.Errorf("keys' IDs were asked for %d times again", n)
	}
}

// Each API that can't be read is a gap of its own cells; the picture of before
// stays, and nothing is invented.
func TestEachUnreadableAPIIsAGap(t *testing.T) {
	c := newCompany(t)
	c.whole()
	before := c.picture()
	for _, effect := range []awssim.Effect{awssim.DenyAccess, awssim.Fail500} {
		for i, action := range collect.Actions() {
			if effect == awssim.Fail500 && i%4 != 0 {
				continue // a failure is handled as a denial is, and takes longer
			}
			service, operation, _ := strings.Cut(action, ":")
			c.ClearFaults()
			if err := c.AddFault(awssim.Fault{Service: service, Action: operation, Effect: effect}); err != nil {
				t.Fatal(err)
			}
			result, err := collect.Run(t.Context(), c.pool(), c.book, options())
			if err != nil {
				if !errors.Is(err, fault.Denied) && !errors.Is(err, fault.Unavailable) && !errors.Is(err, fault.Invalid) {
					t.Errorf("%s %s: %v", effect, action, err)
				}
			} else if len(result.Gaps()) == 0 && result.Calls[action] > 0 && !harmless[action] {
				t.Errorf("%s %s left no gap in %d calls", effect, action, result.Calls[action])
			}
			if diff := cmp.Diff(before, c.picture()); diff != "" {
				t.Fatalf("%s %s changed the picture:\n%s", effect, action, diff)
			}
		}
	}
}

// harmless are the APIs whose denial costs nothing here: another brings the
// same.
var harmless = map[string]bool{
	"sso:ListAccountsForProvisionedPermissionSet": true, "sso:ListAccountAssignmentsForPrincipal": true,
}

// One account that can't be reached spoils none of the others.
func TestOneAccountDenied(t *testing.T) {
	c := newCompany(t)
	c.whole()
	before := c.picture()
	must(c.World.Account(member2).AddRole("Hawser", trustService)) // it no longer trusts us
	result := c.sync()
	for _, g := range result.Gaps() {
		if g.Account != member2 || g.Status != snapshot.Denied || g.Reason == "" {
			t.Errorf("%+v", g)
		}
	}
	if len(result.Gaps()) == 0 {
		t.Error("no gap")
	}
	if diff := cmp.Diff(before, c.picture()); diff != "" {
		t.Error(diff)
	}
}

// Storms of faults are ridden out, or leave gaps; what was read is right.
func TestStorms(t *testing.T) {
	for _, effect := range []awssim.Effect{awssim.Throttle, awssim.Fail500, awssim.Fail503, awssim.Reset, awssim.TruncateBody, awssim.ExpireToken} {
		t.Run(string(effect), func(t *testing.T) {
			c := newCompany(t)
			c.whole()
			before := c.picture()
			for _, service := range []string{"iam", "sso", "identitystore"} {
				if err := c.AddFault(awssim.Fault{Service: service, Probability: 0.3, Effect: effect}); err != nil {
					t.Fatal(err)
				}
			}
			result := c.sync()
			if diff := cmp.Diff(before, c.picture()); diff != "" {
				t.Errorf("%d gaps, and the picture is another:\n%s", len(result.Gaps()), diff)
			}
		})
	}
}

func TestAReportThatIsNeverReady(t *testing.T) {
	c := newCompany(t)
	c.whole()
	before := c.picture()
	c.World.Account(member1).StallReports(true)
	result := c.sync()
	gaps := result.Gaps()
	if len(gaps) == 0 || gaps[0].Account != member1 || !strings.Contains(gaps[0].Reason, "not ready") {
		t.Errorf("%+v", gaps)
	}
	if diff := cmp.Diff(before, c.picture()); diff != "" {
		t.Error(diff)
	}
}

// A sync that is cut off at any cell goes on from there, and comes to the same
// picture.
func TestInterruptedAtEachCell(t *testing.T) {
	whole := newCompany(t)
	cells := len(whole.sync().Outcomes)
	want := whole.picture()
	for at := 1; at < cells; at += 5 {
		c := whole
		c.open()
		ctx, cancel := context.WithCancel(t.Context())
		o, seen := options(), 0
		o.Accounts = 1
		o.Progress = func(collect.Event) {
			if seen++; seen == at {
				cancel()
			}
		}
		first, err := collect.Run(ctx, c.pool(), c.book, o)
		cancel()
		if !errors.Is(err, fault.Canceled) {
			t.Fatalf("cut off at cell %d: %v", at, err)
		}
		second := c.sync()
		if second.Run != first.Run || !second.Resumed || len(second.Gaps()) > 0 {
			t.Fatalf("cut off at cell %d: %+v", at, second)
		}
		if diff := cmp.Diff(want, c.picture()); diff != "" {
			t.Fatalf("cut off at cell %d: %s", at, diff)
		}
	}
}

// What a smaller policy allows is read, and the rest is named.
func TestMinimalPolicies(t *testing.T) {
	allow := func(actions string) string {
		var list []string
		for _, a := range strings.Fields(actions) {
			list = append(list, `"`+a+`"`)
		}
		return `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": [` + strings.Join(list, ",") + `], "Resource": "*"}]}`
	}
	tests := []struct {
		name, policy string
		organization bool
		ok           []snapshot.Facet // that must be read
		gap          []snapshot.Facet // that must be named
	}{
		{
			"IAM's lists alone", allow("iam:ListUsers iam:ListGroups iam:ListRoles iam:GetGroup"), false,
			[]snapshot.Facet{"iam.users", "iam.groups", "iam.memberships", "iam.roles"},
			[]snapshot.Facet{"iam.user-details", "iam.role-details", "iam.attachments", "iam.policies", "iam.credentials", "iam.access-keys", "iam.account-summary"},
		},
		{
			"with keys", allow("iam:ListUsers iam:ListGroups iam:ListRoles iam:GetGroup iam:ListAccessKeys iam:GetAccessKeyLastUsed"), false,
			[]snapshot.Facet{"iam.users", "iam.memberships", "iam.access-keys", "iam.access-key-ids", "iam.access-key-last-used"},
			[]snapshot.Facet{"iam.credentials", "iam.attachments"},
		},
		{
			"an organization", allow(`iam:GetGroup iam:ListAccountAliases iam:ListGroups iam:ListRoles iam:ListUsers identitystore:ListGroupMemberships
				identitystore:ListGroups identitystore:ListUsers organizations:ListAccounts sso:DescribePermissionSet sso:ListAccountAssignments
				sso:ListInstances sso:ListPermissionSets sso:ListPermissionSetsProvisionedToAccount sts:AssumeRole`), true,
			[]snapshot.Facet{
				"iam.users", "iam.memberships", "iam.account-aliases", "org.accounts", "sso.users", "sso.groups", "sso.memberships",
				"sso.permission-sets", "sso.account-roles", "sso.assignments",
			},
			[]snapshot.Facet{"org.organization", "org.units", "iam.attachments", "sso.applications"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newCompany(t)
			user := c.Account.AddUser("small")
			if err := user.PutPolicy("small", tt.policy); err != nil {
				t.Fatal(err)
			}
			c.Key = user.NewKey()
			result := c.sync(func(o *collect.Options) { o.Organization = tt.organization })
			status := map[snapshot.Facet]snapshot.Status{}
			for _, o := range result.Outcomes {
				if o.Account == simtest.Account {
					status[o.Facet] = o.Status
				}
			}
			for _, f := range tt.ok {
				if status[f] != snapshot.OK {
					t.Errorf("%s is %s", f, status[f])
				}
			}
			for _, f := range tt.gap {
				if status[f] == snapshot.OK || status[f] == "" {
					t.Errorf("%s is %q, and could not be read", f, status[f])
				}
			}
			if t.Failed() {
				t.Logf("%+v", result.Gaps())
			}
		})
	}
}

// The organization is read from where it can be, and the error says where that
// is.
func TestAConnectionInAMemberAccount(t *testing.T) {
	c := newCompany(t)
	c.Key = c.World.Account(member1).AddUser("there").NewKey()
	_, err := collect.Run(t.Context(), c.pool(), c.book, options())
	if f := fault.From(err); !errors.Is(err, fault.Invalid) || !strings.Contains(f.Cause+f.Fix, simtest.Account) {
		t.Errorf("%v", err)
	}
}

// Accounts are chosen by number, unit and tag; those that are closed are not
// read, and each that is not says why.
func TestSelection(t *testing.T) {
	c := newCompany(t)
	org := organizations.Of(c.Account, c.World)
	org.Member(member2).Tag(map[string]string{"env": "test"})
	for name, tt := range map[string]struct {
		change func(*collect.Options)
		read   []string
	}{
		"all":              {func(*collect.Options) {}, []string{simtest.Account, member1, member2}},
		"one":              {func(o *collect.Options) { o.Include.Accounts = []string{member1} }, []string{member1}},
		"a unit":           {func(o *collect.Options) { o.Include.Units = []string{"prod"} }, []string{member1, member2}},
		"but a tag":        {func(o *collect.Options) { o.Exclude.Tags = []string{"env=test"} }, []string{simtest.Account, member1}},
		"a unit but a tag": {func(o *collect.Options) { o.Include.Units, o.Exclude.Tags = []string{"prod"}, []string{"env=test"} }, []string{member1}},
	} {
		t.Run(name, func(t *testing.T) {
			var read []string
			for _, o := range c.sync(tt.change, func(o *collect.Options) { o.Fresh = true }).Outcomes {
				if o.Facet != "iam.users" {
					continue
				}
				if o.Status == snapshot.OK {
					read = append(read, o.Account)
				} else if o.Status != snapshot.Skipped || o.Reason == "" {
					t.Errorf("%+v", o)
				}
			}
			if diff := cmp.Diff(tt.read, read); diff != "" {
				t.Error(diff)
			}
		})
	}
	org.Member(member2).Suspend()
	for _, o := range c.sync().Outcomes {
		if o.Account == member2 && (o.Status != snapshot.Skipped || !strings.HasPrefix(o.Reason, "the account is ")) && strings.HasPrefix(string(o.Facet), "iam.") {
			t.Errorf("%+v", o)
		}
	}
}
