package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	sqlitedriver "modernc.org/sqlite"
)

// counting is SQLite's driver. It records the statements that it prepares.
type counting struct {
	driver.Connector
	prepared *[]string
}

func (c counting) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return countingConn{inner.(connection), c.prepared}, nil
}

type countingConn struct {
	connection
	prepared *[]string
}

func (c countingConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	*c.prepared = append(*c.prepared, query)
	return c.connection.PrepareContext(ctx, query)
}

// counted is a pool of one connection, and what was prepared on it.
func counted(t *testing.T) (*sql.DB, *[]string) {
	t.Helper()
	connector, err := sqlitedriver.NewConnector("file:" + filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	prepared := new([]string)
	pool := sql.OpenDB(keeping{counting{connector, prepared}})
	pool.SetMaxOpenConns(1)
	t.Cleanup(func() {
		if err := pool.Close(); err != nil {
			t.Error(err)
		}
	})
	run(t, pool, "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)")
	*prepared = nil
	return pool, prepared
}

func run(t *testing.T, pool *sql.DB, query string, args ...any) {
	t.Helper()
	if _, err := pool.ExecContext(t.Context(), query, args...); err != nil {
		t.Errorf("%s: %v", query, err)
	}
}

func all(t *testing.T, pool *sql.DB, query string, args ...any) string {
	t.Helper()
	rows, err := pool.QueryContext(t.Context(), query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var got []string
	for rows.Next() {
		var s sql.NullString
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		got = append(got, s.String)
	}
	if err := rows.Err(); err != nil {
		t.Error(err)
	}
	return strings.Join(got, " ")
}

func TestAStatementIsPreparedOnce(t *testing.T) {
	pool, prepared := counted(t)
	for i := range 3 {
		run(t, pool, "INSERT INTO t VALUES (?, ?)", i, fmt.Sprint("b", i))
		if got := all(t, pool, "SELECT b FROM t WHERE a = ?", i); got != fmt.Sprint("b", i) {
			t.Errorf("row %d is %q", i, got)
		}
	}
	if want := []string{"INSERT INTO t VALUES (?, ?)", "SELECT b FROM t WHERE a = ?"}; !slices.Equal(*prepared, want) {
		t.Errorf("prepared %q", *prepared)
	}
}

// A query whose rows are not all read has its statement to itself.
func TestAQueryInsideOfItself(t *testing.T) {
	pool, prepared := counted(t)
	run(t, pool, "INSERT INTO t VALUES (1, 'x'), (2, 'y'), (3, 'z')")
	tx, err := pool.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	*prepared = nil
	const after = "SELECT a FROM t WHERE a > ? ORDER BY a"
	var got []int
	for range 2 {
		rows, err := tx.QueryContext(t.Context(), after, 0)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var outer, inner int
			if err := rows.Scan(&outer); err != nil {
				t.Fatal(err)
			}
			if err := tx.QueryRowContext(t.Context(), after, outer).Scan(&inner); err != nil && outer < 3 {
				t.Fatal(err)
			}
			got = append(got, outer, inner)
		}
		if err := rows.Close(); err != nil {
			t.Error(err)
		}
	}
	if want := []int{1, 2, 2, 3, 3, 0, 1, 2, 2, 3, 3, 0}; !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	if n := len(*prepared); n < 2 || n > 4 {
		t.Errorf("%d statements were prepared", n)
	}
}

func TestOnlySomeStatementsAreKept(t *testing.T) {
	pool, prepared := counted(t)
	long := "SELECT '" + strings.Repeat("x", keptText) + "'"
	for range 2 {
		for i := range keptStatements {
			run(t, pool, fmt.Sprintf("SELECT %d", i))
		}
		run(t, pool, long)
	}
	if n := len(*prepared); n != keptStatements+2 {
		t.Errorf("%d statements were prepared, want each of the short ones once and the long one twice", n)
	}
	*prepared = nil
	run(t, pool, "SELECT 'one more'")
	run(t, pool, "SELECT 1")
	run(t, pool, "SELECT 0")
	if want := []string{"SELECT 'one more'", "SELECT 0"}; !slices.Equal(*prepared, want) {
		t.Errorf("prepared %q, want that the one which was used longest ago is gone", *prepared)
	}
}

// A statement that failed is prepared anew, and one that is kept sees what became of
// its table.
func TestKeptStatementsSeeWhatChanged(t *testing.T) {
	pool, prepared := counted(t)
	run(t, pool, "INSERT INTO t VALUES (?, ?)", 1, "x")
	if _, err := pool.ExecContext(t.Context(), "INSERT INTO t VALUES (?, ?)", 1, "again"); err == nil {
		t.Error("the same key twice")
	}
	run(t, pool, "INSERT INTO t VALUES (?, ?)", 2, nil)
	if got := all(t, pool, "SELECT b FROM t ORDER BY a"); got != "x " {
		t.Errorf("got %q", got)
	}
	if n := len(*prepared); n != 3 {
		t.Errorf("%d statements were prepared", n)
	}
	run(t, pool, "DROP TABLE t")
	run(t, pool, "CREATE TABLE t (b TEXT, a INTEGER)")
	run(t, pool, "INSERT INTO t VALUES ('new', 7)")
	if got := all(t, pool, "SELECT b FROM t ORDER BY a"); got != "new" {
		t.Errorf("got %q of the new table", got)
	}
}

// Transactions that have every connection prepare statements of their own.
func TestStatementsInManyTransactions(t *testing.T) {
	d, err := Open(filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	run(t, d.pool, "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)")
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			err := d.Within(t.Context(), func(tx Tx) error {
				if _, err := tx.Exec(t.Context(), "INSERT INTO t VALUES (?, ?)", i, "x"); err != nil {
					return err
				}
				var n int
				return tx.One(t.Context(), []any{&n}, "SELECT count(*) FROM t WHERE a = ?", i)
			})
			if err != nil {
				t.Error(err)
			}
			if err := d.Each(t.Context(), func(scan Scan) error { var n int; return scan(&n) }, "SELECT count(*) FROM t WHERE a = ?", i); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}
