package toolbox

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

// book opens the store for a call. One that is kept to some connections or
// accounts gets none: the picture holds all of them.
func (b *Box) book() (*store.Store, error) {
	pool, err := b.pool()
	if err != nil {
		return nil, err
	}
	if pool.Kept() {
		return nil, fault.New(fault.Refused, "the picture holds all connections and accounts, and this caller is kept to some").
			WithFix("read what it may see of AWS itself, or take connections and accounts out of its profile")
	}
	return b.store()
}

// asOf chooses the picture of a past run or date.
type asOf struct {
	Run  int64     `json:"run,omitempty" jsonschema:"the picture as of this run; default: as it is now" min:"1"`
	Date tool.When `json:"date,omitempty" jsonschema:"the picture as of this moment" xor:"run"`
}

// at is the run of a moment; 0 is now.
func (m asOf) at(ctx context.Context, book *store.Store, now time.Time) (snapshot.RunID, error) {
	if m.Run != 0 {
		run, err := book.Run(ctx, snapshot.RunID(m.Run))
		return run.ID, err
	}
	if m.Date == "" {
		return 0, nil
	}
	return runAt(ctx, book, m.Date, "date", now)
}

// runAt is the last run that ended before a moment.
func runAt(ctx context.Context, book *store.Store, when tool.When, field string, now time.Time) (snapshot.RunID, error) {
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

// turn reads a listing of the store by offsets: the page behind a token, which
// is a number.
func turn[T, U any](ctx context.Context, page tool.Page, read func(offset, limit int) ([]T, error), show func(T) U) (tool.List[U], error) {
	return tool.Gather(ctx, []tool.Target{{}}, page, func(_ context.Context, _ tool.Target, token string, limit int) (tool.Batch[U], error) {
		offset := 0
		if token != "" {
			var err error
			if offset, err = strconv.Atoi(token); err != nil || offset < 0 {
				return tool.Batch[U]{}, fault.New(fault.Invalid, "this cursor was not given here").At("cursor").WithFix("give back a cursor as an answer has it")
			}
		}
		if limit <= 0 || limit > rowsAtOnce {
			limit = rowsAtOnce
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

// rowsAtOnce is how many rows one query of the store gives at most, leastRows at
// least, since not all may be wanted.
const (
	rowsAtOnce = 1000
	leastRows  = 100
)

// withGaps adds to a listing what was not read, which could change it.
func withGaps[T any](ctx context.Context, book *store.Store, list tool.List[T]) (tool.List[T], error) {
	gaps, err := book.Gaps(ctx, "")
	if err != nil {
		return list, err
	}
	if note := gapNote(gaps); note != "" {
		list.Notes = append(list.Notes, note)
	}
	runs, err := book.Runs(ctx, "", 0, 1)
	if err == nil && len(runs) == 0 {
		list.Notes = append(list.Notes, "nothing was synced yet: hawser sync takes the first picture")
	}
	return list, err
}

// gapNote tells in one line what is not in the picture.
func gapNote(gaps []snapshot.Outcome) string {
	if len(gaps) == 0 {
		return ""
	}
	accounts := map[string]bool{}
	for _, g := range gaps {
		accounts[g.Account] = true
	}
	return fmt.Sprintf("%s of %s not read in the last sync, which could change this; hawser sync status names them",
		counted(len(gaps), "cell"), counted(len(accounts), "account"))
}

// counted writes "1 cell" and "2 cells".
func counted(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return strconv.Itoa(n) + " " + noun
}
