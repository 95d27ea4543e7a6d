package sync

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/store"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

type statusInput struct {
	Connection string `json:"connection,omitempty" jsonschema:"one connection; default: all" complete:"connection"`
}

// connectionStatus says how old and how complete a connection's snapshot is.
type connectionStatus struct {
	Connection string         `json:"connection" column:"CONNECTION"`
	Status     string         `json:"status" column:"STATUS" jsonschema:"not connected, syncing, connected, degraded (with gaps), interrupted (the next sync resumes it) or failed"`
	Run        snapshot.RunID `json:"run,omitempty" column:"RUN" room:"first"`
	Ended      time.Time      `json:"ended,omitzero" column:"LAST SYNC" room:"first"`
	SnapshotOf time.Time      `json:"snapshot_of,omitzero" column:"SNAPSHOT OF" jsonschema:"when the last sync began that came to its end; of imported data, the time of the oldest"`
	Owners     []string       `json:"owners,omitempty" column:"OWNERS" room:"first"`
	Reason     string         `json:"reason,omitempty" column:"REASON"`
	LeftOut    *kit.LeftOut   `json:"left_out,omitempty" jsonschema:"the accounts that the last sync left out, whose data is older"`
	Coverage   []coverage     `json:"coverage,omitempty"`
	Gaps       []gap          `json:"gaps,omitempty"`
}

func (b *box) statusTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name: "sync.status", Items: "snapshots", Summary: "Show how old and how complete the snapshot of each connection is",
		Description: "The state \"not connected\" means that the connection was never synced, \"degraded\" that the snapshot has gaps, which are listed, " +
			"\"interrupted\" that the last sync did not come to its end.",
		Effect: tool.Read, Idempotent: true, Args: []string{"connection"},
		Examples: []tool.Example{{Does: "all connections", Input: `{}`}},
	}, b.syncStatus)
}

func (b *box) syncStatus(ctx context.Context, call *tool.Call, in statusInput) (tool.List[connectionStatus], error) {
	list := tool.List[connectionStatus]{Items: []connectionStatus{}}
	pool, err := b.Pool()
	if err != nil {
		return list, err
	}
	st, err := b.OpenStore()
	if err != nil {
		return list, err
	}
	names := pool.Names()
	stored, err := st.Connections(ctx)
	if err != nil {
		return list, err
	}
	for _, name := range slices.Sorted(maps.Keys(stored)) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if in.Connection != "" {
		if _, err := pool.Describe(in.Connection); err != nil && !slices.Contains(names, in.Connection) {
			return list, err
		}
		names = []string{in.Connection}
	}
	for _, name := range names {
		info, unknown := pool.Describe(name)
		s, err := statusOf(ctx, st, name, call.Now())
		if err != nil {
			return list, err
		}
		s.Owners = info.Owners
		if unknown != nil && s.Reason == "" {
			s.Reason = "it is not configured; hawser sync forget removes it"
		}
		list.Items = append(list.Items, s)
	}
	return list, nil
}

func statusOf(ctx context.Context, st *store.Store, connection string, now time.Time) (connectionStatus, error) {
	s := connectionStatus{Connection: connection, Status: "not connected"}
	states, err := st.States(ctx, connection)
	if err != nil || len(states) == 0 {
		return s, err
	}
	state := states[0]
	s.Run, s.Ended, s.SnapshotOf = state.Last.ID, state.Last.Ended, state.Whole.Started
	if kit.Imported(state) {
		oldest, _, err := st.Oldest(ctx, connection)
		if err != nil {
			return s, err
		}
		s.SnapshotOf = oldest.At
	}
	outcomes, err := st.Outcomes(ctx, cmp.Or(state.Whole.ID, state.Last.ID))
	if err != nil {
		return s, err
	}
	gaps, err := st.Gaps(ctx, connection)
	if err != nil {
		return s, err
	}
	s.Coverage, s.Gaps, s.Reason = coverageOf(outcomes), gapsOf(gaps), cmp.Or(kit.GapNote(gaps), state.Last.Reason)
	if stale, err := kit.StaleNote(ctx, st, state, now); err != nil || stale != "" {
		s.Reason = stale
		if err != nil {
			return s, err
		}
	}
	if s.LeftOut, err = kit.LeftOutOf(ctx, st, state); err != nil {
		return s, err
	}
	if s.LeftOut != nil {
		s.Reason = strings.TrimPrefix(s.Reason+"; "+s.LeftOut.Note(connection, now), "; ")
	}
	s.Status, err = wordFor(ctx, st, state.Last)
	if s.Status == "connected" && len(gaps) > 0 { // of an earlier run, that the last one did not come to
		s.Status = "degraded"
	}
	return s, err
}

// wordFor returns the status of a connection after its last run.
func wordFor(ctx context.Context, st *store.Store, last snapshot.Run) (string, error) {
	_, running, err := kit.WhyStale(ctx, st, last)
	if err != nil {
		return "", err
	}
	switch {
	case running:
		return "syncing", nil
	case last.Status == snapshot.Complete:
		return "connected", nil
	case last.Status == snapshot.Partial:
		return "degraded", nil
	case last.Status == snapshot.Broken:
		return "failed", nil
	}
	outcomes, err := st.Outcomes(ctx, last.ID)
	if len(outcomes) == 0 {
		return "failed", err // there is nothing to resume
	}
	return "interrupted", err
}

type runsInput struct {
	Connection string `json:"connection,omitempty" jsonschema:"the runs of one connection; default: of all" complete:"connection"`
	tool.Page
}

// runRow is a run as tables show it.
type runRow struct {
	snapshot.Run
	Number snapshot.RunID     `json:"-" column:"RUN"`
	Of     string             `json:"-" column:"CONNECTION"`
	Begun  time.Time          `json:"-" column:"STARTED"`
	Took   time.Duration      `json:"-" column:"TOOK" room:"first"`
	State  snapshot.RunStatus `json:"-" column:"STATUS"`
	Asked  int                `json:"-" column:"CALLS" room:"first"`
	Gaps   int                `json:"gaps" column:"GAPS"`
	Came   int                `json:"-" column:"APPEARED"`
	Other  int                `json:"-" column:"CHANGED"`
	Went   int                `json:"-" column:"WENT"`
}

func (b *box) runsTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name: "sync.runs", Items: "syncs", Summary: "List the syncs, newest first",
		Effect: tool.Read, Idempotent: true, Args: []string{"connection"},
		Examples: []tool.Example{{Does: "the last ten", Input: `{"limit": 10}`}},
	}, b.syncRuns)
}

func (b *box) syncRuns(ctx context.Context, _ *tool.Call, in runsInput) (tool.List[runRow], error) {
	st, err := b.OpenStore()
	if err != nil {
		return tool.List[runRow]{}, err
	}
	if in.Connection != "" {
		if err := kit.Synced(ctx, st, in.Connection); err != nil {
			return tool.List[runRow]{}, err
		}
	}
	return kit.ByOffset(ctx, in.Page, func(offset, limit int) ([]snapshot.Run, error) {
		runs, err := st.Runs(ctx, in.Connection, 0, offset+limit)
		if err != nil {
			return nil, err
		}
		return markDead(ctx, st, runs[min(offset, len(runs)):])
	}, rowOf)
}

// markDead marks the runs as interrupted whose process ended without a word.
func markDead(ctx context.Context, st *store.Store, runs []snapshot.Run) ([]snapshot.Run, error) {
	for i, r := range runs {
		if r.Status != snapshot.Running {
			continue
		}
		_, running, err := kit.WhyStale(ctx, st, r)
		if err != nil {
			return nil, err
		}
		if !running {
			runs[i].Status, runs[i].Reason = snapshot.Interrupted, "its process ended"
		}
	}
	return runs, nil
}

func rowOf(r snapshot.Run) runRow {
	row := runRow{Run: r, Number: r.ID, Of: r.Connection, Begun: r.Started, State: r.Status, Asked: r.Calls, Came: r.Opened, Other: r.Changed, Went: r.Closed}
	if !r.Ended.IsZero() {
		row.Took = r.Ended.Sub(r.Started).Round(100 * time.Millisecond)
	}
	for status, n := range r.Cells {
		if status != snapshot.OK && status != snapshot.Skipped {
			row.Gaps += n
		}
	}
	return row
}

type backupInput struct {
	Path string `json:"path" jsonschema:"the new file" complete:"file" file:"write"`
}

type backupOutput struct {
	Path string `json:"path"`
}

func (b *box) backupTool() *tool.Tool {
	return kit.Declare(tool.Info{
		Name: "sync.backup", Summary: "Copy the store into a new file, while it is in use",
		Description: "Works for a store in SQLite. PostgreSQL has its own tools for backups.",
		Effect:      tool.Write, Role: caller.Admin, Args: []string{"path"},
		Examples: []tool.Example{{Does: "a copy for tonight", Input: `{"path": "hawser-backup.db"}`}},
	}, b.backup)
}

// Subject names the copy.
func (in backupInput) Subject() string { return "the file " + in.Path }

func (b *box) backup(ctx context.Context, call *tool.Call, in backupInput) (_ backupOutput, err error) {
	st, err := b.OpenStore()
	if err != nil {
		return backupOutput{}, err
	}
	file, err := call.Files.Create(in.Path)
	if err != nil {
		return backupOutput{}, err
	}
	defer func() { err = errors.Join(err, file.Abort()) }()
	if err := st.DB().Backup(ctx, file); err != nil {
		return backupOutput{}, err
	}
	return backupOutput(in), file.Commit()
}
