package collect

import (
	"slices"

	"github.com/hawser/hawser/internal/snapshot"
)

// Unread is the part of a facet that could not be read, although the others were.
type Unread struct {
	// Err says why, and names the part.
	Err error
	// Has reports whether an entity belongs to the part.
	Has func(snapshot.ID) bool
}

// FailPart says that a part of a facet could not be read. The facet's batch has the
// others. They are stored, with what the snapshot had of that part, and the cell is a
// gap. The parts of several calls are one, with the error of the first.
func (o *Output) FailPart(f snapshot.Facet, err error, has func(snapshot.ID) bool) {
	if had := o.unread[f]; had != nil {
		o.unread[f] = &Unread{Err: had.Err, Has: func(id snapshot.ID) bool { return had.Has(id) || has(id) }}
		return
	}
	o.unread[f] = &Unread{Err: err, Has: has}
}

// partly returns the outcome and the contents of a facet that was read but for a part:
// what was read, and what the snapshot had of the part. It is as old as the older of
// them. If the snapshot is newer than what was read, it stays as it is.
func (r *run) partly(ctx Context, out *Output, f snapshot.Facet) (snapshot.Outcome, *snapshot.Batch, error) {
	unread := out.unread[f]
	o := r.gap(unread.Err)
	o.Action, o.Unclear, o.AsOf = missingAction(ctx, unread.Err), true, out.asOf[f]
	if doubts := out.outcome(f).Reason; doubts != "" {
		o.Reason += "; " + doubts
	}
	before, err := ctx.Had(f)
	if err != nil {
		return o, nil, err
	}
	if !o.AsOf.IsZero() && before.After(o.AsOf) {
		o.AsOf = before
		return o, nil, nil
	}
	had, err := r.store.Contents(ctx, r.options.Connection, snapshot.Cell{Account: ctx.Account, Region: ctx.Region, Facet: f})
	if err != nil {
		return o, nil, &storeError{err}
	}
	kept := unread.of(had)
	switch {
	case len(kept.Parts)+len(kept.Edges) > 0 && !before.IsZero():
		o.AsOf = before
	case o.AsOf.IsZero():
		o.AsOf = r.options.now() // a gap without a time says that nothing was read
	}
	read := out.batches[f]
	return o, &snapshot.Batch{Parts: slices.Concat(kept.Parts, read.Parts), Edges: slices.Concat(kept.Edges, read.Edges)}, nil
}

// of returns what a batch has of the part.
func (u *Unread) of(b *snapshot.Batch) *snapshot.Batch {
	return &snapshot.Batch{
		Parts: slices.DeleteFunc(slices.Clone(b.Parts), func(p snapshot.Part) bool { return !u.Has(p.ID) }),
		Edges: slices.DeleteFunc(slices.Clone(b.Edges), func(e snapshot.Edge) bool { return !u.Has(e.From) && !u.Has(e.To) }),
	}
}
