package collect

import (
	"cmp"
	"context"
	"errors"
	"io"
	"time"

	"github.com/hawser/hawser/internal/snapshot"
)

// Cells are what is imported, one after the other; io.EOF follows the last. It
// is snapshot.Decoder, or what FromFiles reads. The outcome of a cell has the time
// of its contents.
type Cells interface {
	Next() (snapshot.Outcome, *snapshot.Batch, error)
}

// ImportOptions say how cells are put into a snapshot.
type ImportOptions struct {
	Connection string
	Rules      snapshot.Rules
	// AcceptLoss removes what is missing, whatever the rules say, and in cells that
	// were held too.
	AcceptLoss bool
	// Incomplete says why the cells are not all that there are; empty if they are.
	Incomplete string
	Now        func() time.Time
}

// Import puts cells that were read elsewhere into a connection's snapshot, as a
// run of its own. A gap stays one, with what the snapshot it came from still had
// of the cell. A cell that is older than what the snapshot has is skipped, and one that is
// of the same time and has something else.
func Import(ctx context.Context, st Store, cells Cells, o ImportOptions) (*Result, error) {
	begun := o.Now()
	times, err := st.CellTimes(ctx, o.Connection, 0)
	if err != nil {
		return nil, err
	}
	last, err := lastOf(ctx, st, o.Connection)
	if err != nil {
		return nil, err
	}
	run, err := st.BeginImport(ctx, o.Connection, begun)
	if err != nil {
		return nil, err
	}
	i := importing{store: st, options: o, times: times, last: last, result: &Result{Run: run, Status: snapshot.Complete, Calls: map[string]int{}}}
	err = i.all(ctx, cells)
	reason := ""
	r := i.result
	switch {
	case err != nil:
		r.Status, reason = snapshot.Broken, err.Error()
	case o.Incomplete != "":
		r.Status, reason = snapshot.Partial, o.Incomplete
	case len(r.Gaps()) > 0:
		r.Status = snapshot.Partial
	}
	r.Notes = append(r.Notes, i.notes()...)
	r.Took = o.Now().Sub(begun)
	return r, errors.Join(err, st.End(context.WithoutCancel(ctx), run, r.Status, reason, o.Now()))
}

// importing is one import in progress.
type importing struct {
	store   Store
	options ImportOptions
	times   map[snapshot.Cell]snapshot.CellTime
	last    map[snapshot.Cell]snapshot.Status // what became of each cell before
	result  *Result
	left    int // cells that are older than what the snapshot has
	other   int // cells of the same time that have something else
}

func (i *importing) all(ctx context.Context, cells Cells) error {
	for {
		o, b, err := cells.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = i.cell(ctx, o, b)
		}
		if err != nil {
			return err
		}
	}
}

// cell imports one cell. Of a cell that was not read, the contents are those that
// the other snapshot had kept.
func (i *importing) cell(ctx context.Context, o snapshot.Outcome, b *snapshot.Batch) error {
	o.ReadAt = cmp.Or(o.ReadAt, o.AsOf)
	reason, err := i.stays(ctx, o, b)
	if err != nil {
		return err
	}
	if reason != "" {
		// The store keeps its own outcome of the cell, which may be a gap.
		i.result.Outcomes = append(i.result.Outcomes, snapshot.Outcome{Cell: o.Cell, Status: snapshot.Skipped, Reason: reason, AsOf: i.times[o.Cell].AsOf})
		return nil
	}
	rules := i.options.Rules
	if o.Status == snapshot.Held {
		rules.Hold = o.Reason
	}
	if i.options.AcceptLoss {
		rules = snapshot.Rules{}
	}
	contents := o
	contents.Status, contents.Reason, contents.Fix = snapshot.OK, "", ""
	if o.Read() || o.Status == snapshot.Held {
		return i.commit(ctx, contents, b, rules)
	}
	if _, err := i.write(ctx, contents, b, rules); err != nil {
		return err
	}
	o.Calls, o.Took = 0, 0 // they were counted with the contents
	return i.commit(ctx, o, nil, snapshot.Rules{})
}

// commit writes a cell, and adds its outcome to the result.
func (i *importing) commit(ctx context.Context, o snapshot.Outcome, b *snapshot.Batch, rules snapshot.Rules) error {
	stored, err := i.write(ctx, o, b, rules)
	if err == nil {
		i.result.Outcomes = append(i.result.Outcomes, stored)
	}
	return err
}

// write writes a cell, and counts the changes.
func (i *importing) write(ctx context.Context, o snapshot.Outcome, b *snapshot.Batch, rules snapshot.Rules) (snapshot.Outcome, error) {
	stored, delta, err := i.store.Commit(ctx, i.result.Run, o, b, rules)
	i.result.Add(delta)
	return stored, err
}
