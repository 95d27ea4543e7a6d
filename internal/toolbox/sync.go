package toolbox

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/awsapi"
	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/tool"
)

// syncScope says what a sync reads.
type syncScope struct {
	Connection   string   `json:"connection,omitempty" jsonschema:"the connection to sync; default: the configured default" complete:"connection"`
	Organization *bool    `json:"organization,omitempty" jsonschema:"read all accounts of the organization and Identity Center, not the one account alone; default: where the connection has a member_role"`
	Include      []string `json:"include,omitempty" jsonschema:"only these accounts: ids, organizational units by id or name, or tags as NAME=VALUE"`
	Exclude      []string `json:"exclude,omitempty" jsonschema:"not these accounts, written as for include"`
	SSORegion    string   `json:"sso_region,omitempty" jsonschema:"Identity Center's region; default: the connection's sso_region, else it is found" complete:"region"`
	SSHKeys      bool     `json:"ssh_keys,omitempty" jsonschema:"read users' SSH public keys too, which takes a call for each user"`
	Keys         string   `json:"keys,omitempty" jsonschema:"where access keys are read: ids asks once for each key's ID, report takes what the credential report says alone" enum:"ids,report" default:"\"ids\""`
}

type syncRunInput struct {
	syncScope
	Fresh      bool `json:"fresh,omitempty" jsonschema:"start anew where an interrupted run could be resumed"`
	AcceptLoss bool `json:"accept_loss,omitempty" jsonschema:"believe it where much is gone at once"`
	MaxLoss    int  `json:"max_loss,omitempty" jsonschema:"how many percent of a kind may be gone from an account at once without being held" min:"0" max:"100" default:"30"`
	Parallel   int  `json:"parallel,omitempty" jsonschema:"how many accounts are read side by side" min:"1" max:"64" default:"16"`
}

// leastLoss is how many must be gone at once to be held.
const leastLoss = 5

// syncNeeds are what a sync asks of AWS. It works with less, and names what it
// could not read.
func syncNeeds() []tool.Need {
	var needs []tool.Need
	for _, action := range collect.Actions() {
		need := tool.Need{Action: action, Resource: "*"}
		if action == "iam:ListSSHPublicKeys" {
			need.When = "ssh_keys is given"
		}
		needs = append(needs, need)
	}
	return needs
}

func (b *Box) syncRunTool() *tool.Tool {
	return declare(tool.Info{
		Name:    "sync.run",
		Summary: "Take a picture of identities and access in an account or an organization",
		Description: "Reads IAM, the organization and Identity Center with few calls, and keeps them in the store. What can't be read is a gap " +
			"with its reason; it takes nothing away from what was there. An interrupted sync goes on where it was.",
		Effect: tool.Write, Idempotent: true, Default: true, Args: []string{"connection"}, Timeout: -1,
		Needs: syncNeeds(),
		Examples: []tool.Example{
			{Does: "the default connection", Input: `{}`},
			{Does: "a whole organization but its sandboxes", Input: `{"connection": "prod", "organization": true, "exclude": ["sandbox"]}`},
		},
	}, b.syncRun)
}

// Subject names what is written: Hawser's own picture. AWS is only read.
func (in syncRunInput) Subject() string {
	return "the picture of " + cmp.Or(in.Connection, "the default connection")
}

func (b *Box) syncRun(ctx context.Context, call *tool.Call, in syncRunInput) (syncReport, error) {
	book, err := b.book()
	if err != nil {
		return syncReport{}, err
	}
	pool, options, err := b.collecting(in.syncScope)
	if err != nil {
		return syncReport{}, err
	}
	unlock, err := book.Lock(ctx, "sync "+options.Connection)
	if err != nil {
		return syncReport{}, err
	}
	defer unlock()
	options.Fresh, options.Accounts, options.Clock = in.Fresh, in.Parallel, call.Now
	if !in.AcceptLoss {
		options.Rules = snapshot.Rules{MaxLoss: float64(in.MaxLoss) / 100, Least: leastLoss}
	}
	options.Progress = func(e collect.Event) {
		call.Progress(tool.Progress{Subject: "sync " + options.Connection, Done: int64(e.Done), Total: int64(e.Total), Unit: "places", Event: e})
	}
	result, err := collect.Run(ctx, pool, book, options)
	if result == nil || err != nil {
		return syncReport{}, err
	}
	return reportOf(result), nil
}

// collecting gives the pool and the options of a scope.
func (b *Box) collecting(in syncScope) (*awsapi.Pool, collect.Options, error) {
	pool, err := b.pool()
	if err != nil {
		return nil, collect.Options{}, err
	}
	info, err := pool.Describe(cmp.Or(in.Connection, pool.Default()))
	if err != nil {
		return nil, collect.Options{}, err
	}
	o := collect.Options{
		Connection: info.Name, Organization: info.MemberRole != "", SSORegion: cmp.Or(in.SSORegion, info.SSORegion), Keys: collect.KeyMode(in.Keys), SSHKeys: in.SSHKeys,
		Include: selectionOf(in.Include), Exclude: selectionOf(in.Exclude),
	}
	if b.people != nil {
		if o.Mapping, err = b.people(); err != nil {
			return nil, o, err
		}
	}
	if in.Organization != nil {
		o.Organization = *in.Organization
	}
	return pool, o, nil
}

// selectionOf sorts words into accounts, tags and units.
func selectionOf(words []string) collect.Selection {
	var s collect.Selection
	for _, word := range words {
		switch {
		case awsapi.IsAccountID(word):
			s.Accounts = append(s.Accounts, word)
		case strings.Contains(word, "="):
			s.Tags = append(s.Tags, word)
		default:
			s.Units = append(s.Units, word)
		}
	}
	return s
}

// coverage is how much of a facet was read.
type coverage struct {
	Facet     snapshot.Facet `json:"facet" column:"FACET"`
	OK        int            `json:"ok" column:"OK"`
	Denied    tally          `json:"denied" column:"DENIED"`
	Throttled tally          `json:"throttled" column:"THROTTLED"`
	Failed    tally          `json:"failed" column:"FAILED"`
	Skipped   tally          `json:"skipped" column:"SKIPPED"`
	Held      tally          `json:"held" column:"HELD"`
	Seen      int            `json:"seen" column:"SEEN" jsonschema:"entities and relations"`
	Calls     tally          `json:"calls" column:"CALLS"`
	Seconds   float64        `json:"seconds" column:"SECONDS" jsonschema:"of reading it, in all accounts together; what is read with others counts for the first of them"`
}

// tally is a number of which tables leave out none.
type tally int

func (n tally) String() string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(int(n))
}

// gap is a cell that was not read.
type gap struct {
	Account string          `json:"account" column:"ACCOUNT"`
	Region  string          `json:"region,omitempty" column:"REGION"`
	Facet   snapshot.Facet  `json:"facet" column:"FACET"`
	Status  snapshot.Status `json:"status" column:"STATUS"`
	Reason  string          `json:"reason,omitempty" column:"REASON"`
	Fix     string          `json:"fix,omitempty"`
}

// syncReport is what a sync came to.
type syncReport struct {
	Run      snapshot.RunID     `json:"run"`
	Status   snapshot.RunStatus `json:"status"`
	Resumed  bool               `json:"resumed,omitempty"`
	Seconds  float64            `json:"seconds"`
	Calls    map[string]int     `json:"calls" jsonschema:"requests to AWS by IAM action"`
	Opened   int                `json:"opened" jsonschema:"what appeared in the picture"`
	Closed   int                `json:"closed" jsonschema:"what went"`
	Coverage []coverage         `json:"coverage"`
	Gaps     []gap              `json:"gaps,omitempty"`
	Notes    []string           `json:"notes,omitempty"`
}

func reportOf(r *collect.Result) syncReport {
	report := syncReport{
		Run: r.Run, Status: r.Status, Resumed: r.Resumed, Seconds: r.Took.Round(10 * time.Millisecond).Seconds(), Calls: r.Calls,
		Opened: r.Opened, Closed: r.Closed, Coverage: coverageOf(r.Outcomes), Gaps: gapsOf(r.Outcomes), Notes: r.Notes,
	}
	return report
}

// coverageOf counts outcomes by facet.
func coverageOf(outcomes []snapshot.Outcome) []coverage {
	by := map[snapshot.Facet]*coverage{}
	for _, o := range outcomes {
		c := by[o.Facet]
		if c == nil {
			c = &coverage{Facet: o.Facet}
			by[o.Facet] = c
		}
		c.Seen += o.Seen
		c.Calls += tally(o.Calls)
		c.Seconds += o.Took.Seconds()
		switch o.Status {
		case snapshot.OK:
			c.OK++
		case snapshot.Denied:
			c.Denied++
		case snapshot.Throttled:
			c.Throttled++
		case snapshot.Failed:
			c.Failed++
		case snapshot.Skipped:
			c.Skipped++
		case snapshot.Held:
			c.Held++
		}
	}
	var out []coverage
	for _, facet := range slices.Sorted(maps.Keys(by)) {
		c := *by[facet]
		c.Seconds = math.Round(c.Seconds*100) / 100
		out = append(out, c)
	}
	return out
}

func gapsOf(outcomes []snapshot.Outcome) []gap {
	var out []gap
	for _, o := range outcomes {
		if o.Gap() {
			out = append(out, gap{o.Account, o.Region, o.Facet, o.Status, o.Reason, o.Fix})
		}
	}
	return out
}

// gapNote tells in one line what is not in the picture.
func gapNote(gaps []snapshot.Outcome) string {
	if len(gaps) == 0 {
		return ""
	}
	accounts := map[string]bool{}
	for _, g := range gaps {
		accounts[g.Account] = true
	}
	return fmt.Sprintf("%s of %s not read in the last sync, which could change this; hawser sync status names them",
		counted(len(gaps), "cell"), counted(len(accounts), "account"))
}

// counted writes "1 cell" and "2 cells".
func counted(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return strconv.Itoa(n) + " " + noun
}

// Rows gives the coverage for a table.
func (r syncReport) Rows() any { return r.Coverage }

// Remarks sum the run up, and name the gaps.
func (r syncReport) Remarks() []string {
	total := 0
	for _, n := range r.Calls {
		total += n
	}
	out := []string{fmt.Sprintf("run %d is %s: %d calls in %.1f s, %d appeared, %d went", r.Run, r.Status, total, r.Seconds, r.Opened, r.Closed)}
	told := gapLines(r.Gaps)
	for i, text := range told {
		if i == mostGapLines {
			out = append(out, fmt.Sprintf("and %d more: hawser sync status", len(told)-i))
			break
		}
		out = append(out, text)
	}
	return append(out, r.Notes...)
}

// mostGapLines bounds how many gaps are told.
const mostGapLines = 8

// gapLines tells gaps in a line for each account and reason.
func gapLines(gaps []gap) []string {
	type cause struct {
		account string
		status  snapshot.Status
		reason  string
	}
	var order []cause
	cells := map[cause][]string{}
	for _, g := range gaps {
		c := cause{g.Account, g.Status, g.Reason}
		if cells[c] == nil {
			order = append(order, c)
		}
		cells[c] = append(cells[c], string(g.Facet))
	}
	var out []string
	for _, c := range order {
		what := strings.Join(cells[c], ", ")
		if len(cells[c]) > 3 {
			what = fmt.Sprintf("%d cells", len(cells[c]))
		}
		out = append(out, fmt.Sprintf("%s: %s %s: %s", c.account, what, c.status, c.reason))
	}
	return out
}

// Verdict is Partial where something was not read.
func (r syncReport) Verdict() error {
	if len(r.Gaps) == 0 {
		return nil
	}
	return fault.New(fault.Partial, "%s could not be read", counted(len(r.Gaps), "cell")).WithFix("what was in the picture of them stays as it was; each gap says why")
}
