package collect

import (
	"time"

	"github.com/hawser/hawser/internal/snapshot"
)

// Output is what a method read: the batch of each facet, or why it could not be
// read.
type Output struct {
	batches map[snapshot.Facet]*snapshot.Batch
	errs    map[snapshot.Facet]error
	asOf    map[snapshot.Facet]time.Time
}

// NewOutput makes an output without a facet.
func NewOutput() *Output {
	return &Output{batches: map[snapshot.Facet]*snapshot.Batch{}, errs: map[snapshot.Facet]error{}, asOf: map[snapshot.Facet]time.Time{}}
}

// Batch returns the batch of a facet that is being read. A facet whose batch was
// asked for was read, even if the batch stays empty.
func (o *Output) Batch(f snapshot.Facet) *snapshot.Batch {
	if o.batches[f] == nil {
		o.batches[f] = &snapshot.Batch{}
	}
	return o.batches[f]
}

// Put sets the batch of a facet.
func (o *Output) Put(f snapshot.Facet, b *snapshot.Batch) { o.batches[f] = b }

// Fail says that one facet could not be read, although others were.
func (o *Output) Fail(f snapshot.Facet, err error) { o.errs[f] = err }

// Err returns why a facet could not be read whole, or nil.
func (o *Output) Err(f snapshot.Facet) error { return o.errs[f] }

// AsOf says when what was read of a facet was so, where that is before the run.
func (o *Output) AsOf(f snapshot.Facet, t time.Time) { o.asOf[f] = t }

// read reports whether a facet was read whole.
func (o *Output) read(f snapshot.Facet) bool { return o.batches[f] != nil && o.errs[f] == nil }
