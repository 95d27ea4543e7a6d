package identity

import (
	"context"
	"fmt"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/store"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/kit"
)

// span is what is compared: the snapshots of a connection as of two runs. From is 0 if
// there is none before, To is 0 for now.
type span struct {
	connection string
	from, to   snapshot.RunID
	// pruned says that from is the first run that is kept, since those before the one to
	// compare are no longer kept.
	pruned bool
}

// why says why the snapshots before the one to compare are not compared; "" if they are.
func (s span) why() string {
	if !s.pruned {
		return ""
	}
	return fmt.Sprintf("the snapshots of %s before run %d are no longer kept", s.connection, s.from)
}

// String says what is compared.
func (s span) String() string {
	from, to := "nothing", "now"
	if s.from != 0 {
		from = fmt.Sprintf("run %d", s.from)
	}
	if s.to != 0 {
		to = fmt.Sprintf("run %d", s.to)
	}
	return fmt.Sprintf("connection %s: from %s to %s", s.connection, from, to)
}

// compared returns what is to be compared. The connection is empty if nothing was synced.
func (b *box) compared(ctx context.Context, st *store.Store, call *tool.Call, in changesListInput) (span, error) {
	var s span
	var err error
	if s.connection, err = b.comparedConnection(ctx, st, in); err != nil || s.connection == "" {
		return s, err
	}
	of := st.Of(s.connection)
	s.from = snapshot.RunID(in.From)
	if s.to, err = (kit.AsOf{Run: in.To, Date: in.Until, MaxAge: in.MaxAge}).At(ctx, of, in.Account, call.Now()); err != nil {
		return s, err
	}
	switch {
	case in.Since != "":
		s.from, err = kit.RunAt(ctx, of, in.Since, "since", call.Now())
	case in.From == 0:
		s, err = s.before(ctx, st)
	}
	if err == nil && s.to != 0 && s.from > s.to {
		err = fault.New(fault.Invalid, "run %d is after run %d", s.from, s.to).At("from").WithFix("swap them")
	}
	return s, err
}

// comparedConnection returns the connection whose runs are compared: the one that is
// given, that of the runs that are given, the default one, or that of the last run.
func (b *box) comparedConnection(ctx context.Context, st *store.Store, in changesListInput) (string, error) {
	of := ""
	for _, end := range []struct {
		field string
		id    int64
	}{{"from", in.From}, {"to", in.To}} {
		if end.id == 0 {
			continue
		}
		run, err := st.Run(ctx, snapshot.RunID(end.id))
		if err != nil {
			return "", err
		}
		if err := checkEnded(ctx, st, run, end.field); err != nil {
			return "", err
		}
		if in.Connection == "" && of != "" && of != run.Connection {
			return "", fault.New(fault.Invalid, "run %d is of the connection %s, and run %d of the connection %s", in.From, of, in.To, run.Connection).
				At("to").WithFix("compare runs of one connection (hawser sync runs NAME), or give the connection")
		}
		of = run.Connection
	}
	if in.Connection != "" {
		return in.Connection, kit.Synced(ctx, st, in.Connection)
	}
	if of != "" {
		return of, nil
	}
	pool, err := b.Pool()
	if err != nil {
		return "", err
	}
	for _, name := range []string{pool.Default(), ""} {
		runs, err := st.Runs(ctx, name, 0, 1)
		if err != nil {
			return "", err
		}
		if len(runs) > 0 {
			return runs[0].Connection, nil
		}
	}
	return "", nil
}

// before compares with the run before the one to compare, of those that came to their end;
// with nothing if there is none, and with the first run that is kept if there was one.
func (s span) before(ctx context.Context, st *store.Store) (span, error) {
	seen := s.to != 0 // the run to compare is not among those before it
	for at := s.to; ; {
		runs, err := st.Runs(ctx, s.connection, at, runsAtOnce)
		if err != nil {
			return s, err
		}
		if len(runs) == 0 {
			first, pruned, err := st.FirstKept(ctx, s.connection)
			if pruned {
				s.from, s.pruned = first, true
			}
			return s, err
		}
		for _, r := range runs {
			at = r.ID
			if seen && r.Whole() {
				s.from = r.ID
				return s, nil
			}
			seen = seen || r.Status != snapshot.Broken
		}
	}
}

// runsAtOnce is how many runs are looked at in one query.
const runsAtOnce = 20
