package sync

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/collect"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

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
	Seconds   float64        `json:"seconds" column:"SECONDS" jsonschema:"of reading it, in all accounts together; a call that reads several facets counts for the first of them"`
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

// syncReport is the outcome of a sync.
type syncReport struct {
	Run      snapshot.RunID     `json:"run"`
	Status   snapshot.RunStatus `json:"status"`
	Resumed  bool               `json:"resumed,omitempty"`
	Taken    *collect.Taken     `json:"taken_over,omitempty" jsonschema:"what a resumed run had read before it was interrupted"`
	Seconds  float64            `json:"seconds"`
	Calls    map[string]int     `json:"calls" jsonschema:"requests to AWS by IAM action"`
	Opened   int                `json:"opened" jsonschema:"entities and edges that appeared in the snapshot"`
	Closed   int                `json:"closed" jsonschema:"what was deleted"`
	Coverage []coverage         `json:"coverage"`
	Gaps     []gap              `json:"gaps,omitempty"`
	Notes    []string           `json:"notes,omitempty"`

	now time.Time
}

func reportOf(r *collect.Result, now time.Time) syncReport {
	report := syncReport{
		Run: r.Run, Status: r.Status, Resumed: r.Resumed, Taken: r.Taken, Seconds: r.Took.Round(10 * time.Millisecond).Seconds(), Calls: r.Calls,
		Opened: r.Opened, Closed: r.Closed, Coverage: coverageOf(r.Outcomes), Gaps: gapsOf(r.Outcomes), Notes: r.Notes, now: now,
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

// Rows returns the coverage for a table.
func (r syncReport) Rows() any { return r.Coverage }

// Remarks sum the run up, and name the gaps.
func (r syncReport) Remarks() []string {
	total := 0
	for _, n := range r.Calls {
		total += n
	}
	out := []string{fmt.Sprintf("run %d is %s: %d calls in %.1f s, %d added, %d removed", r.Run, r.Status, total, r.Seconds, r.Opened, r.Closed)}
	if r.Taken != nil {
		out = append(out, takenLine(*r.Taken, r.now))
	}
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

// takenLine says what a resumed run had read before.
func takenLine(t collect.Taken, now time.Time) string {
	line := fmt.Sprintf("it was resumed: %s of %s had been read since %s, %s ago, and were taken over",
		kit.Count(t.Cells, "cell"), kit.Count(t.Accounts, "account"), kit.Moment(t.Begun), kit.Age(now.Sub(t.Begun)))
	if t.Gaps > 0 {
		line += fmt.Sprintf("; %s read again", kit.Counted(t.Gaps, "gap was", "gaps were"))
	}
	return line
}

// mostGapLines bounds how many gaps are told.
const mostGapLines = 8

// gapLines describes gaps, in one line for each account and reason.
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
	return fault.New(fault.Partial, "%s could not be read", kit.Count(len(r.Gaps), "cell")).WithFix("the snapshot keeps what it had of them; each gap gives its reason")
}
