package collect_test

import (
	"slices"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/awsapi/settings"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/collect/sources"
	"github.com/hawser/hawser/internal/snapshot"
)

// What a sync itself uses is marked, so that it is no change of anybody's: its key, the
// role that it assumes with that, and those in the accounts.
func TestOwnUseIsMarked(t *testing.T) {
	t.Parallel()
	chain := func(s *awsapi.Settings) {
		s.Roles = []settings.Role{{RoleARN: "arn:aws:iam::" + simtest.Account + ":role/audit/Reader"}}
	}
	for name, tt := range map[string]struct {
		keys   collect.KeyMode
		change func(*awsapi.Settings)
	}{
		"a key":                      {collect.IDKeys, func(*awsapi.Settings) {}},
		"a key without its ID":       {collect.ReportKeys, func(*awsapi.Settings) {}},
		"a role, and a key for that": {collect.IDKeys, chain},
	} {
		c := newCompany(t)
		must(c.Account.AddRoleAt("/audit/", "Reader", trustHome)).Attach(must(c.Account.AWSManaged("AdministratorAccess")))
		sync := func() snapshot.RunID {
			o := options()
			o.Keys = tt.keys
			return must(sources.New().Run(t.Context(), c.pool(tt.change), c.store, o)).Run
		}
		first := sync()
		for range 2 { // the report of the first day has no use yet
			c.Clock.Advance(24 * time.Hour)
			last := sync()
			changes := must(c.store.Changes(t.Context(), snapshot.ChangeFilter{From: first, To: last, Limit: 99}))
			if others := slices.DeleteFunc(slices.Clone(changes), snapshot.Change.OfOwnUse); len(changes) == 0 || len(others) > 0 {
				t.Errorf("%s: %d changes, of others %+v", name, len(changes), others)
			}
			first = last
		}
	}
}
