package sync

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/collect/sources"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// plannedCalls are the calls of one API.
type plannedCalls struct {
	API   string `json:"api" column:"API"`
	Calls int    `json:"calls" column:"CALLS"`
}

// syncPlan is the prediction of a sync.
type syncPlan struct {
	collect.Prediction
	APIs []plannedCalls `json:"apis"`
}

func (b *box) planTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name: "sync.plan", Items: "calls", Summary: "Predict the calls and the time of a sync, and what a smaller policy would lose",
		Effect: tool.Read, Idempotent: true, Args: []string{"connection"}, Timeout: -1,
		Needs: []tool.Need{
			{Action: "organizations:DescribeOrganization", Resource: "*"},
			{Action: "organizations:ListAccounts", Resource: "*"},
			{Action: "organizations:ListRoots", Resource: "*"},
			{Action: "organizations:ListOrganizationalUnitsForParent", Resource: "*"},
			{Action: "organizations:ListAccountsForParent", Resource: "*", When: tool.Condition{Besides: "units are included or excluded"}},
			{Action: "organizations:ListTagsForResource", Resource: "*", When: tool.Condition{Besides: "tags are included or excluded"}},
			{Action: "iam:GetAccountSummary", Resource: "*"},
			{Action: "organizations:ListPolicies", Resource: "*", When: tool.Condition{Besides: "the organization was not read yet"}},
			{Action: "sso:ListInstances", Resource: "*", When: tool.Condition{Besides: "Identity Center was not read yet"}},
			{Action: "ec2:DescribeRegions", Resource: "*", When: tool.Condition{Besides: "Identity Center was not read yet"}},
			{Action: "sso:ListPermissionSets", Resource: "*", When: tool.Condition{Besides: "Identity Center was not read yet"}},
			{Action: "sso:DescribePermissionSet", Resource: "*", When: tool.Condition{Besides: "Identity Center was not read yet"}},
			{Action: "sso:ListAccountsForProvisionedPermissionSet", Resource: "*", When: tool.Condition{Besides: "Identity Center was not read yet"}},
			{Action: "identitystore:ListUsers", Resource: "*", When: tool.Condition{Besides: "Identity Center was not read yet"}},
			{Action: "identitystore:ListGroups", Resource: "*", When: tool.Condition{Besides: "Identity Center was not read yet"}},
		},
		Examples: []tool.Example{{Does: "the default connection", Input: `{}`}},
	}, b.syncPlan)
}

func (b *box) syncPlan(ctx context.Context, _ *tool.Call, in scope) (syncPlan, error) {
	st, err := b.OpenStore()
	if err != nil {
		return syncPlan{}, err
	}
	pool, options, err := b.collecting(in)
	if err != nil {
		return syncPlan{}, err
	}
	p, err := sources.New().Plan(ctx, pool, st, options)
	if err != nil {
		return syncPlan{}, err
	}
	plan := syncPlan{Prediction: *p}
	for _, api := range slices.Sorted(maps.Keys(p.Calls)) {
		if n := p.Calls[api]; n > 0 {
			plan.APIs = append(plan.APIs, plannedCalls{api, n})
		}
	}
	return plan, nil
}

// Rows returns the calls for a table.
func (p syncPlan) Rows() any { return p.APIs }

// total says how many calls a sync makes: a range where the least is less than nine
// tenths of the most.
func (p syncPlan) total() string {
	of := kit.Count(p.Accounts, "account")
	entities := fmt.Sprintf("entity by entity it would be %d", p.EntityByEntity)
	if 10*p.Least < 9*p.Total {
		return fmt.Sprintf("at most %s for %s, and at least %d: the first sync finds out how many users have access keys and devices; %s",
			kit.Count(p.Total, "call"), of, p.Least, entities)
	}
	return fmt.Sprintf("%s for %s; %s", kit.Count(p.Total, "call"), of, entities)
}

// Remarks sum the prediction up.
func (p syncPlan) Remarks() []string {
	out := []string{p.total()}
	if p.Unreached > 0 {
		out = append(out, kit.Counted(p.Unreached, "account can't be entered, so nothing is read of it", "accounts can't be entered, so nothing is read of them"))
	}
	if p.New > 0 {
		out = append(out, "of accounts that were never read: up to 4 calls more for each user who is younger than the account's credential report")
	}
	if p.Time > 0 {
		out = append(out, fmt.Sprintf("at least %s, by the limit of %s", p.Time.Round(time.Second), p.Slowest))
	} else {
		out = append(out, "AWS's limits do not hold it up")
	}
	if p.Guessed {
		out = append(out, "the sizes of what was never read are not in it")
	}
	for _, f := range p.Fallbacks {
		if len(f.Instead) == 0 {
			continue // only what is denied is missing
		}
		line := fmt.Sprintf("without %s: %s instead", f.Denied, strings.Join(f.Instead, ", "))
		if len(f.Lost) > 0 {
			var lost []string
			for _, facet := range f.Lost {
				lost = append(lost, string(facet))
			}
			line += "; lost: " + strings.Join(lost, ", ")
		}
		out = append(out, line)
	}
	return append(out, "any other call that is denied loses what it reads, and nothing else")
}
