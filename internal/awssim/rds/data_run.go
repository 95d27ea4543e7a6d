package rds

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rdsdata/types"
	"modernc.org/sqlite"

	"github.com/hawser/hawser/internal/awssim"
	"github.com/hawser/hawser/internal/awssim/rds/datasql"
)

// dataRun is one statement on a connection, its own or a transaction's.
type dataRun struct {
	ctx    context.Context
	conn   *sql.Conn
	stmt   datasql.Statement
	target dataTarget
	state  *dataState
	tx     *dataTx // nil outside of a transaction
	done   func()
}

// prepare checks a call and gives it a connection; done must be called.
func prepare(c *awssim.Call, resource, secret, database, tx, text *string) (*dataRun, error) {
	t, err := targetOf(c, resource, secret, database)
	if err != nil {
		return nil, err
	}
	if len(aws.ToString(text)) > maxSQL {
		return nil, awssim.Errorf("BadRequestException", "Number of characters in SQLStatement is longer than %d", maxSQL)
	}
	run := &dataRun{stmt: datasql.Parse(aws.ToString(text)), target: t, state: awssim.State[dataState](c)}
	if run.stmt.Several {
		return nil, awssim.Errorf("BadRequestException", "Multistatements aren't supported")
	}
	if strings.TrimSpace(run.stmt.Text) == "" {
		return nil, awssim.Errorf("BadRequestException", "SQL must not be empty")
	}
	ctx, cancel := context.WithTimeout(c.Context(), max(shortestStatement, c.World.Clock.Scaled(statementTime)))
	run.ctx = ctx
	if tx != nil {
		return run, run.join(c, *tx, database, cancel)
	}
	db, err := run.state.database(t)
	if err == nil {
		run.conn, err = db.Conn(ctx)
	}
	if err != nil {
		cancel()
		return nil, err
	}
	run.done = func() { cancel(); _ = run.conn.Close() }
	return run, nil
}

// join uses the connection of an open transaction.
func (r *dataRun) join(c *awssim.Call, id string, database *string, cancel func()) error {
	tx, err := r.state.take(c, id)
	if err != nil {
		cancel()
		return err
	}
	r.tx, r.conn = tx, tx.conn
	r.done = func() { cancel(); tx.mu.Unlock() }
	if tx.target.cluster != r.target.cluster || (database != nil && *database != tx.target.database) {
		r.done()
		return awssim.Errorf("BadRequestException", "Database name is not the same as transaction's database")
	}
	return nil
}

// atomically runs f as one change, within the transaction if there is one.
func (r *dataRun) atomically(f func() error) error {
	if _, err := r.conn.ExecContext(r.ctx, "SAVEPOINT batch"); err != nil {
		return databaseError(err)
	}
	err := f()
	if err != nil {
		_, _ = r.conn.ExecContext(context.Background(), "ROLLBACK TO batch") // the first failure is the one to tell
	}
	if _, end := r.conn.ExecContext(context.Background(), "RELEASE batch"); err == nil && end != nil {
		return databaseError(end)
	}
	return err
}

// forbidden are statements of SQLite's own that reach beyond the database, and
// those that would end a transaction behind the Data API's back.
func forbidden() []string {
	return []string{"attach", "detach", "pragma", "vacuum", "begin", "start", "commit", "end", "rollback", "savepoint", "release"}
}

// statement runs the statement with one set of parameters.
func (r *dataRun) statement(params []types.SqlParameter) (*dataResult, error) {
	if slices.Contains(forbidden(), r.stmt.First) {
		return nil, awssim.Errorf("DatabaseErrorException", "ERROR: the Data API does not run %s; SQLState: 0A000", strings.ToUpper(r.stmt.First))
	}
	if r.stmt.First == "set" && r.stmt.Second == "transaction" {
		return r.setTransaction()
	}
	if r.stmt.First == "create" && r.stmt.Second == "database" {
		return r.createDatabase()
	}
	args, err := bind(r.stmt.Parameters, params)
	if err != nil {
		return nil, err
	}
	for {
		result, err := r.query(args)
		var failed *sqlite.Error
		if errors.As(err, &failed) && failed.Code() == sqliteBusy && r.ctx.Err() == nil {
			time.Sleep(2 * time.Millisecond) // another transaction writes: wait as a row lock would
			continue
		}
		switch {
		case errors.Is(r.ctx.Err(), context.DeadlineExceeded):
			return nil, awssim.Errorf("StatementTimeoutException", "Request timed out")
		case failed != nil && failed.Code() == sqliteReadOnly:
			return nil, r.inReadOnly()
		case err != nil && errors.Is(err, errTooLarge):
			return nil, r.tooLarge()
		case err != nil:
			return nil, databaseError(err)
		}
		return result, nil
	}
}

// query runs the statement and counts what it changed.
func (r *dataRun) query(args []any) (*dataResult, error) {
	before, _, err := r.changes()
	if err != nil {
		return nil, err
	}
	rows, err := r.conn.QueryContext(r.ctx, r.stmt.Text, args...)
	if err != nil {
		return nil, err
	}
	result, err := readRows(rows)
	if closing := rows.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return nil, err
	}
	after, last, err := r.changes()
	if len(result.columns) == 0 {
		result.updated = after - before
	}
	if r.stmt.First == "insert" || r.stmt.First == "replace" {
		result.lastID = last
	}
	return result, err
}

// changes gives the connection's counter of changed rows, and the last id.
func (r *dataRun) changes() (total, last int64, err error) {
	err = r.conn.QueryRowContext(r.ctx, "SELECT total_changes(), last_insert_rowid()").Scan(&total, &last)
	return total, last, err
}

// tooLarge ends the transaction, if there is one, as AWS does.
func (r *dataRun) tooLarge() error {
	if r.tx != nil {
		_ = r.tx.end("ROLLBACK")
	}
	return awssim.Errorf("BadRequestException", "Database returned more than the allowed response size limit")
}

func (r *dataRun) createDatabase() (*dataResult, error) {
	name := strings.Trim(lastWord(r.stmt.Text), `"`+"`")
	if name == r.target.own || !r.state.add(r.target.cluster, name) {
		return nil, awssim.Errorf("DatabaseErrorException", "ERROR: database %q already exists; SQLState: 42P04", name)
	}
	return &dataResult{}, nil
}

func lastWord(s string) string {
	words := strings.Fields(s)
	return words[len(words)-1]
}

// SQLite's result codes that are told apart here.
const (
	sqliteBusy         = 5
	sqliteReadOnly     = 8
	sqliteBusySnapshot = 517
	sqliteNotNull      = 1299
	sqliteForeignKey   = 787
	sqliteCheck        = 275
	sqliteUnique       = 2067
	sqlitePrimaryKey   = 1555
)

// databaseError gives SQLite's failure in the Data API's form, with
// PostgreSQL's SQLState.
func databaseError(err error) error {
	state := "42601"
	var failed *sqlite.Error
	if errors.As(err, &failed) {
		switch failed.Code() {
		case sqliteUnique, sqlitePrimaryKey:
			state = "23505"
		case sqliteNotNull:
			state = "23502"
		case sqliteForeignKey:
			state = "23503"
		case sqliteCheck:
			state = "23514"
		case sqliteBusySnapshot:
			state = "40001"
		}
	}
	text := err.Error()
	if strings.Contains(text, "no such table") { // SQLite has no code of its own for it
		state = "42P01"
	}
	if i := strings.LastIndex(text, " ("); i > 0 {
		text = text[:i]
	}
	return awssim.Errorf("DatabaseErrorException", "ERROR: %s; SQLState: %s", strings.TrimPrefix(text, "SQL logic error: "), state)
}

var errTooLarge = fmt.Errorf("the result is larger than %d bytes", maxResult)
