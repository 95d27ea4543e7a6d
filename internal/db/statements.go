package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"slices"
)

// How many statements a connection keeps, and how long their text may be: a long one
// inserts rows whose number is hardly ever the same again.
const (
	keptStatements = 64
	keptText       = 4 << 10
)

// keeping is a driver whose connections keep the statements that they ran, since
// SQLite takes longer to prepare a small statement than to run it. They are kept
// below database/sql, whose own statements ask the pool for a connection, and so
// would wait for each other where transactions have all of them.
type keeping struct{ driver.Connector }

// connection is what the driver's connections can do.
type connection interface {
	driver.Conn
	driver.Pinger
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.SessionResetter
	driver.Validator
}

// statement is what the driver's statements can do.
type statement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// Connect opens a connection.
func (k keeping) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := k.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	inner, ok := c.(connection)
	if !ok {
		return c, nil
	}
	return &keeper{connection: inner}, nil
}

// keeper is a connection that keeps its statements. As with every connection,
// database/sql makes one call of it at a time.
type keeper struct {
	connection
	idle []kept // the one that was used last is at the end
}

type kept struct {
	text string
	statement
}

// ExecContext runs a statement.
func (k *keeper) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, err := k.take(ctx, query)
	if err != nil {
		return nil, err
	}
	result, err := s.ExecContext(ctx, args)
	return result, k.give(s, err)
}

// QueryContext runs a query, which has its statement until its rows are closed.
func (k *keeper) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := k.take(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(ctx, args)
	if err != nil {
		return nil, k.give(s, err)
	}
	return &keptRows{Rows: rows, keeper: k, statement: s}, nil
}

// Close closes the statements, and then the connection.
func (k *keeper) Close() error {
	var errs []error
	for _, s := range k.idle {
		errs = append(errs, s.Close())
	}
	k.idle = nil
	return errors.Join(append(errs, k.connection.Close())...)
}

// take returns an idle statement, or prepares one.
func (k *keeper) take(ctx context.Context, query string) (kept, error) {
	if i := k.find(query); i >= 0 {
		s := k.idle[i]
		k.idle = slices.Delete(k.idle, i, i+1)
		return s, nil
	}
	prepared, err := k.PrepareContext(ctx, query)
	if err != nil {
		return kept{}, err
	}
	s, ok := prepared.(statement)
	if !ok {
		return kept{}, errors.Join(driver.ErrSkip, prepared.Close())
	}
	return kept{query, s}, nil
}

// give makes a statement idle again. One that failed is not kept.
func (k *keeper) give(s kept, failed error) error {
	if failed != nil || len(s.text) > keptText || k.find(s.text) >= 0 {
		_ = s.Close() // it would be the error of its last run
		return failed
	}
	k.idle = append(k.idle, s)
	if len(k.idle) <= keptStatements {
		return nil
	}
	oldest := k.idle[0]
	k.idle = slices.Delete(k.idle, 0, 1)
	return oldest.Close()
}

func (k *keeper) find(query string) int {
	return slices.IndexFunc(k.idle, func(s kept) bool { return s.text == query })
}

// keptRows are rows that give their statement back.
type keptRows struct {
	driver.Rows
	keeper    *keeper
	statement kept
}

// Close ends the query.
func (r *keptRows) Close() error { return r.keeper.give(r.statement, r.Rows.Close()) }
