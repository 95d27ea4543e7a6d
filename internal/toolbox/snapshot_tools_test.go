package toolbox_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/toolbox/toolboxtest"
)

func TestSnapshotTools(t *testing.T) {
	r := toolboxtest.Synced(t)
	tests := []struct{ name, tool, input, want string }{
		{"users", "identity.list", `{"kind": ["iam.user"]}`, `"name":"cyd"`},
		{"users as of the first sync", "identity.list", `{"kind": ["iam.user"], "run": 1}`, `"name":"bob"`},
		{"users as of a moment", "identity.list", `{"kind": ["iam.user"], "date": "2026-01-01T12:00:00Z"}`, `"name":"bob"`},
		{"one", "identity.get", `{"kind": "iam.user", "key": "arn:aws:iam::111122223333:user/ada"}`, `"relation":"owns"`},
		{"grants", "grants.list", `{"principal": "iam.user:arn:aws:iam::111122223333:user/ada"}`, `"via":{"kind":"iam.group"`},
		{"keys", "keys.list", `{"active": true, "older_than": "90d"}`, `"key":"AKIA1"`},
		{"changes", "changes.list", `{}`, `"change":"went"`},
		{"status", "sync.status", `{}`, `"status":"degraded"`},
		{"runs", "sync.runs", `{"limit": 1}`, `"id":2`},
		{"who, by email", "who.show", `{"name": "ada@example.com"}`, `"what":"owns"`},
		{"who, by user name", "who.show", `{"name": "cyd"}`, `"what":"member of"`},
		{"what was named, and not read", "identity.list", `{"name": "Deploy"}`, `"items":[]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			result, err := r.Try(t.Context(), tt.tool, tt.input)
			if err != nil || !strings.Contains(string(result.JSON), tt.want) {
				t.Fatalf("%v, want %s in %s", err, tt.want, result.JSON)
			}
			if tt.tool == "identity.list" && (len(result.Notes) == 0 || !strings.Contains(result.Notes[0], "1 cell of 1 account could not be read")) {
				t.Errorf("the gap is not named: %v", result.Notes)
			}
		})
	}
}

func TestSnapshotToolsRefuse(t *testing.T) {
	r := toolboxtest.Synced(t)
	tests := []struct {
		name, tool, input string
		kind              fault.Kind
		field             string
	}{
		{"no such kind", "identity.list", `{"kind": ["iam.usr"]}`, fault.Invalid, "kind"},
		{"nobody", "who.show", `{"name": "zoe"}`, fault.NotFound, "name"},
		{"no such run", "identity.list", `{"run": 9}`, fault.NotFound, "run"},
		{"before the first sync", "identity.list", `{"date": "2025-01-01"}`, fault.NotFound, "date"},
		{"not an entity", "grants.list", `{"principal": "ada"}`, fault.Invalid, "principal"},
		{"the wrong way round", "changes.list", `{"from": 2, "to": 1}`, fault.Invalid, "from"},
		{"a file that is there", "snapshot.export", `{"file": "hawser.db"}`, fault.Conflict, ""},
		{"nothing to import", "snapshot.import", `{}`, fault.Invalid, "file"},
		{"details without an account", "snapshot.import", `{"authorization_details": "x.json"}`, fault.Invalid, "account"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := r.Try(t.Context(), tt.tool, tt.input)
			if f := fault.From(err); !errors.Is(err, tt.kind) || tt.field != "" && f.Field != tt.field {
				t.Errorf("%v (field %q)", err, f.Field)
			}
		})
	}
}
