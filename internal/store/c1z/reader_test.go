package c1z

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/fault"
)

// older is the schema of files from before grants had expansions beside them.
const older = `
CREATE TABLE v1_resource_types (id integer PRIMARY KEY, external_id text, data blob, sync_id text, discovered_at datetime);
CREATE TABLE v1_resources (id integer PRIMARY KEY, resource_type_id text, external_id text, parent_resource_type_id text, parent_resource_id text, data blob, sync_id text, discovered_at datetime);
CREATE TABLE v1_entitlements (id integer PRIMARY KEY, resource_type_id text, resource_id text, external_id text, data blob, sync_id text, discovered_at datetime);
CREATE TABLE v1_grants (id integer PRIMARY KEY, resource_type_id text, resource_id text, entitlement_id text, principal_resource_type_id text, principal_resource_id text, external_id text, data blob, sync_id text, discovered_at datetime);
CREATE TABLE v1_sync_runs (id integer PRIMARY KEY, sync_id text, started_at datetime, ended_at datetime, sync_token text);
INSERT INTO v1_sync_runs VALUES (1, 'first', '2024-01-01 00:00:00', '2024-01-01 00:00:01', ''),
	(2, 'second', '2024-01-02 03:04:05.5', '2024-01-02 03:05:00.000000001', ''), (3, 'unfinished', '2024-01-03 00:00:00', NULL, '');`

// packed makes a .c1z file of a database that statements make.
func packed(t *testing.T, statements string, rows ...[]byte) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(statements); err != nil {
		t.Fatal(err)
	}
	for _, data := range rows {
		if _, err := db.Exec(`INSERT INTO v1_grants (data, sync_id) VALUES (?, 'second')`, data); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return append([]byte(magic), zstdOf(t, raw)...)
}

func TestOlderFilesAreRead(t *testing.T) {
	var annotated, expandable message
	expandable.texts(1, []string{"group:g:member"})
	annotated.text(3, "g")
	annotated.anything(4, "GrantExpandable", expandable)
	annotated.anything(4, "SomethingNewer", nil)
	annotated.nested(99, message("a field of the future"))
	file := packed(t, older+`INSERT INTO v1_grants (data, sync_id) VALUES (x'1a0161', 'first')`, annotated)
	r, err := Read(t.Context(), bytes.NewReader(file), t.TempDir(), Bounds{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	want := Sync{ID: "second", Started: time.Date(2024, 1, 2, 3, 4, 5, 5e8, time.UTC), Ended: time.Date(2024, 1, 2, 3, 5, 0, 1, time.UTC)}
	if diff := cmp.Diff(want, r.Sync()); diff != "" {
		t.Error(diff)
	}
	var grants []Grant
	for g, err := range r.Grants(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		grants = append(grants, g)
	}
	if diff := cmp.Diff([]Grant{{ID: "g", Expansion: &Expansion{Entitlements: []string{"group:g:member"}}}}, grants); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsNoFileIsInvalid(t *testing.T) {
	tests := map[string][]byte{
		"nothing":             nil,
		"another file":        []byte("PK\x03\x04 and so on"),
		"no database":         append([]byte(magic), zstdOf(t, []byte("hello"))...),
		"no tables":           packed(t, "CREATE TABLE t (a)"),
		"a view for a table":  packed(t, older+`DROP TABLE v1_grants; CREATE VIEW v1_grants AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS id, i AS data, 'second' AS sync_id FROM n`),
		"no sync that ended":  packed(t, older+`UPDATE v1_sync_runs SET ended_at = NULL`),
		"a time that is none": packed(t, older+`UPDATE v1_sync_runs SET ended_at = 'tomorrow'`),
	}
	for name, data := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if _, err := Read(t.Context(), bytes.NewReader(data), dir, Bounds{}); !errors.Is(err, fault.Invalid) {
				t.Errorf("got %v", err)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
				t.Errorf("left: %v, %v", left, err)
			}
		})
	}
}

func TestRowsThatAreNoneAreInvalid(t *testing.T) {
	for name, data := range map[string][]byte{
		"large": make([]byte, 2000), "malformed": {0x1a, 0xff}, "no UTF-8": {0x1a, 0x01, 0xff},
	} {
		r, err := Read(t.Context(), bytes.NewReader(packed(t, older, data)), t.TempDir(), Bounds{Message: 1000})
		if err != nil {
			t.Fatal(err)
		}
		for _, err = range r.Grants(t.Context()) {
		}
		if !errors.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for _, err = range r.Grants(ctx) {
		}
		if !errors.Is(err, fault.Canceled) {
			t.Errorf("%s, interrupted: %v", name, err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}
