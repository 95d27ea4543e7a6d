package toolbox_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// The summary of a sync and the list of changes count what is new, changed and gone in
// the same way, and that Hawser itself used its key and its role is no change for either.
func TestASyncAndTheListCountAlike(t *testing.T) {
	sim := simtest.Start(t)
	r := toolboxtest.New(t, toolboxtest.SimSettings(sim))
	ada, bob := sim.Account.AddUser("ada"), sim.Account.AddUser("bob")
	ada.Tags = map[string]string{"team": "x"}
	day := func(want string) {
		t.Helper()
		sim.Clock.Advance(24 * time.Hour)
		result, err := r.Try(t.Context(), "sync.run", `{}`)
		if err != nil {
			t.Fatal(err)
		}
		if summary := toolboxtest.AnswerOf(t, result)["summary"].(string); !strings.HasSuffix(summary, "; "+want) {
			t.Errorf("the summary is %q, want %q", summary, want)
		}
		result, err = r.Try(t.Context(), "changes.list", `{"exit_code": true}`)
		if same := want == "0 new"; same != (err == nil) || !same && !errors.Is(err, fault.Conflict) {
			t.Errorf("%s: %v", want, err)
		}
		if notes := strings.Join(result.Notes, "\n"); !strings.HasSuffix(notes, "to now: "+want) {
			t.Errorf("the list counts %q, want %q", notes, want)
		}
	}
	if _, err := r.Try(t.Context(), "sync.run", `{}`); err != nil {
		t.Fatal(err)
	}
	sim.Account.AddGroup("ops")
	day("1 new, 1 changed") // the account's summary counts its groups
	day("0 new")
	ada.Tags = map[string]string{"team": "y"}
	bob.Remove()
	sim.Account.AddGroup("dev")
	sim.Account.AddGroup("test")
	day("2 new, 2 changed, 3 gone") // a user, with what was read of its details and its credentials
	day("0 new")
}
