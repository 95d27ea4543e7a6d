package store

import (
	"context"
	"encoding/json"

	"github.com/hawser/hawser/internal/db"
	"github.com/hawser/hawser/internal/snapshot"
)

// count counts the changes of a cell as Changes lists them, without those that only show
// that Hawser itself used a role or a key, and without accounts that left: the list that
// they are gone from counts them.
func (w *writing) count(ctx context.Context, d *difference) error {
	if w.facet == snapshot.DerivedAccounts {
		return nil
	}
	w.delta.Add(d.parts.delta())
	w.delta.Add(d.edges.delta())
	var used []replaced[snapshot.Part]
	for _, r := range d.parts.replaced {
		if snapshot.OwnUse(r.by.Body) {
			used = append(used, r)
		}
	}
	if len(used) == 0 {
		return nil
	}
	before, err := w.contents(ctx, used)
	for _, r := range used {
		change := snapshot.Change{Type: snapshot.Changed, ID: r.by.ID, Before: before[r.old.body], After: r.by.Body}
		if change.OfOwnUse() {
			w.delta.Changed--
		}
	}
	return err
}

// contents returns the bodies of the rows that are replaced.
func (w *writing) contents(ctx context.Context, rows []replaced[snapshot.Part]) (map[Digest]json.RawMessage, error) {
	found := map[Digest]json.RawMessage{}
	for len(rows) > 0 {
		n := min(db.Chunk, len(rows))
		args := make([]any, n)
		for i, r := range rows[:n] {
			args[i] = r.old.body[:]
		}
		rows = rows[n:]
		err := w.Each(ctx, func(scan db.Scan) error {
			var hash []byte
			var data string
			err := scan(&hash, &data)
			found[Digest(hash)] = object(data)
			return err
		}, "SELECT hash, data FROM body WHERE hash IN ("+db.Marks(n)+")", args...)
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}
