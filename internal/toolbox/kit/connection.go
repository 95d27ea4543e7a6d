package kit

import (
	"context"
	"maps"
	"slices"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/store"
)

// OfConnection chooses the snapshot of one connection.
type OfConnection struct {
	Connection string `json:"connection,omitempty" jsonschema:"only what the syncs of this connection read; default: of all connections" complete:"connection"`
}

// OpenSnapshots opens the store as OpenStore does, for the snapshot that in chooses. The
// error is NotFound for a connection that has none.
func (b *Kit) OpenSnapshots(ctx context.Context, in OfConnection) (*store.Store, error) {
	st, err := b.OpenStore()
	if err != nil || in.Connection == "" {
		return st, err
	}
	return st.Of(in.Connection), Synced(ctx, st, in.Connection)
}

// Synced returns NotFound for a connection that was never synced.
func Synced(ctx context.Context, st *store.Store, connection string) error {
	runs, err := st.Runs(ctx, connection, 0, 1)
	if err != nil || len(runs) > 0 {
		return err
	}
	all, err := st.Connections(ctx)
	if err != nil {
		return err
	}
	f := fault.New(fault.NotFound, "connection %q was never synced", connection).At("connection").WithFix("hawser sync run %s", connection)
	if near := fault.Nearest(connection, slices.Sorted(maps.Keys(all))); near != "" {
		f = f.WithCause("did you mean %s?", near).WithFix("hawser sync runs lists what was synced")
	}
	return f
}
