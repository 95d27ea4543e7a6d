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

// OpenStore opens the store for a call. A call that is limited to some connections
// or accounts is refused, because a snapshot holds all of them.
func (b *Kit) OpenStore() (*store.Store, error) {
	pool, err := b.Pool()
	if err != nil {
		return nil, err
	}
	if pool.Kept() {
		return nil, fault.New(fault.Refused, "the snapshot holds all connections and accounts, and this caller is limited to some of them").
			WithFix("read from AWS with the other tools, or remove connections and accounts from its profile")
	}
	return b.Store()
}

// AsOf chooses the snapshot of a past run or date.
type AsOf struct {
	Run  int64     `json:"run,omitempty" jsonschema:"the snapshot as of this run; default: the current one" min:"1"`
	Date tool.When `json:"date,omitempty" jsonschema:"the snapshot as of this time" xor:"run"`
	// MaxAge refuses a snapshot that is too old.
	MaxAge tool.When `json:"max_age,omitempty" jsonschema:"fail if anything in the snapshot was read longer ago than this, such as 1d" xor:"run,date"`
}

// At returns the run that m chooses; 0 means the current snapshot. The error is
// Conflict if that is older than MaxAge, or has nothing of the account that is asked for;
// empty means all accounts.
func (m AsOf) At(ctx context.Context, st *store.Store, account string, now time.Time) (snapshot.RunID, error) {
	if err := checkAge(ctx, st, account, m.MaxAge, now); err != nil {
		return 0, err
	}
	if m.Run != 0 {
		run, err := st.Run(ctx, snapshot.RunID(m.Run))
		return run.ID, err
	}
	if m.Date == "" {
		return 0, nil
	}
	return RunAt(ctx, st, m.Date, "date", now)
}

// RunAt returns the last run that ended at a time or before it.
func RunAt(ctx context.Context, st *store.Store, when tool.When, field string, now time.Time) (snapshot.RunID, error) {
	t, err := when.Time(now)
	if err != nil {
		return 0, fault.From(err).At(field)
	}
	run, err := st.RunAt(ctx, t)
	if err != nil {
		return 0, err
	}
	if run == 0 {
		return 0, fault.New(fault.NotFound, "no sync had ended by %s", t.Format(time.RFC3339)).At(field).WithFix("hawser sync runs lists them")
	}
	return run, nil
}

// ByOffset reads a page of a listing of the store. The page's token is an offset.
func ByOffset[T, U any](ctx context.Context, page tool.Page, read func(offset, limit int) ([]T, error), show func(T) U) (tool.List[U], error) {
	return SomeByOffset(ctx, page, read, func(row T) (U, bool) { return show(row), true })
}

// SomeByOffset is ByOffset for a listing that leaves some of the rows out: those for which
// show says false.
func SomeByOffset[T, U any](ctx context.Context, page tool.Page, read func(offset, limit int) ([]T, error), show func(T) (U, bool)) (tool.List[U], error) {
	return tool.Gather(ctx, []tool.Target{{}}, page, func(_ context.Context, _ tool.Target, token string, limit int) (tool.Batch[U], error) {
		offset := 0
		if token != "" {
			var err error
			if offset, err = strconv.Atoi(token); err != nil || offset < 0 {
				return tool.Batch[U]{}, fault.New(fault.Invalid, "the cursor is not from this listing").At("cursor").WithFix("pass a cursor exactly as an answer gave it")
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
			if item, wanted := show(row); wanted {
				batch.Items = append(batch.Items, item)
			}
		}
		if len(rows) == limit {
			batch.Next = strconv.Itoa(offset + limit)
		}
		return batch, nil
	})
}

// A query of the store gives at most RowsAtOnce rows, and at least LeastRows, because
// a listing may leave some of them out.
const (
	RowsAtOnce = 1000
	LeastRows  = 100
)

// WithGaps adds notes to a listing about what could change it: gaps of the last sync,
// and a sync that did not come to its end.
func WithGaps[T any](ctx context.Context, st *store.Store, now time.Time, list tool.List[T]) (tool.List[T], error) {
	notes, err := SnapshotNotes(ctx, st, "", now)
	list.Notes = append(list.Notes, notes...)
	if err != nil {
		return list, err
	}
	seen, err := Seen(ctx, st, "")
	if !seen {
		list = tool.AsUnseen(list)
	}
	return list, err
}

// Seen reports whether a connection, or any, was ever synced or imported.
func Seen(ctx context.Context, st *store.Store, connection string) (bool, error) {
	states, err := st.States(ctx, connection)
	return len(states) > 0, err
}

// GapNote describes in one line what is missing in the snapshot.
func GapNote(gaps []snapshot.Outcome) string {
	if len(gaps) == 0 {
		return ""
	}
	accounts := map[string]bool{}
	for _, g := range gaps {
		if !g.Facet.Derived() { // that is kept in one account, whatever it follows from
			accounts[g.Account] = true
		}
	}
	return fmt.Sprintf("%s of %s could not be read in the last sync, so this may be incomplete; hawser sync gaps lists them",
		Count(len(gaps), "cell"), Count(len(accounts), "account"))
}
