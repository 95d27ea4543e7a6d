package sync

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/hawser/hawser/internal/snapshot"
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

// coverageText writes coverage as a table.
func coverageText(all []coverage) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "FACET\tOK\tDENIED\tTHROTTLED\tFAILED\tSKIPPED\tHELD\tSEEN\tCALLS\tSECONDS")
	for _, c := range all {
		_, _ = fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\t%s\t%s\t%d\t%s\t%.2f\n", c.Facet, c.OK, c.Denied, c.Throttled, c.Failed, c.Skipped, c.Held, c.Seen, c.Calls, c.Seconds)
	}
	_ = w.Flush() // a strings.Builder never fails
	return b.String()
}
