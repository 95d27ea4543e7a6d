package sync

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// gap is a cell that was not read.
type gap struct {
	Account string          `json:"account"`
	Region  string          `json:"region,omitempty"`
	Facet   snapshot.Facet  `json:"facet"`
	Status  snapshot.Status `json:"status"`
	Action  string          `json:"action,omitempty" jsonschema:"the IAM action that the policy lacks"`
	Reason  string          `json:"reason,omitempty"`
	Fix     string          `json:"fix,omitempty"`
}

func gapsOf(outcomes []snapshot.Outcome) []gap {
	var out []gap
	for _, o := range outcomes {
		if o.Gap() {
			out = append(out, gap{o.Account, o.Region, o.Facet, o.Status, o.Action, o.Reason, o.Fix})
		}
	}
	return out
}

// gapGroup is the gaps of one missing action, or of one reason.
type gapGroup struct {
	Status   snapshot.Status  `json:"status" column:"STATUS"`
	Action   string           `json:"action,omitempty" column:"MISSING ACTION" room:"last" jsonschema:"the IAM action that the policy lacks"`
	Accounts []string         `json:"accounts"`
	Where    string           `json:"-" column:"ACCOUNTS" room:"last"`
	Cells    int              `json:"cells" column:"CELLS" room:"first"`
	Facets   []snapshot.Facet `json:"facets"`
	What     string           `json:"-" column:"NOT READ" room:"first"`
	Reason   string           `json:"reason" jsonschema:"that of the first cell"`
	Why      string           `json:"-" column:"REASON" room:"wrap"`
	Fix      string           `json:"fix,omitempty"`
}

// assumeRole is the action that enters an account. The role's trust policy must allow
// it too, so no statement alone ends its denial.
const assumeRole = "sts:AssumeRole"

// numbersOf matches the numbers in which reasons of the same kind differ: accounts, times
// and counts.
var numbersOf = regexp.MustCompile(`[0-9]+(\.[0-9]+)?`)

// groupsOf joins gaps that the same statement would close, or that have the same reason,
// the largest first. A derived cell joins the gap that it follows from: nothing is missing
// in the account that it is kept in.
func groupsOf(gaps []snapshot.Outcome) []gapGroup {
	at := map[string]int{}
	var groups []gapGroup
	for _, o := range derivedLast(gaps) {
		key := cmp.Or(o.Action, string(o.Status)+" "+numbersOf.ReplaceAllString(o.Reason, ""))
		i, ok := at[key]
		if !ok {
			i = len(groups)
			at[key] = i
			groups = append(groups, gapGroup{Status: o.Status, Action: o.Action, Reason: o.Reason, Fix: o.Fix})
		}
		g := &groups[i]
		g.Cells++
		if o.Status == snapshot.Denied {
			g.Status, g.Reason, g.Fix = o.Status, o.Reason, o.Fix // not that of a facet that depends on it
		}
		if !slices.Contains(g.Accounts, o.Account) && (!o.Facet.Derived() || len(g.Accounts) == 0) {
			g.Accounts = append(g.Accounts, o.Account)
		}
		if !slices.Contains(g.Facets, o.Facet) {
			g.Facets = append(g.Facets, o.Facet)
		}
	}
	for i := range groups {
		groups[i].shorten()
	}
	slices.SortStableFunc(groups, func(a, b gapGroup) int {
		return cmp.Or(cmp.Compare(len(b.Accounts), len(a.Accounts)), cmp.Compare(b.Cells, a.Cells), cmp.Compare(a.Action, b.Action))
	})
	return groups
}

// derivedLast puts derived cells after those that they follow from.
func derivedLast(gaps []snapshot.Outcome) []snapshot.Outcome {
	var read, derived []snapshot.Outcome
	for _, o := range gaps {
		if o.Facet.Derived() {
			derived = append(derived, o)
		} else {
			read = append(read, o)
		}
	}
	return append(read, derived...)
}

// shorten sets what tables show.
func (g *gapGroup) shorten() {
	g.Where = g.Accounts[0]
	if len(g.Accounts) > 1 {
		g.Where = fmt.Sprint(len(g.Accounts))
	}
	var facets []string
	for _, f := range g.Facets {
		facets = append(facets, string(f))
	}
	g.What = some(facets, 3)
	if g.Action == "" {
		g.Why = g.Reason
	}
}

// some joins the first of several names.
func some(names []string, most int) string {
	if more := len(names) - most; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), more)
	}
	return strings.Join(names, ", ")
}

// String describes a group in one line.
func (g gapGroup) String() string {
	where := some(g.Accounts, 3)
	if len(g.Accounts) > 3 {
		where = kit.Count(len(g.Accounts), "account")
	}
	switch {
	case g.Action == assumeRole:
		return fmt.Sprintf("%s cannot be entered (%s denied)", where, assumeRole)
	case g.Action != "":
		return fmt.Sprintf("%s is denied in %s: %s", g.Action, where, g.What)
	}
	return fmt.Sprintf("%s in %s: %s: %s", g.Status, where, g.What, g.Reason)
}

// statementOf returns the IAM statement that allows the actions that are missing; "" if
// none are.
func statementOf(groups []gapGroup) string {
	var s struct {
		Effect   string
		Action   []string
		Resource string
	}
	s.Effect, s.Resource = "Allow", "*"
	for _, g := range groups {
		if g.Action != "" && g.Action != assumeRole {
			s.Action = append(s.Action, g.Action)
		}
	}
	if len(s.Action) == 0 {
		return ""
	}
	slices.Sort(s.Action)
	raw, _ := json.Marshal(s) // plain data always marshals
	return string(raw)
}

// fixesOf says what closes gaps: one statement for all actions that are missing, and
// the fixes of the others.
func fixesOf(groups []gapGroup) []string {
	var fixes []string
	if statement := statementOf(groups); statement != "" {
		fixes = append(fixes, "allow Hawser's role in these accounts what it lacks: "+statement)
	}
	for _, g := range groups {
		if (g.Action == "" || g.Action == assumeRole) && g.Fix != "" && !slices.Contains(fixes, g.Fix) && len(fixes) < mostGapLines {
			fixes = append(fixes, g.Fix)
		}
	}
	return fixes
}

type gapsInput struct {
	Connection string `json:"connection,omitempty" jsonschema:"the gaps of one connection; default: of all" complete:"connection"`
}

// gapReport lists what is missing in the snapshot.
type gapReport struct {
	Cells     int        `json:"cells" jsonschema:"how many cells could not be read"`
	Groups    []gapGroup `json:"groups" jsonschema:"by missing action, or by reason"`
	Statement string     `json:"statement,omitempty" jsonschema:"the IAM statement that allows all that is missing"`
	Fixes     []string   `json:"fixes,omitempty"`
	Notes     []string   `json:"notes,omitempty"`

	unseen bool // nothing was synced yet
}

// Unseen implements tool.Unseener.
func (r gapReport) Unseen() bool { return r.unseen }

func (b *box) gapsTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name: "sync.gaps", Items: "gaps", Summary: "List what could not be read, by missing permission, with the statement that allows it",
		Effect: tool.Read, Idempotent: true, Args: []string{"connection"},
		Examples: []tool.Example{{Does: "of all connections", Input: `{}`}},
	}, b.syncGaps)
}

func (b *box) syncGaps(ctx context.Context, call *tool.Call, in gapsInput) (gapReport, error) {
	st, err := b.OpenStore()
	if err != nil {
		return gapReport{}, err
	}
	if in.Connection != "" {
		if err := kit.Synced(ctx, st, in.Connection); err != nil {
			return gapReport{}, err
		}
	}
	gaps, err := st.Gaps(ctx, in.Connection)
	if err != nil {
		return gapReport{}, err
	}
	groups := groupsOf(gaps)
	r := gapReport{Cells: len(gaps), Groups: groups, Statement: statementOf(groups), Fixes: fixesOf(groups)}
	if r.Notes, err = kit.StaleNotes(ctx, st, in.Connection, call.Now()); err != nil {
		return r, err
	}
	seen, err := kit.Seen(ctx, st, in.Connection)
	if err != nil {
		return r, err
	}
	r.unseen = !seen
	if r.Cells == 0 {
		r.Groups = []gapGroup{}
	}
	if r.Cells == 0 && len(r.Notes) == 0 {
		r.Notes = []string{"the last sync has no gaps"}
	}
	return r, nil
}

// Rows returns the groups for a table.
func (r gapReport) Rows() any { return r.Groups }

// Remarks say what closes the gaps.
func (r gapReport) Remarks() []string {
	var out []string
	if r.Cells > 0 {
		out = append(out, kit.Count(r.Cells, "cell")+" could not be read")
	}
	return append(append(out, r.Fixes...), r.Notes...)
}
