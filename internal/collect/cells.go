package collect

import (
	"io"
	"maps"
	"slices"

	"github.com/hawser/hawser/internal/snapshot"
)

// CellList are cells in memory. It implements Cells.
type CellList struct {
	outcomes []snapshot.Outcome
	batches  []*snapshot.Batch
}

// Add adds the facets of an output that was read from an account.
func (c *CellList) Add(account, way string, o *Output) {
	for _, f := range slices.Sorted(maps.Keys(o.batches)) {
		c.outcomes = append(c.outcomes, snapshot.Outcome{Cell: snapshot.Cell{Account: account, Facet: f}, Status: snapshot.OK, Way: way})
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
