package sync_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/simtest"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/tool"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// cutOff leaves a run in the store that was interrupted some time ago, with one cell
// that was read and one that was not.
func cutOff(t *testing.T, r *toolboxtest.Rig, ago time.Duration) {
	t.Helper()
	begun := time.Now().Add(-ago)
	run, err := r.Store().Begin(t.Context(), "default", begun)
	if err != nil {
		t.Fatal(err)
	}
	for facet, status := range map[snapshot.Facet]snapshot.Status{snapshot.IAMAliases: snapshot.OK, snapshot.IAMSummary: snapshot.Throttled} {
		o := snapshot.Outcome{Cell: snapshot.Cell{Account: simtest.Account, Facet: facet}, Status: status}
		if _, _, err := r.Store().Commit(t.Context(), run, o, &snapshot.Batch{}, snapshot.Rules{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Store().End(t.Context(), run, snapshot.Interrupted, "it was interrupted", begun.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
}

// A sync that resumes a run says what it took over, and one that does not says why.
func TestASyncSaysWhatItTookOver(t *testing.T) {
	for name, tt := range map[string]struct {
		ago         time.Duration
		input, want string
	}{
		"resumed": {30 * time.Minute, `{}`, "it was resumed: 1 cell of 1 account had been read"},
		"too old": {5 * time.Hour, `{}`, "run 1 is not resumed: it was interrupted, and began 5h0m"},
		"allowed": {5 * time.Hour, `{"resume_within": "1d"}`, "1 gap was read again"},
		"another": {5 * time.Minute, `{"resume_within": "2m"}`, "more than 2m0s"},
		"afresh":  {5 * time.Minute, `{"fresh": true}`, "run 1 is not resumed: another run was started in its place"},
	} {
		t.Run(name, func(t *testing.T) {
			r, _ := toolboxtest.OnSim(t)
			cutOff(t, r, tt.ago)
			result, err := r.Try(t.Context(), "sync.run", tt.input)
			if err != nil {
				t.Fatal(err)
			}
			text := result.Output.(tool.Texter).Text() + strings.Join(result.Notes, "\n")
			if !strings.Contains(text, tt.want) {
				t.Errorf("no %q in %s", tt.want, text)
			}
		})
	}
}

// The accounts that a connection names bound its syncs, and stand in for a list that
// is denied.
func TestASyncOfTheConnectionsAccounts(t *testing.T) {
	sim := simtest.Start(t)
	toolboxtest.InstallFault(t, sim, awssim.Fault{Service: "organizations", Effect: awssim.DenyAccess})
	s := toolboxtest.SimSettings(sim)
	s.MemberRole, s.Accounts = "Hawser", []string{simtest.Account}
	result, err := toolboxtest.New(t, s).Try(t.Context(), "sync.run", `{}`)
	if !errors.Is(err, fault.Partial) || !strings.Contains(string(result.JSON), `"facet":"org.accounts","status":"denied"`) {
		t.Fatalf("%v: %s", err, result.JSON)
	}
	if strings.Contains(string(result.JSON), `"facet":"iam.users","status"`) {
		t.Errorf("the account was not read: %s", result.JSON)
	}
}
