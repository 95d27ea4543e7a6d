package toolbox_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/toolbox/kit"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

// ofTheSnapshot are calls whose answers rest on the snapshot.
var ofTheSnapshot = map[string]string{
	"identity.list":   `{}`,
	"identity.get":    `{"kind": "iam.user", "key": "arn:aws:iam::111122223333:user/ada"}`,
	"grants.list":     `{}`,
	"keys.list":       `{}`,
	"accounts.list":   `{}`,
	"changes.list":    `{}`,
	"who.show":        `{"name": "ada@example.com"}`,
	"snapshot.export": `{"file": "x.csv", "format": "csv"}`,
}

// with adds a member to an input.
func with(input, member string) string {
	if input == "{}" {
		return "{" + member + "}"
	}
	return strings.TrimSuffix(input, "}") + ", " + member + "}"
}

// failing adds a run that began an hour ago and did not come to its end.
func failing(t *testing.T, r *toolboxtest.Rig, status snapshot.RunStatus, reason string) {
	t.Helper()
	begun := time.Now().Add(-3 * time.Hour)
	run, err := r.Store().Begin(t.Context(), "default", begun)
	if err != nil {
		t.Fatal(err)
	}
	o := snapshot.Outcome{Cell: snapshot.Cell{Account: "111122223333", Facet: "iam.groups"}, Status: snapshot.OK}
	if status != snapshot.Broken {
		if _, _, err := r.Store().Commit(t.Context(), run, o, &snapshot.Batch{}, snapshot.Rules{}); err != nil {
			t.Fatal(err)
		}
	}
	if status == snapshot.Running {
		return
	}
	if err := r.Store().End(t.Context(), run, status, reason, begun.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
}

// After a sync that did not come to its end every answer that rests on the snapshot
// says how old that is and why, and still names the gaps of the sync before.
func TestAnswersSayHowOldTheyAre(t *testing.T) {
	for name, tt := range map[string]struct {
		status       snapshot.RunStatus
		reason, want string
		word         string
		locked       bool
	}{
		"failed":      {snapshot.Broken, "the secret is wrong", "the last sync of default, 2 hours ago, failed (the secret is wrong); what it did not read is", "failed", false},
		"interrupted": {snapshot.Interrupted, "", "the last sync of default, 2 hours ago, was interrupted; what it did not read is", "interrupted", false},
		"dead":        {snapshot.Running, "", "the last sync of default, 3 hours ago, was cut off, as its process ended; ", "interrupted", false},
		"running":     {snapshot.Running, "", "a sync of default has been running for 3 hours; what it has not read yet is", "syncing", true},
	} {
		t.Run(name, func(t *testing.T) {
			r := toolboxtest.Synced(t)
			failing(t, r, tt.status, tt.reason)
			if tt.locked {
				unlock, err := r.Store().DB().Lock(t.Context(), kit.SyncLock("default"))
				if err != nil {
					t.Fatal(err)
				}
				defer unlock()
			}
			for name, input := range ofTheSnapshot {
				result, err := r.Try(t.Context(), name, input)
				notes := ""
				if result != nil {
					notes = strings.Join(result.Notes, "\n")
				}
				if err != nil || !strings.Contains(notes, tt.want) || !strings.Contains(notes, "old, of run 2 at 2026-01-02 00:00 UTC") {
					t.Errorf("%s: %v, %q", name, err, notes)
				}
				if !strings.Contains(notes, "1 cell of 1 account could not be read") {
					t.Errorf("%s: the gap of run 2 is not named: %q", name, notes)
				}
			}
			for name, input := range map[string]string{"who.show": `{"name": "nobody"}`, "identity.get": `{"kind": "iam.user", "key": "arn:aws:iam::111122223333:user/nobody"}`} {
				_, err := r.Try(t.Context(), name, input)
				if f := fault.From(err); !errors.Is(err, fault.NotFound) || !strings.Contains(f.Cause, tt.want) || !strings.Contains(f.Cause, "1 cell of 1 account could not be read") {
					t.Errorf("%s of what is not there: %+v", name, f)
				}
			}
			result, err := r.Try(t.Context(), "sync.runs", `{"limit": 1}`)
			if dead := strings.Contains(string(result.JSON), `"status":"running"`) != tt.locked; err != nil || dead {
				t.Errorf("%v, %s", err, result.JSON)
			}
			result, err = r.Try(t.Context(), "sync.status", `{}`)
			if err != nil || !strings.Contains(string(result.JSON), fmt.Sprintf(`"status":%q`, tt.word)) || !strings.Contains(string(result.JSON), `"snapshot_of":"2026-01-02T00:00:00Z"`) {
				t.Errorf("%v, %s", err, result.JSON)
			}
		})
	}
}

// Every tool that reads the snapshot refuses one that is too old, if it is told to.
func TestMaxAge(t *testing.T) {
	r := toolboxtest.Synced(t)
	failing(t, r, snapshot.Broken, "the secret is wrong")
	var have []string
	for _, tool := range r.Registry.Tools() {
		if tool.Input.Properties["max_age"] != nil {
			have = append(have, tool.Name)
		}
		if tool.Input.Properties["date"] != nil && tool.Input.Properties["max_age"] == nil {
			t.Errorf("%s has no max_age", tool.Name)
		}
	}
	for _, name := range have {
		input, ok := ofTheSnapshot[name]
		if !ok {
			t.Errorf("%s is not tried", name)
			continue
		}
		_, err := r.Try(t.Context(), name, with(input, `"max_age": "1d"`))
		f := fault.From(err)
		if !errors.Is(err, fault.Conflict) || f.Field != "max_age" || !strings.Contains(f.Message, "days old, of 2026-01-02 00:00 UTC") ||
			!strings.Contains(f.Cause, "failed (the secret is wrong)") || f.Fix != "hawser sync run default" {
			t.Errorf("%s: %+v", name, f)
		}
		_, err = r.Try(t.Context(), name, with(input, `"max_age": "3000d"`))
		if f := fault.From(err); !errors.Is(err, fault.Conflict) || f.Field != "max_age" || !strings.Contains(f.Message, "iam.roles of 111122223333 was never read") || f.Cause != "iam:ListRoles is denied" {
			t.Errorf("%s of a gap that was never read: %+v", name, f)
		}
	}
	run, err := r.Store().Begin(t.Context(), "default", time.Now().Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	o := snapshot.Outcome{Cell: snapshot.Cell{Account: "111122223333", Facet: "iam.roles"}, Status: snapshot.OK}
	if _, _, err := r.Store().Commit(t.Context(), run, o, &snapshot.Batch{}, snapshot.Rules{}); err != nil {
		t.Fatal(err)
	}
	for _, name := range have {
		if _, err := r.Try(t.Context(), name, with(ofTheSnapshot[name], `"max_age": "3000d"`)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, age := range []string{"0s", "now", "2999-01-01"} {
		_, err := r.Try(t.Context(), "keys.list", `{"max_age": "`+age+`"}`)
		if f := fault.From(err); !errors.Is(err, fault.Invalid) || f.Field != "max_age" || !strings.Contains(f.Message, "is not in the past") {
			t.Errorf("%s: %v", age, err)
		}
	}
	if !slices.Contains(have, "changes.list") || len(have) != len(ofTheSnapshot) {
		t.Errorf("%v", have)
	}
	empty := toolboxtest.New(t, toolboxtest.FakeSettings("http://127.0.0.1:1"))
	if _, err := empty.Try(t.Context(), "grants.list", `{"max_age": "1d"}`); !errors.Is(err, fault.NotFound) {
		t.Errorf("%v", err)
	}
}

// A comparison for a script fails if the last sync did not come to its end: what it did
// not read may have changed.
func TestNoChangeIsProvedByAFailedSync(t *testing.T) {
	r := toolboxtest.Synced(t)
	if _, err := r.Try(t.Context(), "changes.list", `{"exit_code": true, "kind": ["iam.role"]}`); err != nil {
		t.Fatal(err)
	}
	failing(t, r, snapshot.Broken, "the secret is wrong")
	result, err := r.Try(t.Context(), "changes.list", `{"exit_code": true, "kind": ["iam.role"]}`)
	f := fault.From(err)
	if !errors.Is(err, fault.Conflict) || !strings.Contains(f.Message, "the last sync did not read") || !strings.Contains(f.Cause, "failed (the secret is wrong)") {
		t.Errorf("%v", err)
	}
	if result == nil || !strings.Contains(string(result.JSON), `"unfinished":"the last sync of default`) {
		t.Errorf("%+v", result)
	}
	if _, err := r.Try(t.Context(), "changes.list", `{"kind": ["iam.role"]}`); err != nil {
		t.Errorf("without exit_code: %v", err)
	}
	if _, err := r.Try(t.Context(), "changes.list", `{"exit_code": true, "kind": ["iam.role"], "from": 1, "to": 2}`); err != nil {
		t.Errorf("of runs that came to their end: %v", err)
	}
}

// A run that did not come to its end is not compared: no change in it proves nothing.
func TestARunThatDidNotComeToItsEndIsNotCompared(t *testing.T) {
	for _, status := range []snapshot.RunStatus{snapshot.Broken, snapshot.Interrupted, snapshot.Running} {
		r := toolboxtest.Synced(t)
		failing(t, r, status, "")
		for input, field := range map[string]string{
			`{"to": 3}`: "to", `{"from": 3}`: "from", `{"from": 1, "to": 3, "exit_code": true}`: "to", `{"connection": "default", "to": 3}`: "to",
		} {
			_, err := r.Try(t.Context(), "changes.list", input)
			f := fault.From(err)
			if !errors.Is(err, fault.Conflict) || f.Field != field || !strings.Contains(f.Message, "run 3 did not come to its end") || !strings.HasPrefix(f.Cause, "it was") && f.Cause != "it failed" {
				t.Errorf("%s of a run that is %s: %+v", input, status, f)
			}
			if want := "compare runs that came to their end, such as 1, 2; hawser sync runs default lists them"; f.Fix != want {
				t.Errorf("%s of a run that is %s: %q", input, status, f.Fix)
			}
		}
	}
}

// Without numbers, runs that came to their end are compared: the default is the last one of
// them before the last run, and a time is that of the last one by then.
func TestOnlyRunsThatCameToTheirEndAreComparedByDefault(t *testing.T) {
	r := toolboxtest.Synced(t)
	failing(t, r, snapshot.Interrupted, "")
	for input, want := range map[string]string{
		`{}`: "from run 2 to now", `{"since": "1s"}`: "from run 2 to now", `{"from": 1, "until": "1s"}`: "from run 1 to run 2",
	} {
		result, err := r.Try(t.Context(), "changes.list", input)
		if err != nil || !strings.Contains(strings.Join(result.Notes, "\n"), want) {
			t.Errorf("%s: %v, %+v", input, err, result)
		}
	}
	failing(t, r, snapshot.Complete, "")
	result, err := r.Try(t.Context(), "changes.list", `{}`)
	if err != nil || !strings.Contains(strings.Join(result.Notes, "\n"), "from run 2 to now") {
		t.Errorf("%v, %+v", err, result)
	}
}

// If the snapshots before the last one were removed, a comparison does not list everything
// as new: it says that they are no longer kept, and a script does not take that for no change.
func TestThereIsNothingBeforeTheOldestSnapshot(t *testing.T) {
	r := toolboxtest.Synced(t)
	if _, err := r.Store().Prune(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	for _, input := range []string{`{}`, `{"to": 2}`} {
		result, err := r.Try(t.Context(), "changes.list", input)
		if err != nil {
			t.Fatal(err)
		}
		if text := string(result.JSON); !strings.Contains(text, `"items":[]`) || !strings.Contains(text, `"pruned":"the snapshots of default before run 2 are no longer kept"`) ||
			!strings.Contains(strings.Join(result.Notes, "\n"), "before run 2 are no longer kept") {
			t.Errorf("%s: %s, %q", input, text, result.Notes)
		}
		_, err = r.Try(t.Context(), "changes.list", with(input, `"exit_code": true`))
		if f := fault.From(err); !errors.Is(err, fault.Conflict) || !strings.Contains(f.Cause, "before run 2 are no longer kept") {
			t.Errorf("%s: %+v", input, f)
		}
	}
	failing(t, r, snapshot.Complete, "")
	result, err := r.Try(t.Context(), "changes.list", `{}`)
	if err != nil || strings.Contains(string(result.JSON), "pruned") || !strings.Contains(strings.Join(result.Notes, "\n"), "from run 2 to now") {
		t.Errorf("%v, %+v", err, result)
	}
}

// A snapshot whose first sync did not come to its end is older than any age.
func TestMaxAgeOfAFirstSyncThatDidNotComeToItsEnd(t *testing.T) {
	for _, status := range []snapshot.RunStatus{snapshot.Broken, snapshot.Interrupted, snapshot.Running} {
		r := toolboxtest.New(t, toolboxtest.FakeSettings("http://127.0.0.1:1"))
		failing(t, r, status, "")
		_, err := r.Try(t.Context(), "grants.list", `{"max_age": "3000d"}`)
		f := fault.From(err)
		if !errors.Is(err, fault.Conflict) || f.Field != "max_age" || !strings.Contains(f.Message, "no sync of default came to its end") || f.Cause == "" || f.Fix != "hawser sync run default" {
			t.Errorf("%s: %+v", status, f)
		}
	}
}
