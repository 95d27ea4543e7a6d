package store

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/hawser/hawser/internal/db"
	"github.com/hawser/hawser/internal/snapshot"
)

// nodes returns the numbers of entities, which are made for those that have none.
func (t tx) nodes(ctx context.Context, ids map[snapshot.ID]bool) (map[snapshot.ID]int64, error) {
	found := make(map[snapshot.ID]int64, len(ids))
	wanted := slices.SortedFunc(maps.Keys(ids), snapshot.ID.Compare)
	if err := t.lookUp(ctx, wanted, found); err != nil {
		return nil, err
	}
	var missing []snapshot.ID
	var rows [][]any
	for _, id := range wanted {
		if _, ok := found[id]; !ok {
			missing = append(missing, id)
			rows = append(rows, []any{string(id.Kind), id.Key})
		}
	}
	if len(missing) == 0 {
		return found, nil
	}
	if err := t.Insert(ctx, "node", " ON CONFLICT (kind, key) DO NOTHING", []string{"kind", "key"}, rows); err != nil {
		return nil, err
	}
	return found, t.lookUp(ctx, missing, found)
}

// lookUp finds the numbers of entities that have one.
func (t tx) lookUp(ctx context.Context, ids []snapshot.ID, found map[snapshot.ID]int64) error {
	for part := range slices.Chunk(ids, 5000) {
		pairs := make([][2]string, len(part))
		for i, id := range part {
			pairs[i] = [2]string{string(id.Kind), id.Key}
		}
		raw, err := json.Marshal(pairs)
		if err != nil {
			return err
		}
		err = t.Each(ctx, func(scan db.Scan) error {
			var n int64
			var id snapshot.ID
			if err := scan(&n, &id.Kind, &id.Key); err != nil {
				return err
			}
			found[id] = n
			return nil
		}, "SELECT n.id, n.kind, n.key FROM "+t.Dialect().Pairs()+" j JOIN node n ON n.kind = j.kind AND n.key = j.key", string(raw))
		if err != nil {
			return err
		}
	}
	return nil
}

// bodies returns the numbers of bodies, which are stored where they are new.
func (t tx) bodies(ctx context.Context, bodies map[Digest]json.RawMessage) (map[Digest]int64, error) {
	found := map[Digest]int64{{}: 0}
	var rows [][]any
	for d, body := range bodies {
		if d != (Digest{}) {
			rows = append(rows, []any{d[:], string(body)})
		}
	}
	if len(rows) == 0 {
		return found, nil
	}
	if err := t.Insert(ctx, "body", " ON CONFLICT (hash) DO NOTHING", []string{"hash", "data"}, rows); err != nil {
		return nil, err
	}
	for part := range slices.Chunk(rows, db.Chunk) {
		args := make([]any, len(part))
		for i, row := range part {
			args[i] = row[0]
		}
		err := t.Each(ctx, func(scan db.Scan) error {
			var n int64
			var hash []byte
			if err := scan(&n, &hash); err != nil {
				return err
			}
			found[Digest(hash)] = n
			return nil
		}, "SELECT id, hash FROM body WHERE hash IN ("+db.Marks(len(part))+")", args...)
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}
