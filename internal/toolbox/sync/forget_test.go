package sync_test

import (
	"errors"
	"testing"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// A connection is forgotten after a question that says what it has.
func TestAConnectionIsForgotten(t *testing.T) {
	r := toolboxtest.Synced(t)
	asked := new(toolboxtest.Yes)
	if _, err := toolboxtest.Guarded(t, r, asked, "sync.forget", map[string]string{"connection": "none"}); !errors.Is(err, fault.NotFound) || len(asked.Asked) != 0 {
		t.Errorf("asked %v, %v", asked.Asked, err)
	}
	if _, err := toolboxtest.Guarded(t, r, asked, "sync.forget", map[string]string{"connection": "default"}); err != nil {
		t.Fatal(err)
	}
	if want := "Remove all snapshots of the connection default, whose current one has 14 entities and relations?"; len(asked.Asked) != 1 || asked.Asked[0].Text != want {
		t.Errorf("asked %v, want %q", asked.Asked, want)
	}
	if got := (importing{r, t}).names("iam.user"); got != "" {
		t.Errorf("it still has %q", got)
	}
}

// Old snapshots are removed, and then refused.
func TestOldSnapshotsAreRemoved(t *testing.T) {
	r := toolboxtest.Synced(t)
	if _, err := r.Try(t.Context(), "identity.list", `{"run": 1}`); err != nil {
		t.Fatal(err)
	}
	asked := new(toolboxtest.Yes)
	if _, err := toolboxtest.Guarded(t, r, asked, "sync.prune", map[string]string{"before": "2026-01-03T00:00:00Z"}); err != nil {
		t.Fatal(err)
	}
	if want := "Remove the snapshots that were taken before 2026-01-03 00:00 UTC (1 of default)?"; len(asked.Asked) != 1 || asked.Asked[0].Text != want {
		t.Errorf("asked %v, want %q", asked.Asked, want)
	}
	for _, in := range []string{`{"run": 1}`, `{"date": "2026-01-01T12:00:00Z"}`} {
		if _, err := r.Try(t.Context(), "identity.list", in); !errors.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", in, err)
		}
	}
	if got := (importing{r, t}).names("iam.user"); got != "ada cyd" {
		t.Errorf("users %q", got)
	}
}
