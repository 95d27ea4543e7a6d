package store

import (
	"context"
	"encoding/json"
	"slices"

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
	if err := w.countElsewhere(ctx, d); err != nil {
		return err
	}
	if err := w.countRenamed(ctx, d); err != nil {
		return err
	}
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

// countElsewhere subtracts the parts that came or went in this cell alone.
func (w *writing) countElsewhere(ctx context.Context, d *difference) error {
	replaced := map[snapshot.ID]bool{}
	for _, r := range d.parts.replaced {
		replaced[r.by.ID] = true
	}
	came, went := map[bool][]snapshot.ID{}, map[bool][]snapshot.ID{}
	for _, p := range d.parts.open {
		if !replaced[p.ID] {
			came[p.Main] = append(came[p.Main], p.ID)
		}
	}
	for _, row := range d.parts.lost {
		went[row.main] = append(went[row.main], row.id)
	}
	for _, main := range []bool{true, false} {
		opened, err := w.elsewhere(ctx, came[main], main)
		if err != nil {
			return err
		}
		closed, err := w.elsewhere(ctx, went[main], main)
		if err != nil {
			return err
		}
		w.delta.Opened, w.delta.Closed = w.delta.Opened-opened, w.delta.Closed-closed
	}
	return nil
}

// elsewhere counts the entities of parts that another cell of the connection has too, as
// Store.elsewhere does.
func (w *writing) elsewhere(ctx context.Context, ids []snapshot.ID, main bool) (n int, err error) {
	for chunk := range slices.Chunk(ids, 5000) {
		pairs := make([][2]string, len(chunk))
		for i, id := range chunk {
			pairs[i] = [2]string{string(id.Kind), id.Key}
		}
		raw, err := json.Marshal(pairs)
		if err != nil {
			return 0, err
		}
		some := 0
		if err := w.One(ctx, []any{&some}, "SELECT COUNT(*) FROM "+w.Dialect().Pairs()+` j JOIN node n ON n.kind = j.kind AND n.key = j.key
			WHERE EXISTS (SELECT 1 FROM part o JOIN cell oc ON oc.id = o.cell JOIN cell c ON c.id = ? WHERE o.node = n.id AND o.gone_run = ? AND o.cell <> c.id
				AND oc.connection = c.connection AND oc.facet <> ? AND (oc.facet = c.facet OR o.main AND ?))`,
			string(raw), w.cell, int64(never), string(snapshot.DerivedAccounts), main); err != nil {
			return 0, err
		}
		n += some
	}
	return n, nil
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
