package sync

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/collect/sources"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/store"
	"github.com/hawser/hawser/internal/text"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// syncReport is the outcome of a sync.
type syncReport struct {
	Run        snapshot.RunID     `json:"run"`
	Connection string             `json:"connection"`
	Status     snapshot.RunStatus `json:"status"`
	Summary    string             `json:"summary" jsonschema:"the outcome in one line"`
	Accounts   collect.Accounts   `json:"accounts"`
	Resumed    bool               `json:"resumed,omitempty"`
	Taken      *collect.Taken     `json:"taken_over,omitempty" jsonschema:"what a resumed run had read before it was interrupted"`
	Seconds    float64            `json:"seconds"`
	Calls      map[string]int     `json:"calls" jsonschema:"requests to AWS by IAM action"`
	Opened     int                `json:"opened" jsonschema:"entities and relations that are new in the snapshot, since the run began"`
	Changed    int                `json:"changed" jsonschema:"those that are another; the last use of what Hawser itself reads with is no change"`
	Closed     int                `json:"closed" jsonschema:"those that are gone"`
	Coverage   []coverage         `json:"coverage"`
	Gaps       []gap              `json:"gaps,omitempty"`
	Notes      []string           `json:"notes,omitempty"`

	now    time.Time
	counts counts
	groups []gapGroup
	table  bool // whether the text has the coverage
}

// counts are how many entities the snapshot of a connection has.
type counts struct {
	people, users, roles, keys int
	// center says whether Identity Center was read, now or before.
	center bool
}

// peopleText says how many people there are, if that was read.
func (c counts) peopleText() string {
	if c.people == 0 && !c.center {
		return "people of Identity Center not read"
	}
	return kit.Counted(c.people, "person", "people")
}

func countsOf(ctx context.Context, st *store.Store, connection string) (c counts, err error) {
	read, err := st.Of(connection).LastRead(ctx, snapshot.SSOUsers, 0)
	if err != nil {
		return c, err
	}
	c.center = len(read) > 0
	all, err := st.Counts(ctx, connection)
	for _, of := range all {
		switch of.Kind {
		case snapshot.Person:
			c.people += of.N
		case snapshot.User:
			c.users += of.N
		case snapshot.Role:
			c.roles += of.N
		case snapshot.AccessKey:
			c.keys += of.N
		}
	}
	return c, err
}

// reportOf returns the report of a run that ended.
func reportOf(ctx context.Context, st *store.Store, connection string, r *collect.Result, now time.Time) (syncReport, error) {
	report := syncReport{
		Run: r.Run, Connection: connection, Status: r.Status, Accounts: sources.New().Accounts(r.Outcomes), Resumed: r.Resumed, Taken: r.Taken,
		Seconds: r.Took.Round(10 * time.Millisecond).Seconds(), Calls: r.Calls,
		Coverage: coverageOf(r.Outcomes), Gaps: gapsOf(r.Gaps()), Notes: r.Notes, now: now, groups: groupsOf(r.Gaps()),
	}
	report.Accounts.Others = r.Others
	run, err := st.Run(ctx, r.Run) // with what it changed before it was interrupted
	if err != nil {
		return report, err
	}
	report.Opened, report.Changed, report.Closed = run.Opened, run.Changed, run.Closed
	report.counts, err = countsOf(ctx, st, connection)
	report.Summary = report.summary()
	return report, err
}

// summary is the outcome in one line.
func (r syncReport) summary() string {
	total := 0
	for _, n := range r.Calls {
		total += n
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s in %.1f s (%s): ", r.Connection, accountsText(r.Accounts), r.Seconds, kit.Count(total, "call"))
	fmt.Fprintf(&b, "%s, %s, %s, %s; %s", r.counts.peopleText(), kit.Count(r.counts.users, "IAM user"),
		kit.Count(r.counts.roles, "role"), kit.Count(r.counts.keys, "key"),
		kit.Changes(snapshot.Delta{Opened: r.Opened, Changed: r.Changed, Closed: r.Closed}))
	if len(r.groups) == 0 {
		return b.String()
	}
	fmt.Fprintf(&b, ". %s: %s", kit.Count(len(r.groups), "gap"), r.groups[0])
	if more := len(r.groups) - 1; more > 0 {
		fmt.Fprintf(&b, "; and %d more", more)
	}
	return b.String()
}

// accountsText says how many accounts were read.
func accountsText(a collect.Accounts) string {
	if a.Read == a.Chosen {
		return kit.Count(a.Read, "account")
	}
	return fmt.Sprintf("%d of %s", a.Read, kit.Count(a.Chosen, "account"))
}

// mostGapLines bounds how many groups of gaps the text has.
const mostGapLines = 8

// Text is the summary, with the gaps and what closes them, and the coverage where it
// was asked for.
func (r syncReport) Text() string {
	var b strings.Builder
	line := func(format string, args ...any) {
		b.WriteString(text.Escape(fmt.Sprintf(format, args...), "") + "\n")
	}
	if r.table {
		b.WriteString(coverageText(r.Coverage) + "\n")
	}
	line("%s", r.Summary)
	if r.Taken != nil {
		line("%s", takenLine(*r.Taken, r.now))
	}
	for i, g := range r.groups[min(1, len(r.groups)):] {
		if i == mostGapLines {
			line("and %d more: hawser sync gaps", len(r.groups)-1-i)
			break
		}
		line("gap: %s", g)
	}
	for _, fix := range fixesOf(r.groups) {
		line("fix: %s", fix)
	}
	if n := r.Accounts.Others; n > 0 {
		line("%s not read: set member_role for the connection %s, the name of a role that it can assume in each of them",
			kit.Counted(n, "other account of the organization was", "other accounts of the organization were"), r.Connection)
	}
	return b.String()
}

// takenLine says what a resumed run had read before.
func takenLine(t collect.Taken, now time.Time) string {
	if t.Cells == 0 {
		return "it was resumed, and nothing had been read"
	}
	line := fmt.Sprintf("it was resumed: %s of %s had been read since %s, %s ago, and were taken over",
		kit.Count(t.Cells, "cell"), kit.Count(t.Accounts, "account"), kit.Moment(t.Begun), kit.Age(now.Sub(t.Begun)))
	if t.Gaps > 0 {
		line += fmt.Sprintf("; %s read again", kit.Counted(t.Gaps, "gap was", "gaps were"))
	}
	return line
}

// Remarks returns the notes, for the registry.
func (r syncReport) Remarks() []string { return r.Notes }

// Verdict is Partial where something was not read.
func (r syncReport) Verdict() error {
	if len(r.Gaps) == 0 {
		return nil
	}
	return fault.New(fault.Partial, "%s could not be read", kit.Count(len(r.Gaps), "cell")).
		WithFix("the snapshot keeps what it had of them; hawser sync gaps lists them with what closes them")
}
