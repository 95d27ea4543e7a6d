package db_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/hawser/hawser/internal/db"
	"github.com/hawser/hawser/internal/db/dbtest"
	"github.com/hawser/hawser/internal/fault"
)

// TestSQLite and TestPostgres run one suite on both.
func TestSQLite(t *testing.T) {
	suite(t, func(t *testing.T) string { return filepath.Join(t.TempDir(), "hawser.db") })
}

func TestPostgres(t *testing.T) {
	url := dbtest.Postgres(t)
	suite(t, func(t *testing.T) string {
		dbtest.Empty(t, url)
		return url
	})
}

func suite(t *testing.T, location func(*testing.T) string) {
	for name, test := range map[string]func(*testing.T, string){
		"schemas share a database":            testSchemas,
		"processes migrate at once":           testMigrateAtOnce,
		"a migration that fails":              testBadMigration,
		"a transaction that fails is undone":  testRollback,
		"many rows":                           testInsert,
		"a stream leaves the database usable": testStream,
		"a stream ends with its context":      testStreamCanceled,
		"locks":                               testLock,
		"a newer schema is refused":           testNewer,
	} {
		t.Run(name, func(t *testing.T) { test(t, location(t)) })
	}
}

// A schema with migrations that this program does not have is refused, for reading too.
func testNewer(t *testing.T, location string) {
	old := schema("a", "CREATE TABLE a_one (n INTEGER)")
	newer := schema("a", "CREATE TABLE a_one (n INTEGER)", "CREATE TABLE a_two (n INTEGER)")
	migrate(t, open(t, location), newer)
	for range 2 {
		if err := open(t, location).Migrate(t.Context(), old); !errors.Is(err, fault.Unsupported) {
			t.Errorf("err = %v", err)
		}
	}
	migrate(t, open(t, location), newer)
}

func open(t *testing.T, location string) *db.DB {
	t.Helper()
	d, err := db.Open(location)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// schema is a schema whose migrations are statements for both dialects.
func schema(name string, statements ...string) db.Schema {
	files := fstest.MapFS{}
	for i, s := range statements {
		for _, dialect := range []string{"sqlite", "postgres"} {
			files[fmt.Sprintf("%s/%05d_step.sql", dialect, i+1)] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + s + ";\n")}
		}
	}
	return db.Schema{Name: name, Migrations: files}
}

func migrate(t *testing.T, d *db.DB, s db.Schema) {
	t.Helper()
	if err := d.Migrate(t.Context(), s); err != nil {
		t.Fatal(err)
	}
}

// numbers are the values of a query's only column.
func numbers(t *testing.T, d *db.DB, query string, args ...any) []int {
	t.Helper()
	var all []int
	err := d.Each(t.Context(), func(scan db.Scan) error {
		var n int
		err := scan(&n)
		all = append(all, n)
		return err
	}, query, args...)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// exec runs a statement in a transaction.
func exec(t *testing.T, d *db.DB, query string, args ...any) {
	t.Helper()
	err := d.Within(t.Context(), func(tx db.Tx) error {
		_, err := tx.Exec(t.Context(), query, args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func testSchemas(t *testing.T, location string) {
	d := open(t, location)
	migrate(t, d, schema("plan", "CREATE TABLE plan (n BIGINT)"))
	migrate(t, d, schema("job", "CREATE TABLE job (n BIGINT)", "CREATE INDEX job_n ON job (n)"))
	exec(t, d, "INSERT INTO plan VALUES (1)")
	exec(t, d, "INSERT INTO job VALUES (2)")
	// One of them goes on; the other does not notice.
	again := open(t, location)
	migrate(t, again, schema("plan", "CREATE TABLE plan (n BIGINT)", "UPDATE plan SET n = n + 10"))
	migrate(t, again, schema("job", "CREATE TABLE job (n BIGINT)", "CREATE INDEX job_n ON job (n)"))
	for table, want := range map[string][2]int{"plan": {11, 2}, "job": {2, 2}} {
		if got := numbers(t, again, "SELECT n FROM "+table); !slices.Equal(got, []int{want[0]}) {
			t.Errorf("%s holds %v", table, got)
		}
		if got := numbers(t, again, "SELECT MAX(version_id) FROM "+table+"_version"); !slices.Equal(got, []int{want[1]}) {
			t.Errorf("%s has version %v", table, got)
		}
	}
}

func testMigrateAtOnce(t *testing.T, location string) {
	errs := make(chan error)
	for range 8 {
		d := open(t, location)
		go func() {
			errs <- d.Migrate(t.Context(), schema("job", "CREATE TABLE job (n BIGINT)", "INSERT INTO job VALUES (1)", "CREATE INDEX job_n ON job (n)"))
		}()
	}
	for range 8 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if got := numbers(t, open(t, location), "SELECT n FROM job"); !slices.Equal(got, []int{1}) {
		t.Errorf("got %v", got)
	}
}

func testBadMigration(t *testing.T, location string) {
	d := open(t, location)
	good := schema("job", "CREATE TABLE job (n BIGINT)")
	if err := d.Migrate(t.Context(), schema("job", "CREATE TABLE job (n BIGINT)", "INSERT INTO nothing VALUES (1)")); !errors.Is(err, fault.Internal) {
		t.Errorf("got %v", err)
	}
	migrate(t, d, good)
	if got := numbers(t, d, "SELECT MAX(version_id) FROM job_version"); !slices.Equal(got, []int{1}) {
		t.Errorf("version %v", got)
	}
	if err := d.Migrate(t.Context(), db.Schema{Name: "none", Migrations: fstest.MapFS{}}); !errors.Is(err, fault.Internal) {
		t.Errorf("without migrations: %v", err)
	}
}

func testRollback(t *testing.T, location string) {
	d := open(t, location)
	migrate(t, d, schema("job", "CREATE TABLE job (n BIGINT)"))
	refused := fault.New(fault.Conflict, "not this one")
	err := d.Within(t.Context(), func(tx db.Tx) error {
		if n, err := tx.Exec(t.Context(), "INSERT INTO job VALUES (?), (?)", 1, 2); n != 2 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		return refused
	})
	if !errors.Is(err, fault.Conflict) {
		t.Errorf("got %v", err)
	}
	err = d.Within(t.Context(), func(tx db.Tx) error {
		var n int
		if err := tx.One(t.Context(), []any{&n}, "SELECT n FROM job"); !errors.Is(err, sql.ErrNoRows) {
			t.Errorf("%d, %v", n, err)
		}
		_, err := tx.Exec(t.Context(), "INSERT INTO nothing VALUES (1)")
		return err
	})
	if !errors.Is(err, fault.Internal) {
		t.Errorf("got %v", err)
	}
}

func testInsert(t *testing.T, location string) {
	d := open(t, location)
	migrate(t, d, schema("job", "CREATE TABLE job (n BIGINT PRIMARY KEY, name TEXT)"))
	rows := make([][]any, 2*db.Chunk+1)
	for i := range rows {
		rows[i] = []any{i, fmt.Sprint(i)}
	}
	for range 2 {
		err := d.Within(t.Context(), func(tx db.Tx) error {
			return tx.Insert(t.Context(), "job", "ON CONFLICT DO NOTHING", []string{"n", "name"}, rows)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if got := numbers(t, d, "SELECT COUNT(*) FROM job WHERE n < ?", len(rows)); !slices.Equal(got, []int{len(rows)}) {
		t.Errorf("got %v", got)
	}
}

// counted is a database with a table of numbers from 0.
func counted(t *testing.T, location string, n int) *db.DB {
	t.Helper()
	d := open(t, location)
	migrate(t, d, schema("job", "CREATE TABLE job (n BIGINT)"))
	rows := make([][]any, n)
	for i := range rows {
		rows[i] = []any{i}
	}
	err := d.Within(t.Context(), func(tx db.Tx) error { return tx.Insert(t.Context(), "job", "", []string{"n"}, rows) })
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func readNumber(scan db.Scan) (n int, err error) { return n, scan(&n) }

// testStream nests more streams than the pool has connections, uses the database
// in the innermost, and reads none of the others to its end.
func testStream(t *testing.T, location string) {
	d := counted(t, location, 1000)
	var nest func(depth int)
	nest = func(depth int) {
		for n, err := range db.Stream(t.Context(), d, readNumber, "SELECT n FROM job WHERE n >= ? ORDER BY n", depth) {
			if err != nil || n != depth {
				t.Fatalf("%d, %v", n, err)
			}
			if depth < 10 {
				nest(depth + 1)
				return
			}
			exec(t, d, "INSERT INTO job VALUES (5000)")
			if got := numbers(t, d, "SELECT COUNT(*) FROM job"); got[0] != 1001 {
				t.Errorf("%v rows", got)
			}
			return
		}
	}
	streamed := 0
	for n, err := range db.Stream(t.Context(), d, readNumber, "SELECT n FROM job ORDER BY n") {
		if err != nil || n != streamed {
			t.Fatalf("%d, %v", n, err)
		}
		if streamed++; streamed == 1 {
			nest(0)
		}
	}
	if streamed != 1000 {
		t.Errorf("the stream had %d rows; one was written after it began", streamed)
	}
}

func testStreamCanceled(t *testing.T, location string) {
	d := counted(t, location, 5000)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	rows, failed := 0, error(nil)
	for _, err := range db.Stream(ctx, d, readNumber, "SELECT a.n FROM job a, job b") {
		if err != nil {
			failed = err
			continue
		}
		if rows++; rows == 10 {
			cancel()
		}
	}
	if !errors.Is(failed, fault.Canceled) {
		t.Errorf("after %d rows: %v", rows, failed)
	}
	for _, err := range db.Stream(t.Context(), d, readNumber, "SELECT nothing FROM nowhere") {
		if !errors.Is(err, fault.Internal) {
			t.Errorf("got %v", err)
		}
	}
}

func testLock(t *testing.T, location string) {
	d, other := open(t, location), open(t, location)
	unlock, err := d.Lock(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Lock(t.Context(), "main"); !errors.Is(err, fault.Conflict) {
		t.Errorf("locked twice: %v", err)
	}
	free, err := other.Lock(t.Context(), "second")
	if err != nil {
		t.Fatal(err)
	}
	free()
	unlock()
	again, err := other.Lock(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	again()
}
