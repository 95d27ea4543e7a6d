package collect

import (
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/snapshot"
)

// CellList are cells in memory. It implements Cells.
type CellList struct {
	outcomes []snapshot.Outcome
	batches  []*snapshot.Batch
}

// Add adds the facets of an output that was read from an account's file, as of a
// time. Facets that failed are held for that reason: what the output has of them is
// added to the snapshot, and nothing is removed.
func (c *CellList) Add(account, way string, asOf time.Time, o *Output) {
	for _, f := range slices.Sorted(maps.Keys(o.batches)) {
		outcome := o.outcome(f)
		outcome.Cell, outcome.Way, outcome.AsOf = snapshot.Cell{Account: account, Facet: f}, way, asOf
		if err := o.errs[f]; err != nil {
			outcome.Status = snapshot.Held
			outcome.Reason = strings.TrimPrefix(outcome.Reason+"; "+err.Error(), "; ")
		}
		c.outcomes = append(c.outcomes, outcome)
		c.batches = append(c.batches, o.batches[f])
	}
}

// Next implements Cells.
func (c *CellList) Next() (snapshot.Outcome, *snapshot.Batch, error) {
	if len(c.outcomes) == 0 {
		return snapshot.Outcome{}, nil, io.EOF
	}
	o, b := c.outcomes[0], c.batches[0]
	c.outcomes, c.batches = c.outcomes[1:], c.batches[1:]
	return o, b, nil
}
