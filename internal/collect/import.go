package collect

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/hawser/hawser/internal/snapshot"
)

// Cells are what is imported, one after the other; io.EOF follows the last. It
// is snapshot.Decoder, or what FromFiles reads.
type Cells interface {
	Next() (snapshot.Outcome, *snapshot.Batch, error)
}

// Import puts cells that were read elsewhere into a connection's snapshot, as a
// run of its own. A gap stays one, with what the snapshot it came from still had
// of the cell.
func Import(ctx context.Context, st Store, connection string, cells Cells, now func() time.Time) (*Result, error) {
	begun := now()
	run, err := st.Begin(ctx, connection, begun)
	if err != nil {
		return nil, err
	}
	r := &Result{Run: run, Status: snapshot.Complete, Calls: map[string]int{}}
	err = importCells(ctx, st, r, cells)
	reason := ""
	switch {
	case err != nil:
		r.Status, reason = snapshot.Broken, err.Error()
	case len(r.Gaps()) > 0:
		r.Status = snapshot.Partial
	}
	r.Took = now().Sub(begun)
	return r, errors.Join(err, st.End(context.WithoutCancel(ctx), run, r.Status, reason, now()))
}

func importCells(ctx context.Context, st Store, r *Result, cells Cells) error {
	for {
		o, b, err := cells.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		whole := o
		whole.Status = snapshot.OK
		stored, delta, err := st.Commit(ctx, r.Run, whole, b, snapshot.Rules{})
		if err == nil && !o.Read() {
			o.Calls, o.Took = 0, 0 // they were counted with the cell
			stored, _, err = st.Commit(ctx, r.Run, o, nil, snapshot.Rules{})
		}
		if err != nil {
			return err
		}
		r.Outcomes = append(r.Outcomes, stored)
		r.Opened += delta.Opened
		r.Closed += delta.Closed
	}
}
