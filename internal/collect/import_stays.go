package collect

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/hawser/hawser/internal/snapshot"
)

// lastOf returns what became of each of a connection's cells last.
func lastOf(ctx context.Context, st Store, connection string) (map[snapshot.Cell]snapshot.Status, error) {
	outcomes, err := st.LastOutcomes(ctx, connection)
	last := map[snapshot.Cell]snapshot.Status{}
	for _, o := range outcomes {
		last[o.Cell] = o.Status
	}
	return last, err
}

// stays says why the snapshot keeps what it has of a cell; empty if the cell is imported.
// If both are of one time, as with one credential report, that counts which was read later.
func (i *importing) stays(ctx context.Context, o snapshot.Outcome, b *snapshot.Batch) (string, error) {
	at, known := i.times[o.Cell]
	switch {
	case !known || o.AsOf.After(at.AsOf):
		return "", nil
	case at.AsOf.After(o.AsOf):
		i.left++
		return fmt.Sprintf("the snapshot has it as of %s, and the file as of %s", stamp(at.AsOf), stamp(o.AsOf)), nil
	case at.Read.After(o.ReadAt):
		i.left++
		return fmt.Sprintf("both have it as of %s; what the snapshot has was read at %s, and what the file has at %s", stamp(at.AsOf), stamp(at.Read), stamp(o.ReadAt)), nil
	case o.ReadAt.After(at.Read):
		return "", nil
	}
	differs, err := i.differs(ctx, o, b)
	if err != nil || !differs {
		return "", err
	}
	i.other++
	return fmt.Sprintf("both have it as of %s, and the file has something else", stamp(at.AsOf)), nil
}

// differs reports whether a cell that was read when the snapshot's was is another one. What
// is held may be decided by the same file. A gap that came later hides what was read before.
func (i *importing) differs(ctx context.Context, o snapshot.Outcome, b *snapshot.Batch) (bool, error) {
	switch last := i.last[o.Cell]; {
	case last == snapshot.Held:
		return false, nil
	case last != snapshot.OK && o.Read():
		return true, nil
	}
	had, err := i.store.Contents(ctx, i.options.Connection, o.Cell)
	if err != nil {
		return false, err
	}
	return !sameContents(had, b), nil
}

func sameContents(a, b *snapshot.Batch) bool {
	a.Sort()
	b.Sort()
	return slices.EqualFunc(a.Parts, b.Parts, func(p, q snapshot.Part) bool {
		return p.ID == q.ID && p.Main == q.Main && p.Account == q.Account && p.Name == q.Name && bytes.Equal(p.Body, q.Body)
	}) && slices.EqualFunc(a.Edges, b.Edges, func(e, f snapshot.Edge) bool {
		return e.From == f.From && e.Relation == f.Relation && e.To == f.To && bytes.Equal(e.Body, f.Body)
	})
}

// notes say how many cells were left out.
func (i *importing) notes() []string {
	var notes []string
	if i.left > 0 {
		notes = append(notes, fmt.Sprintf("%d cells were left out, because the snapshot has them of a later time", i.left))
	}
	if i.other > 0 {
		notes = append(notes, fmt.Sprintf("%d cells were left out, because the snapshot has something else of the same time", i.other))
	}
	return notes
}

// stamp writes a time in a reason.
func stamp(t time.Time) string {
	if t.IsZero() {
		return "a time that it does not tell"
	}
	return t.UTC().Format(time.RFC3339)
}
