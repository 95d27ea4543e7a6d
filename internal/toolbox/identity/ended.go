package identity

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/store"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// checkEnded refuses a run that did not come to its end: what it did not read is not
// compared, so that no change would not mean that there is none.
func checkEnded(ctx context.Context, st *store.Store, r snapshot.Run, field string) error {
	ended, running, err := kit.WhyStale(ctx, st, r)
	if err != nil || ended == "" && !running {
		return err
	}
	if running {
		ended = "is still running"
	}
	runs, err := st.Runs(ctx, r.Connection, 0, runsAtOnce)
	if err != nil {
		return err
	}
	return fault.New(fault.Conflict, "run %d did not come to its end, so it can't be compared", r.ID).At(field).
		WithCause("it %s", ended).WithFix("%s", wholeRuns(runs, r.Connection))
}

// wholeRuns says which of the last runs of a connection can be compared.
func wholeRuns(runs []snapshot.Run, connection string) string {
	var whole []string
	for _, r := range slices.Backward(runs) {
		if r.Whole() {
			whole = append(whole, fmt.Sprint(r.ID))
		}
	}
	if len(whole) == 0 {
		return fmt.Sprintf("sync to the end first (hawser sync run %s)", connection)
	}
	return fmt.Sprintf("compare runs that came to their end, such as %s; hawser sync runs %s lists them", strings.Join(whole, ", "), connection)
}
