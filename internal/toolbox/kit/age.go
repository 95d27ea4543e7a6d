package kit

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/store"
	"github.com/hawser/hawser/internal/tool"
)

// Ago returns how long ago a time is that a field has; 0 if it is empty. A time that is
// not past is refused, since no data is that young.
func Ago(when tool.When, field string, now time.Time) (time.Duration, error) {
	t, err := when.Time(now)
	if err != nil {
		return 0, fault.From(err).At(field)
	}
	if t.IsZero() {
		return 0, nil
	}
	if !t.Before(now) {
		return 0, fault.New(fault.Invalid, "%s %q is not in the past", field, string(when)).At(field).
			WithFix("give how long ago, such as 1h or 2d, or leave %s out for no limit", field)
	}
	return now.Sub(t), nil
}

// Age writes how old something is in the largest unit of which it has two: 47 hours,
// 2 days.
func Age(d time.Duration) string {
	for _, unit := range []struct {
		name string
		of   time.Duration
	}{{"day", 24 * time.Hour}, {"hour", time.Hour}, {"minute", time.Minute}} {
		if d >= 2*unit.of {
			return Count(int(d/unit.of), unit.name)
		}
	}
	return Count(max(int(d.Seconds()), 0), "second")
}

// Moment writes a time as messages have it.
func Moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 MST") }

// SyncLock is the name of the lock that a sync of a connection has.
func SyncLock(connection string) string { return "sync " + connection }

// SnapshotNotes say what is missing in a connection's snapshot, or in that of all, and
// how old it is if the last sync did not come to its end.
func SnapshotNotes(ctx context.Context, st *store.Store, connection string, now time.Time) ([]string, error) {
	gaps, err := st.Gaps(ctx, connection)
	if err != nil {
		return nil, err
	}
	var notes []string
	if note := GapNote(gaps); note != "" {
		notes = append(notes, note)
	}
	stale, err := StaleNotes(ctx, st, connection, now)
	return append(notes, stale...), err
}

// StaleNotes say how old the snapshot of a connection is, or of all, if the last sync did
// not come to its end or left accounts out, or if it was imported.
func StaleNotes(ctx context.Context, st *store.Store, connection string, now time.Time) ([]string, error) {
	var notes []string
	states, err := st.States(ctx, connection)
	if err != nil {
		return nil, err
	}
	if len(states) == 0 {
		notes = append(notes, "nothing was synced yet: run hawser sync to take the first snapshot")
	}
	for _, state := range states {
		note, err := StaleNote(ctx, st, state, now)
		if err != nil {
			return nil, err
		}
		if note != "" {
			notes = append(notes, note)
		}
		left, err := LeftOutOf(ctx, st, state)
		if err != nil {
			return nil, err
		}
		if left != nil {
			notes = append(notes, left.Note(state.Connection, now))
		}
		if !Imported(state) {
			continue
		}
		oldest, ok, err := st.Oldest(ctx, state.Connection)
		if err != nil {
			return nil, err
		}
		if ok {
			notes = append(notes, fmt.Sprintf("the snapshot of %s was imported; the oldest of its data is %s old, of %s", state.Connection, Age(now.Sub(oldest.At)), Moment(oldest.At)))
		}
	}
	return notes, nil
}

// Imported reports whether a connection's snapshot was imported, and nothing was synced to
// the end.
func Imported(s store.State) bool {
	return s.Whole.Kind == snapshot.Import || s.Whole.ID == 0 && s.Last.Kind == snapshot.Import
}

// StaleNote says how old a connection's snapshot is and why, if its last run did not
// come to its end; "" if it did.
func StaleNote(ctx context.Context, st *store.Store, s store.State, now time.Time) (string, error) {
	why := ""
	what := "what it did not read"
	switch ended, running, err := WhyStale(ctx, st, s.Last); {
	case err != nil:
		return "", err
	case running:
		why, what = fmt.Sprintf("a sync of %s has been running for %s", s.Connection, Age(now.Sub(s.Last.Started))), "what it has not read yet"
	case ended == "":
		return "", nil
	default:
		at := cmp.Or(s.Last.Ended, s.Last.Started)
		why = fmt.Sprintf("the last %s of %s, %s ago, %s", s.Last.Kind, s.Connection, Age(now.Sub(at)), ended)
	}
	if s.Whole.ID == 0 {
		return why + "; " + what + " is not in the snapshot", nil
	}
	return fmt.Sprintf("%s; %s is %s old, of run %d at %s", why, what, Age(now.Sub(s.Whole.Started)), s.Whole.ID, Moment(s.Whole.Started)), nil
}

// Unfinished is StaleNote of a connection by its name, for a last run that has ended; ""
// if nothing was synced.
func Unfinished(ctx context.Context, st *store.Store, connection string, now time.Time) (string, error) {
	states, err := st.States(ctx, connection)
	if err != nil || connection == "" || len(states) == 0 {
		return "", err
	}
	if _, running, err := WhyStale(ctx, st, states[0].Last); err != nil || running {
		return "", err
	}
	return StaleNote(ctx, st, states[0], now)
}

// WhyStale says how a run ended that did not come to its end, or that it is running;
// "" for one that came to its end.
func WhyStale(ctx context.Context, st *store.Store, r snapshot.Run) (ended string, running bool, err error) {
	switch r.Status {
	case snapshot.Running:
		if r.Kind == snapshot.Sync {
			running, err = st.DB().Locked(ctx, SyncLock(r.Connection))
		}
		return "was cut off, as its process ended", running, err
	case snapshot.Interrupted:
		return "was interrupted" + inBrackets(r.Reason), false, nil
	case snapshot.Broken:
		return "failed" + inBrackets(r.Reason), false, nil
	case snapshot.Partial:
		if r.Kind == snapshot.Import && r.Reason != "" {
			return "was not of a whole snapshot" + inBrackets(r.Reason), false, nil
		}
		return "", false, nil
	default:
		return "", false, nil
	}
}

func inBrackets(reason string) string {
	if reason == "" {
		return ""
	}
	return " (" + reason + ")"
}

// Changes writes how many entities and relations are new, are another and are gone:
// 2,442 new, 3 changed, 1 gone.
func Changes(d snapshot.Delta) string {
	line := thousands(d.Opened) + " new"
	if d.Changed > 0 {
		line += ", " + thousands(d.Changed) + " changed"
	}
	if d.Closed > 0 {
		line += ", " + thousands(d.Closed) + " gone"
	}
	return line
}

// thousands writes a number with commas.
func thousands(n int) string {
	digits := fmt.Sprint(n)
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}
