package sync

import (
	"context"
	"fmt"
	"time"

	"github.com/hawser/hawser/internal/store"
	"github.com/hawser/hawser/internal/store/c1z"
	"github.com/hawser/hawser/internal/store/table"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// leftOutNotes say what a .c1z file does not have of the snapshot.
func leftOutNotes(left c1z.LeftOut) []string {
	if left == (c1z.LeftOut{}) {
		return nil
	}
	return []string{fmt.Sprintf("%s and %s were left out, since the snapshot does not have the principal or the resource that they name",
		kit.Count(left.Grants, "grant"), kit.Count(left.Entitlements, "entitlement"))}
}

// exportNotes name the gaps, which only some formats can hold, and tell the age of what
// a sync did not come to.
func exportNotes(ctx context.Context, st *store.Store, format string, now time.Time) ([]string, error) {
	notes, err := kit.SnapshotNotes(ctx, st, "", now)
	if err != nil {
		return nil, err
	}
	gaps, err := st.Gaps(ctx, "")
	if err != nil || len(gaps) == 0 {
		return notes, err
	}
	if format == snapshotFormat || format == string(table.SQLite) {
		return notes[1:], nil
	}
	notes[0] = "the file does not tell what was not read: " + notes[0]
	return notes, nil
}
