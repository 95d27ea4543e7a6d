package kit

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/store"
	"github.com/hawser/hawser/internal/tool"
)

// Book opens the store for a call. One that is kept to some connections or
// accounts gets none: the picture holds all of them.
func (b *Kit) Book() (*store.Store, error) {
	pool, err := b.Pool()
	if err != nil {
		return nil, err
	}
	if pool.Kept() {
		return nil, fault.New(fault.Refused, "the picture holds all connections and accounts, and this caller is kept to some").
			WithFix("read what it may see of AWS itself, or take connections and accounts out of its profile")
	}
	return b.Store()
}

// AsOf chooses the picture of a past run or date.
type AsOf struct {
	Run  int64     `json:"run,omitempty" jsonschema:"the picture as of this run; default: as it is now" min:"1"`
	Date tool.When `json:"date,omitempty" jsonschema:"the picture as of this moment" xor:"run"`
}

// At is the run of a moment; 0 is now.
func (m AsOf) At(ctx context.Context, book *store.Store, now time.Time) (snapshot.RunID, error) {
	if m.Run != 0 {
		run, err := book.Run(ctx, snapshot.RunID(m.Run))
		return run.ID, err
	}
	if m.Date == "" {
		return 0, nil
	}
	return RunAt(ctx, book, m.Date, "date", now)
}

// RunAt is the last run that ended before a moment.
func RunAt(ctx context.Context, book *store.Store, when tool.When, field string, now time.Time) (snapshot.RunID, error) {
	t, err := when.Time(now)
	if err != nil {
		return 0, fault.From(err).At(field)
	}
	run, err := book.RunAt(ctx, t)
	if err != nil {
		return 0, err
	}
	if run == 0 {
		return 0, fault.New(fault.NotFound, "no sync had ended by %s", t.Format(time.RFC3339)).At(field).WithFix("hawser sync runs lists them")
	}
	return run, nil
}

// ByOffset reads a listing of the store by offsets: the page behind a token, which
// is a number.
func ByOffset[T, U any](ctx context.Context, page tool.Page, read func(offset, limit int) ([]T, error), show func(T) U) (tool.List[U], error) {
	return tool.Gather(ctx, []tool.Target{{}}, page, func(_ context.Context, _ tool.Target, token string, limit int) (tool.Batch[U], error) {
		offset := 0
		if token != "" {
			var err error
			if offset, err = strconv.Atoi(token); err != nil || offset < 0 {
				return tool.Batch[U]{}, fault.New(fault.Invalid, "this cursor was not given here").At("cursor").WithFix("give back a cursor as an answer has it")
			}
		}
		if limit <= 0 || limit > RowsAtOnce {
			limit = RowsAtOnce
		}
		rows, err := read(offset, limit)
		if err != nil {
			return tool.Batch[U]{}, err
		}
		var batch tool.Batch[U]
		for _, row := range rows {
			batch.Items = append(batch.Items, show(row))
		}
		if len(rows) == limit {
			batch.Next = strconv.Itoa(offset + limit)
		}
		return batch, nil
	})
}

// RowsAtOnce is how many rows one query of the store gives at most, LeastRows at
// least, since not all may be wanted.
const (
	RowsAtOnce = 1000
	LeastRows  = 100
)

// WithGaps adds to a listing what was not read, which could change it.
func WithGaps[T any](ctx context.Context, book *store.Store, list tool.List[T]) (tool.List[T], error) {
	gaps, err := book.Gaps(ctx, "")
	if err != nil {
		return list, err
	}
	if note := GapNote(gaps); note != "" {
		list.Notes = append(list.Notes, note)
	}
	runs, err := book.Runs(ctx, "", 0, 1)
	if err == nil && len(runs) == 0 {
		list.Notes = append(list.Notes, "nothing was synced yet: hawser sync takes the first picture")
	}
	return list, err
}

// GapNote tells in one line what is not in the picture.
func GapNote(gaps []snapshot.Outcome) string {
	if len(gaps) == 0 {
		return ""
	}
	accounts := map[string]bool{}
	for _, g := range gaps {
		accounts[g.Account] = true
	}
	return fmt.Sprintf("%s of %s not read in the last sync, which could change this; hawser sync status names them",
		Count(len(gaps), "cell"), Count(len(accounts), "account"))
}
