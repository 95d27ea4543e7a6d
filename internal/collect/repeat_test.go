package collect_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/collect"
)

// A fast call that is throttled to the last retry or broken is replaced by those that
// replace it where it is denied.
func TestFastCallsThatFailAreReplaced(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.whole()
	before := c.snapshot()
	for _, effect := range []awssim.Effect{awssim.DenyAccess, awssim.Throttle, awssim.Fail500, awssim.Reset, awssim.TruncateBody} {
		for action, want := range map[string][]string{
			"GetAccountAuthorizationDetails": {"derived.people", "iam.attachments", "iam.role-details", "iam.user-details"},
			"GetCredentialReport":            {"iam.credentials"},
			// Accounts that left the organization can't be looked for without it.
			"ListAccountsForProvisionedPermissionSet": {"derived.departed-accounts", "derived.permission-set-roles", "sso.account-roles", "sso.assignments"},
			"ListAccountAssignmentsForPrincipal":      nil,
		} {
			c.ClearFaults()
			c.fault(awssim.Fault{Action: action, Effect: effect})
			if diff := cmp.Diff(want, lost(c.sync())); diff != "" {
				t.Errorf("%s %s: %s", effect, action, diff)
			}
			if diff := cmp.Diff(before, c.snapshot()); diff != "" {
				t.Fatalf("%s %s: %s", effect, action, diff)
			}
		}
	}
}

// Sessions that expire while a sync runs are renewed, those of its own role and those
// in members, and the calls that were refused are repeated.
func TestSessionsThatExpire(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	must(c.Account.AddRole("Entry", trustHome)).Attach(must(c.Account.AWSManaged("AdministratorAccess")))
	entry := func(s *awsapi.Settings) {
		s.Role = settings.Role{RoleARN: "arn:aws:iam::" + simtest.Account + ":role/Entry"}
	}
	cells := len(c.syncFrom(entry).Outcomes)
	for at := 1; at < cells; at += stride() {
		c.open()
		seen := 0
		result := c.syncFrom(entry, func(o *collect.Options) {
			o.Progress = func(collect.Event) {
				if seen++; seen == at {
					c.Clock.Advance(2 * time.Hour)
				}
			}
		})
		if gaps := result.Gaps(); len(gaps) > 0 {
			t.Fatalf("expired at cell %d: %+v", at, gaps)
		}
	}
}
