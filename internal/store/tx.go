package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
)

// tx is a transaction that speaks the store's dialect.
type tx struct {
	*sql.Tx
	dialect dialect
}

// within runs f in a transaction, which is rolled back where f fails.
func (s *Store) within(ctx context.Context, f func(tx) error) error {
	t, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return s.failed(err, "can't be written")
	}
	if err := f(tx{t, s.dialect}); err != nil {
		_ = t.Rollback() // what failed is err
		return s.failed(err, "can't be written")
	}
	if err := t.Commit(); err != nil {
		return s.failed(err, "can't be written")
	}
	return nil
}

func (t tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	result, err := t.ExecContext(ctx, t.dialect.bind(query), args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// each runs a query and gives its rows one by one.
func (t tx) each(ctx context.Context, row func(scan func(...any) error) error, query string, args ...any) error {
	rows, err := t.QueryContext(ctx, t.dialect.bind(query), args...)
	return eachOf(rows, err, row)
}

// each is tx.each outside of a transaction.
func (s *Store) each(ctx context.Context, row func(scan func(...any) error) error, query string, args ...any) error {
	rows, err := s.db.QueryContext(ctx, s.dialect.bind(query), args...)
	if err := eachOf(rows, err, row); err != nil {
		return s.failed(err, "can't be read")
	}
	return nil
}

func eachOf(rows *sql.Rows, err error, row func(scan func(...any) error) error) error {
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

// chunk is how many rows one statement inserts.
const chunk = 500

// insert puts rows into a table; each has as many values as there are columns.
// Suffix may say what happens to rows that are there already.
func (t tx) insert(ctx context.Context, table, suffix string, columns []string, rows [][]any) error {
	head := "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES "
	one := "(?" + strings.Repeat(", ?", len(columns)-1) + ")"
	var full *sql.Stmt
	for len(rows) > 0 {
		n := min(chunk, len(rows))
		args := make([]any, 0, n*len(columns))
		for _, row := range rows[:n] {
			args = append(args, row...)
		}
		rows = rows[n:]
		query := t.dialect.bind(head + one + strings.Repeat(", "+one, n-1) + suffix)
		if n < chunk {
			if _, err := t.ExecContext(ctx, query, args...); err != nil {
				return err
			}
			continue
		}
		if full == nil {
			var err error
			if full, err = t.PrepareContext(ctx, query); err != nil {
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
