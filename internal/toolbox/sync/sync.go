// Package sync holds the tools that take snapshots of AWS, tell of them, and write and read them as files.
package sync

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/collect/sources"
	"github.com/hawser/hawser/internal/correlate"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// box makes the tools.
type box struct {
	*kit.Kit
	people    func() (correlate.Mapping, error)
	retention func() (time.Duration, error)
}

// Tools lists the tools. People is the configured mapping of identities to
// people, and retention how long snapshots are kept, 0 for ever; they may be nil.
func Tools(k *kit.Kit, people func() (correlate.Mapping, error), retention func() (time.Duration, error)) []*tool.Tool {
	b := &box{Kit: k, people: people, retention: retention}
	return slices.Concat([]*tool.Tool{
		b.runTool(), b.planTool(), b.statusTool(), b.gapsTool(), b.runsTool(), b.backupTool(), b.forgetTool(), b.pruneTool(),
	}, b.snapshotTools())
}

// scope is the part of the input that says what a sync reads.
type scope struct {
	Connection   string   `json:"connection,omitempty" jsonschema:"the connection to sync; default: the configured default" complete:"connection"`
	Organization *bool    `json:"organization,omitempty" jsonschema:"read all accounts of the organization and Identity Center, not only one account; default: true if the connection has a member_role"`
	Include      []string `json:"include,omitempty" jsonschema:"only these accounts: ids, organizational units by id or name, or tags as NAME=VALUE"`
	Exclude      []string `json:"exclude,omitempty" jsonschema:"not these accounts, written as for include"`
	SSORegion    string   `json:"sso_region,omitempty" jsonschema:"Identity Center's region; default: the connection's sso_region, else it is found" complete:"region"`
	SSHKeys      bool     `json:"ssh_keys,omitempty" jsonschema:"read users' SSH public keys too, which takes a call for each user"`
	Keys         string   `json:"keys,omitempty" jsonschema:"where access keys are read: ids takes the credential report, and asks once for each key's ID and for keys of users whom the report does not know; report takes the report alone, so that keys of users whom it does not know are a gap; fresh asks every user" enum:"ids,report,fresh" default:"\"ids\""`
}

type runInput struct {
	scope
	losses
	Fresh        bool      `json:"fresh,omitempty" jsonschema:"start a new run even if an interrupted one could be resumed"`
	ResumeWithin tool.When `json:"resume_within,omitempty" jsonschema:"resume an interrupted run only if it began at most this long ago" default:"\"4h\""`
	Coverage     bool      `json:"coverage,omitempty" jsonschema:"show how much of each facet was read as a table"`
	Parallel     int       `json:"parallel,omitempty" jsonschema:"how many accounts are read in parallel" min:"1" max:"64" default:"16"`
}

// losses say how much may disappear at once.
type losses struct {
	AcceptLoss bool `json:"accept_loss,omitempty" jsonschema:"accept that many entities and relations disappear at once"`
	MaxLoss    int  `json:"max_loss,omitempty" jsonschema:"how many percent of the entities of a kind, or of the relations of one name, may disappear from an account at once without the cell being held; fewer than 3 always may" min:"0" max:"100" default:"30"`
}

// rules returns the rules by which cells are held.
func (l losses) rules() snapshot.Rules {
	if l.AcceptLoss {
		return snapshot.Rules{}
	}
	rules := snapshot.DefaultRules()
	rules.MaxLoss = float64(l.MaxLoss) / 100
	return rules
}

// syncNeeds returns the permissions that a sync uses. It works with fewer, and
// reports what it could not read.
func syncNeeds() []tool.Need {
	when := map[string]tool.Condition{
		"iam:ListSSHPublicKeys": {Given: []string{"ssh_keys"}},
		"ec2:DescribeRegions":   {Besides: "Identity Center's region is not known"},
	}
	var needs []tool.Need
	for _, action := range sources.New().Actions() {
		needs = append(needs, tool.Need{Action: action, Resource: "*", When: when[action]})
	}
	return needs
}

func (b *box) runTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name:    "sync.run",
		Summary: "Take a snapshot of the identities and access in an account or an organization",
		Description: "Reads IAM, the organization and Identity Center with few calls, and keeps them in the store. What can't be read becomes a gap " +
			"with its reason, and what the store knew of it is kept. An interrupted sync continues where it stopped.",
		Effect: tool.Write, Idempotent: true, Default: true, Bare: true, Plan: "sync.plan", Args: []string{"connection"}, Timeout: -1,
		Needs: syncNeeds(),
		Examples: []tool.Example{
			{Does: "the default connection", Input: `{}`},
			{Does: "a whole organization but its sandboxes", Input: `{"connection": "prod", "organization": true, "exclude": ["sandbox"]}`},
		},
	}, b.syncRun)
}

// Subject names what is written: the snapshot. AWS is only read.
func (in runInput) Subject() string {
	return "the snapshot of " + cmp.Or(in.Connection, "the default connection")
}

func (b *box) syncRun(ctx context.Context, call *tool.Call, in runInput) (syncReport, error) {
	st, err := b.OpenStore()
	if err != nil {
		return syncReport{}, err
	}
	pool, options, err := b.collecting(in.scope)
	if err != nil {
		return syncReport{}, err
	}
	unlock, err := st.DB().Lock(ctx, kit.SyncLock(options.Connection))
	if err != nil {
		return syncReport{}, err
	}
	defer unlock()
	options.Fresh, options.Accounts, options.Clock = in.Fresh, in.Parallel, call.Now
	options.Rules = in.rules()
	if options.ResumeWithin, err = kit.Ago(in.ResumeWithin, "resume_within", call.Now()); err != nil {
		return syncReport{}, err
	}
	options.Progress = func(e collect.Event) {
		call.Progress(tool.Progress{
			Subject: "sync " + options.Connection, Done: int64(e.Done), Total: int64(e.Total), Unit: "accounts", Calls: int64(e.Calls), Left: e.Left, Event: e,
		})
	}
	result, err := sources.New().Run(ctx, pool, st, options)
	if result == nil || err != nil {
		return syncReport{}, err
	}
	result.Notes = append(result.Notes, b.retain(ctx, st, call.Now())...)
	report, err := reportOf(ctx, st, options.Connection, result, call.Now())
	report.table = in.Coverage
	return report, err
}

// collecting returns the pool and the options of a scope.
func (b *box) collecting(in scope) (*awsapi.Pool, collect.Options, error) {
	pool, err := b.Pool()
	if err != nil {
		return nil, collect.Options{}, err
	}
	info, err := pool.Describe(cmp.Or(in.Connection, pool.Default()))
	if err != nil {
		return nil, collect.Options{}, err
	}
	o := collect.Options{
		Connection: info.Name, Organization: info.MemberRole != "", SSORegion: cmp.Or(in.SSORegion, info.SSORegion), Keys: collect.KeyMode(in.Keys), SSHKeys: in.SSHKeys,
		Within: info.Accounts, Include: selectionOf(in.Include), Exclude: selectionOf(in.Exclude),
	}
	if b.people != nil {
		if o.Mapping, err = b.people(); err != nil {
			return nil, o, err
		}
	}
	o.CountOthers = info.MemberRole == "" && in.Organization == nil
	if in.Organization != nil {
		o.Organization = *in.Organization
	}
	o.Choice = collect.Choice{Organization: in.Organization != nil, SSORegion: in.SSORegion != ""}
	return pool, o, nil
}

// selectionOf sorts words into accounts, tags and units.
func selectionOf(words []string) collect.Selection {
	var s collect.Selection
	for _, word := range words {
		switch {
		case arn.IsAccount(word):
			s.Accounts = append(s.Accounts, word)
		case strings.Contains(word, "="):
			s.Tags = append(s.Tags, word)
		default:
			s.Units = append(s.Units, word)
		}
	}
	return s
}
