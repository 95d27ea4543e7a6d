package db

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"strings"
)

// Tx is a transaction. Its queries have ? for each argument, whatever the
// database is. Its errors are the driver's; Within makes faults of them.
type Tx struct {
	tx      *sql.Tx
	dialect Dialect
}

// Dialect returns what the database's SQL has of its own.
func (t Tx) Dialect() Dialect { return t.dialect }

// Within runs f in a transaction, which is rolled back if f fails.
//
// Errors: those of f if they are faults; Unavailable for a database that is
// locked, Quota for a full disk, and what else the database's errors mean.
func (d *DB) Within(ctx context.Context, f func(Tx) error) error {
	t, err := d.pool.BeginTx(ctx, nil)
	if err != nil {
		return d.failed(err, "can't be written")
	}
	if err := f(Tx{t, d.dialect}); err != nil {
		_ = t.Rollback() // what failed is err
		return d.failed(err, "can't be written")
	}
	if err := t.Commit(); err != nil {
		return d.failed(err, "can't be written")
	}
	return nil
}

// Exec runs a statement, and returns how many rows it changed.
func (t Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	result, err := t.tx.ExecContext(ctx, t.dialect.bind(query), args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// One runs a query and scans its first row into dest. The error is
// sql.ErrNoRows if there is none.
func (t Tx) One(ctx context.Context, dest []any, query string, args ...any) error {
	return t.tx.QueryRowContext(ctx, t.dialect.bind(query), args...).Scan(dest...)
}

// Scan copies the columns of a row into variables, as sql.Rows.Scan does.
type Scan func(dest ...any) error

// Each runs a query and calls row for each of its rows.
func (t Tx) Each(ctx context.Context, row func(Scan) error, query string, args ...any) error {
	rows, err := t.tx.QueryContext(ctx, t.dialect.bind(query), args...)
	return each(rows, err, row)
}

// Each runs a query outside of a transaction and calls row for each of its
// rows. Row must not use the database; Stream is for rows that take longer.
func (d *DB) Each(ctx context.Context, row func(Scan) error, query string, args ...any) error {
	rows, err := d.pool.QueryContext(ctx, d.dialect.bind(query), args...)
	if err := each(rows, err, row); err != nil {
		return d.failed(err, "can't be read")
	}
	return nil
}

func each(rows *sql.Rows, err error, row func(Scan) error) error {
	if err != nil {
		return err
	}
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return errors.Join(err, rows.Close())
		}
	}
	return errors.Join(rows.Err(), rows.Close())
}

// Stream runs a query and yields its rows one by one, each as read makes it. All
// rows are of one state of the database. The query has a connection of its own
// until the loop ends, so the loop's body may use the database. Rows are not
// kept in memory; what the database has to sort it sorts on its disk.
//
// An error is the last that is yielded.
func Stream[T any](ctx context.Context, d *DB, read func(Scan) (T, error), query string, args ...any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		// A query that is not read to its end is canceled, since the driver for
		// Postgres would otherwise read the rows that are left.
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		rows, err := d.streams.QueryContext(ctx, d.dialect.bind(query), args...)
		if err == nil {
			defer func() { cancel(); _ = rows.Close() }() // its error is that of the cancellation
			var more bool
			if more, err = yieldRows(rows, read, yield); !more {
				return
			}
		}
		if err != nil {
			var none T
			yield(none, d.failed(err, "can't be read"))
		}
	}
}

// yieldRows reports whether the loop's body wants more.
func yieldRows[T any](rows *sql.Rows, read func(Scan) (T, error), yield func(T, error) bool) (more bool, err error) {
	for rows.Next() {
		item, err := read(rows.Scan)
		if err != nil {
			return true, err
		}
		if !yield(item, nil) {
			return false, nil
		}
	}
	return true, rows.Err()
}

// Chunk is how many rows one statement inserts. Statements with a list of
// arguments have no more.
const Chunk = 500

// Insert inserts rows into a table; each has as many values as there are
// columns. Suffix may say what happens to rows that are there already, such as
// ON CONFLICT DO NOTHING.
func (t Tx) Insert(ctx context.Context, table, suffix string, columns []string, rows [][]any) error {
	head := "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES "
	one := "(" + Marks(len(columns)) + ")"
	var full *sql.Stmt
	for len(rows) > 0 {
		n := min(Chunk, len(rows))
		args := make([]any, 0, n*len(columns))
		for _, row := range rows[:n] {
			args = append(args, row...)
		}
		rows = rows[n:]
		query := t.dialect.bind(head + one + strings.Repeat(", "+one, n-1) + " " + suffix)
		if n < Chunk {
			if _, err := t.tx.ExecContext(ctx, query, args...); err != nil {
				return err
			}
			continue
		}
		if full == nil {
			var err error
			if full, err = t.tx.PrepareContext(ctx, query); err != nil {
				return err
			}
			defer func() { _ = full.Close() }()
		}
		if _, err := full.ExecContext(ctx, args...); err != nil {
			return err
		}
	}
	return nil
}

// Marks returns a list of n question marks.
func Marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }
