package kit

import (
	"fmt"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/tool"
)

// TestFollowerReach holds what a busy group costs: looks that are large reach
// less far, never nearer than followNear, and far again when it is quiet; what
// is known is forgotten, and given once.
func TestFollowerReach(t *testing.T) {
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	f := newFollower(&tool.Call{}, 0, start.Add(-time.Hour))
	at := func(n int, late time.Duration) LogEvent {
		moment := start.Add(time.Duration(n) * time.Second)
		return LogEvent{ID: fmt.Sprint(n, late), Time: moment.Add(-late), ingested: moment}
	}
	takes := func(now time.Time, want int, events ...LogEvent) {
		t.Helper()
		given := 0
		for _, e := range events {
			if !f.knows(e, now) {
				f.note(e, now)
				given++
			}
		}
		if given != want {
			t.Errorf("%d events are new, want %d", given, want)
		}
	}
	takes(start, 1, at(0, 0))
	for range 20 {
		if since := f.next(followPage+1, 1); since.After(start.Add(-followNear)) {
			t.Fatalf("a look begins at %s", since)
		}
	}
	if since := f.next(1, 3); !since.Equal(start.Add(-followNear)) {
		t.Errorf("a busy look begins at %s", since)
	}
	takes(start.Add(5*time.Minute), 2, at(0, 0), at(300, 0), at(299, 10*time.Minute))
	for range 20 {
		f.next(1, 1)
	}
	if since := f.next(1, 1); !since.Equal(start.Add(300*time.Second - followFar)) {
		t.Errorf("a quiet look begins at %s", since)
	}
	if len(f.seen) != 2 {
		t.Errorf("%d ids are kept, want those of the last two minutes", len(f.seen))
	}
	takes(start.Add(5*time.Minute), 0, at(0, 0), at(300, 0), at(299, 10*time.Minute))
	takes(start.Add(5*time.Minute), 1, LogEvent{ID: "x", Time: start})
	for minute := range 10 {
		takes(start.Add(time.Duration(5+minute)*time.Minute), 0, LogEvent{ID: "x", Time: start})
		f.next(1, 1)
	}
}
