package collect

import (
	"fmt"
	"time"

	"github.com/hawser/hawser/internal/snapshot"
)

// Output is what a method read: the batch of each facet, or why it could not be
// read.
type Output struct {
	batches map[snapshot.Facet]*snapshot.Batch
	errs    map[snapshot.Facet]error
	asOf    map[snapshot.Facet]time.Time
	doubts  map[snapshot.Facet][]string
	unread  map[snapshot.Facet]*Unread
}

// NewOutput makes an output without a facet.
func NewOutput() *Output {
	return &Output{
		batches: map[snapshot.Facet]*snapshot.Batch{}, errs: map[snapshot.Facet]error{}, asOf: map[snapshot.Facet]time.Time{},
		doubts: map[snapshot.Facet][]string{}, unread: map[snapshot.Facet]*Unread{},
	}
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

// Doubt says that a policy of a facet is not understood, and why. The facet's batch
// is stored, and its cell is a gap with the reason. A nil error says nothing.
func (o *Output) Doubt(f snapshot.Facet, policy string, err error) {
	if err != nil {
		o.doubts[f] = append(o.doubts[f], policy+" is not understood: "+err.Error())
	}
}

// outcome returns the outcome of a facet that was read.
func (o *Output) outcome(f snapshot.Facet) snapshot.Outcome {
	doubts := o.doubts[f]
	if len(doubts) == 0 {
		return snapshot.Outcome{Status: snapshot.OK}
	}
	reason := doubts[0]
	if more := len(doubts) - 1; more > 0 {
		reason = fmt.Sprintf("%s (and %d more)", reason, more)
	}
	return snapshot.Outcome{Status: snapshot.Failed, Unclear: true, Reason: reason, Fix: "correct the policy; the snapshot has its text, but not what it grants"}
}

// read reports whether a facet was read whole.
func (o *Output) read(f snapshot.Facet) bool {
	return o.batches[f] != nil && o.errs[f] == nil && o.unread[f] == nil
}
