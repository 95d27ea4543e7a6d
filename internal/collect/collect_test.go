package collect_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awssim/organizations"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/collect/sources"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
)

const (
	member1, member2 = "222233334444", "333344445555"
	adminPolicy      = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}`
	readPolicy       = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}`
	trustHome        = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole"}]}`
	trustService     = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}`
)

// The snapshot is what Go put into the world.
func TestSnapshotHoldsWhatWasMade(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	for action := range c.sync().Calls {
		if !slices.Contains(sources.New().Actions(), action) && !strings.HasPrefix(action, "sts:") {
			t.Errorf("it calls %s, and does not say that it needs it", action)
		}
	}
	text := strings.Join(c.snapshot(), "\n")
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
			"iam.user:" + arn + "user/people/ada owns iam.mfa-device:" + arn + "mfa/ada",
			"iam.user:" + arn + "user/people/bob owns iam.mfa-device:" + arn + "u2f/user/bob/blue",
			"iam.user:" + arn + "user/people/bob owns iam.ssh-public-key:APKA",
			"iam.user:" + arn + "user/people/bob owns iam.service-specific-credential:ACCA",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("account %s: no %s", a.ID, want)
			}
		}
	}
	for _, want := range []string{
		`"status":"DISABLED"`, "assigned sso.account-role:", "became iam.role:arn:aws:iam::" + member1 + ":role/", "/ada@example.com is iam.user:",
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
	t.Parallel()
	c := newCompany(t)
	c.whole()
	again := c.sync()
	if again.Opened != 0 || again.Closed != 0 {
		t.Errorf("opened %d, closed %d", again.Opened, again.Closed)
	}
	for _, action := range []string{"iam:ListAccessKeys", "iam:ListMFADevices"} {
		if n := again.Calls[action]; n != 0 {
			t.Errorf("%s was called %d times again", action, n)
		}
	}
	c.Clock.Advance(24 * time.Hour)                        // another credential report
	if day := c.sync(); day.Opened > 3 || day.Closed > 3 { // the last use of the key that syncs, and of a role in each of two accounts
		t.Errorf("a day later it opened %d and closed %d", day.Opened, day.Closed)
	}
}

// A device that is added beside another one is found by the account's count.
func TestSecondFactors(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.whole()
	ada := c.World.Account(member1).AddUser("ada")
	ada.AddSecurityKey("red")
	result := c.sync()
	if n := result.Calls["iam:ListMFADevices"]; n != 2 {
		t.Errorf("asked %d users for devices", n)
	}
	if want := "user/people/ada owns iam.mfa-device:arn:aws:iam::" + member1 + ":u2f/user/ada/red"; !strings.Contains(strings.Join(c.snapshot(), "\n"), want) {
		t.Errorf("no %s", want)
	}
}

// SSH keys are read where that is asked for, since it takes a call for each user.
func TestSSHKeysAreLeftOut(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	result := c.sync(func(o *collect.Options) { o.SSHKeys = false })
	left := 0
	for _, o := range result.Outcomes {
		if o.Status == snapshot.Skipped && o.Facet == "iam.ssh-public-keys" && strings.Contains(o.Reason, "--ssh-keys") {
			left++
		}
	}
	if left != len(c.Accounts()) || result.Calls["iam:ListSSHPublicKeys"] != 0 {
		t.Errorf("%d left out, %d calls", left, result.Calls["iam:ListSSHPublicKeys"])
	}
}

// harmless are the APIs whose denial costs nothing here: another brings the
// same.
var harmless = map[string]bool{
	"sso:ListAccountAssignmentsForPrincipal": true,
	"ec2:DescribeRegions":                    true, // every region is searched then
	"iam:GenerateCredentialReport":           true, // the report of the sync before is there
}

// What a smaller policy allows is read, and the rest is named.
func TestMinimalPolicies(t *testing.T) {
	t.Parallel()
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
				"sso.permission-sets",
			},
			[]snapshot.Facet{"org.organization", "org.units", "iam.attachments", "sso.applications", "sso.account-roles", "sso.assignments"},
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
	t.Parallel()
	c := newCompany(t)
	c.Key = simtest.Admin(t, c.World.Account(member1), "there").NewKey()
	_, err := sources.New().Run(t.Context(), c.pool(), c.store, options())
	if f := fault.From(err); !errors.Is(err, fault.Invalid) || !strings.Contains(f.Cause+f.Fix, simtest.Account) {
		t.Errorf("%v", err)
	}
}

// Accounts are chosen by number, unit and tag; those that are closed are not
// read, and each that is not says why.
func TestSelection(t *testing.T) {
	t.Parallel()
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

// What is predicted is what is asked, before the first sync and after it.
func TestPlan(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	unforeseen := map[string]bool{
		"iam:GenerateCredentialReport": true, // one less where a report is there
		"iam:ListMFADevices":           true, // who has hardware
		"iam:ListAccessKeys":           true, // a user with two keys is asked once
		"iam:GetOpenIDConnectProvider": true, // the summary counts providers of SAML too
	}
	for _, turn := range []string{"first", "again"} {
		plan, err := sources.New().Plan(t.Context(), c.pool(), c.store, options())
		if err != nil {
			t.Fatal(err)
		}
		if plan.Guessed || plan.Accounts != len(c.Accounts()) {
			t.Errorf("%s: %+v", turn, plan)
		}
		asked := c.sync().Calls
		for action, n := range plan.Calls {
			if got := asked[action]; n != got && !unforeseen[action] {
				t.Errorf("%s: %d calls of %s, and %d were foretold", turn, got, action, n)
			}
		}
	}
}
