package sync

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/hawser/hawser/internal/caller"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/store"
	"github.com/hawser/hawser/internal/text"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

type forgetInput struct {
	Connection string `json:"connection" jsonschema:"the connection, which need not be configured any more" complete:"connection"`
}

// Subject names the connection.
func (in forgetInput) Subject() string { return "connection " + text.Quoted(in.Connection) }

type pruneInput struct {
	Before tool.When `json:"before" jsonschema:"remove the snapshots that were taken before this time, such as 400d or 2026-01-31; the last one of each connection is kept"`
}

// Subject names the time.
func (in pruneInput) Subject() string { return "snapshots older than " + string(in.Before) }

// removed is what was removed from the store.
type removed struct {
	Runs      int64 `json:"runs" jsonschema:"syncs and imports"`
	Entities  int64 `json:"entities" jsonschema:"parts of entities, in every state that the store had"`
	Relations int64 `json:"relations"`
}

func removedOf(r store.Removed) removed { return removed{r.Runs, r.Parts, r.Edges} }

func (b *box) forgetTool() *tool.Tool {
	return tool.WithPreview(kit.Declare(tool.Info{
		Name: "sync.forget", Summary: "Remove all snapshots of a connection from the store",
		Description: "For a connection that was renamed or is no longer synced: what it read stays current otherwise. AWS is not changed.",
		Effect:      tool.Destroy, Role: caller.Admin, Args: []string{"connection"}, Timeout: -1,
		Examples: []tool.Example{{Does: "a connection that was renamed", Input: `{"connection": "old-name"}`}},
	}, b.forget), b.forgetPreview)
}

func (b *box) forgetPreview(ctx context.Context, _ *tool.Call, in forgetInput) tool.Preview {
	st, err := b.OpenStore()
	if err != nil {
		return tool.Preview{Err: err}
	}
	connections, err := st.Connections(ctx)
	if err != nil {
		return tool.Preview{Err: err}
	}
	rows, ok := connections[in.Connection]
	if !ok {
		return tool.Preview{Err: fault.New(fault.NotFound, "the store has no connection %s", text.Quoted(in.Connection)).At("connection").WithFix("hawser sync runs lists what it has")}
	}
	return tool.Preview{
		Does:  fmt.Sprintf("Remove all snapshots of the connection %s, whose current one has %s", text.Name(in.Connection), entitiesAndRelations(rows)),
		State: fmt.Sprint(rows),
	}
}

func entitiesAndRelations(n int) string {
	if n == 1 {
		return "1 entity or relation"
	}
	return fmt.Sprintf("%d entities and relations", n)
}

func (b *box) forget(ctx context.Context, _ *tool.Call, in forgetInput) (removed, error) {
	st, err := b.OpenStore()
	if err != nil {
		return removed{}, err
	}
	unlock, err := st.DB().Lock(ctx, "sync "+in.Connection)
	if err != nil {
		return removed{}, err
	}
	defer unlock()
	r, err := st.Forget(ctx, in.Connection)
	return removedOf(r), err
}

func (b *box) pruneTool() *tool.Tool {
	return tool.WithPreview(kit.Declare(tool.Info{
		Name: "sync.prune", Summary: "Remove old snapshots from the store",
		Description: "Removes what no snapshot since a time has. Current data is never removed. With retention in hawser.yaml each sync does the same.",
		Effect:      tool.Destroy, Idempotent: true, Role: caller.Admin, Args: []string{"before"}, Timeout: -1,
		Examples: []tool.Example{{Does: "all that is older than two years", Input: `{"before": "730d"}`}},
	}, b.prune), b.prunePreview)
}

func (b *box) prunePreview(ctx context.Context, call *tool.Call, in pruneInput) tool.Preview {
	before, err := in.Before.Time(call.Now())
	if err != nil {
		return tool.Preview{Err: fault.From(err).At("before")}
	}
	st, err := b.OpenStore()
	if err != nil {
		return tool.Preview{Err: err}
	}
	runs, err := st.Prunable(ctx, before)
	if err != nil {
		return tool.Preview{Err: err}
	}
	p := tool.Preview{Does: "Remove no snapshot, as none was taken before " + kit.Moment(before), State: fmt.Sprint(runs)}
	if len(runs) > 0 {
		var of []string
		for _, name := range slices.Sorted(maps.Keys(runs)) {
			of = append(of, fmt.Sprintf("%d of %s", runs[name], text.Name(name)))
		}
		p.Does = fmt.Sprintf("Remove the snapshots that were taken before %s (%s)", kit.Moment(before), kit.Enumerate(of))
	}
	return p
}

func (b *box) prune(ctx context.Context, call *tool.Call, in pruneInput) (removed, error) {
	before, err := in.Before.Time(call.Now())
	if err != nil {
		return removed{}, fault.From(err).At("before")
	}
	st, err := b.OpenStore()
	if err != nil {
		return removed{}, err
	}
	r, err := st.Prune(ctx, before)
	return removedOf(r), err
}

// retain removes snapshots that are older than the configured retention. It returns
// what it did, or why it could not, as notes: the sync itself is done.
func (b *box) retain(ctx context.Context, st *store.Store, now time.Time) []string {
	if b.retention == nil {
		return nil
	}
	keep, err := b.retention()
	if err != nil || keep == 0 {
		return nil // the configuration was checked when it was read
	}
	r, err := st.Prune(ctx, now.Add(-keep))
	switch {
	case err != nil:
		return []string{"old snapshots could not be removed: " + err.Error()}
	case r.Runs > 0:
		return []string{fmt.Sprintf("%s older than the retention removed", kit.Count(int(r.Runs), "snapshot"))}
	}
	return nil
}
