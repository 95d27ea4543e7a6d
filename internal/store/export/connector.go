package export

import (
	"context"
	"io"
	"iter"
	"time"

	"github.com/hawser/hawser/internal/arn"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/store/c1z"
)

// Connector writes the snapshot as of a run as a .c1z file to dst. Scratch is
// where it may be put together, in a new directory that is removed: some 1.2 GB
// for a million grants. It returns what the file does not have, since the snapshot has no
// entity that it is of.
func Connector(ctx context.Context, source Source, run snapshot.RunID, dst io.Writer, scratch string, started, ended time.Time) (left c1z.LeftOut, err error) {
	stores, err := identityStores(ctx, source, run)
	if err != nil {
		return left, err
	}
	parents, err := parentsOf(ctx, source, run)
	if err != nil {
		return left, err
	}
	w, err := c1z.New(ctx, dst, scratch, c1z.Sync{ID: c1z.SyncID(started, "hawser"), Started: started})
	if err != nil {
		return left, err
	}
	defer func() { _ = w.Abort() }() // nothing after Close
	err = w.Snapshot(c1z.Snapshot{Entities: bare(snapshot.All(ctx, source, snapshot.Filter{At: run})), Grants: grants(ctx, source, run), Stores: stores, Parents: parents})
	if err != nil {
		return left, err
	}
	return w.LeftOut(), w.Close(ended)
}

// bare leaves out when entities were there.
func bare(seen iter.Seq2[snapshot.Seen, error]) iter.Seq2[snapshot.Entity, error] {
	return func(yield func(snapshot.Entity, error) bool) {
		for e, err := range seen {
			if !yield(e.Entity, err) {
				return
			}
		}
	}
}

// parentsOf returns the units and roots above accounts and units.
func parentsOf(ctx context.Context, source Source, run snapshot.RunID) (map[snapshot.ID]snapshot.ID, error) {
	parents := map[snapshot.ID]snapshot.ID{}
	for e, err := range snapshot.All(ctx, source, snapshot.Filter{Kinds: []snapshot.Kind{snapshot.Account, snapshot.Unit}, At: run}) {
		if err != nil {
			return nil, err
		}
		links, err := source.Links(ctx, e.ID, true, run)
		if err != nil {
			return nil, err
		}
		for _, l := range links {
			if l.Relation == snapshot.In {
				parents[e.ID] = l.To
			}
		}
	}
	return parents, nil
}

// identityStores returns where the identity stores are.
func identityStores(ctx context.Context, source Source, run snapshot.RunID) (map[string]c1z.Location, error) {
	locations := map[string]c1z.Location{}
	for e, err := range snapshot.All(ctx, source, snapshot.Filter{Kinds: []snapshot.Kind{snapshot.Instance}, At: run}) {
		if err != nil {
			return nil, err
		}
		body, err := snapshot.Decode[snapshot.InstanceBody](e.Entity)
		if err != nil {
			return nil, err
		}
		instance, ok := arn.Parse(e.Key)
		if !ok {
			return nil, fault.New(fault.Invalid, "the ID of %s is not an ARN", e.ID)
		}
		locations[body.IdentityStore] = c1z.Location{Partition: instance.Partition, Region: body.Region}
	}
	return locations, nil
}
