package store_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/db/dbtest"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/store"
)

// Databases of version 3 were made before schemas had version tables of their
// own. version3.db and version3.sql are such databases, and version3.json is
// what the program of that time told of them.
func TestOldSQLite(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("testdata", "version3.db"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "hawser.db")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	testOld(t, path)
}

func TestOldPostgres(t *testing.T) {
	url := dbtest.Postgres(t)
	raw, err := os.ReadFile(filepath.Join("testdata", "version3.sql"))
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(t.Context(), string(raw)); err != nil {
		t.Fatal(err)
	}
	testOld(t, url)
}

func testOld(t *testing.T, location string) {
	want, err := os.ReadFile(filepath.Join("testdata", "version3.json"))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time it is a database of now
		if diff := cmp.Diff(string(want), told(t, open(t, location))); diff != "" {
			t.Fatal(diff)
		}
	}
	b := newWriter(t, open(t, location))
	if run, _ := b.sync("iam.users", users("ada", "3")); run != 3 {
		t.Errorf("the next run is %d", run)
	}
	if diff := cmp.Diff(map[string]string{"ada": "3"}, b.names(0)); diff != "" {
		t.Error(diff)
	}
}

// told is what a store tells of its first two runs.
func told(t *testing.T, s *store.Store) string {
	t.Helper()
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetIndent("", " ")
	put := func(v any, err error) {
		t.Helper()
		if err == nil {
			err = e.Encode(v)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx := t.Context()
	runs, err := s.Runs(ctx, "", 0, 10)
	for i := range runs {
		if runs[i].Kind != snapshot.Sync {
			t.Errorf("%+v", runs[i])
		}
		runs[i].Kind = "" // there was one kind
	}
	put(runs, err)
	for _, run := range []snapshot.RunID{1, 2} {
		put(s.Outcomes(ctx, run))
		put(s.Entities(ctx, snapshot.Filter{At: run, Limit: 100}))
		put(s.Grants(ctx, snapshot.GrantFilter{At: run, Limit: 100}))
		err := s.Cells(ctx, "main", run, func(o snapshot.Outcome, b *snapshot.Batch) error {
			o.ReadAt = time.Time{} // it was not told
			put(o, nil)
			put(b, nil)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	put(s.Changes(ctx, snapshot.ChangeFilter{From: 1, To: 2, Limit: 100}))
	return out.String()
}
