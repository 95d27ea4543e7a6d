// Package scratch builds SQLite files that are handed over, or thrown away:
// rows go in without a journal and without waiting for the disk, indexes come
// when all rows are there, and nobody sees the file before it is whole.
package scratch

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"

	"modernc.org/sqlite" // registers the driver "sqlite" as well

	"github.com/hawser/hawser/internal/fault"
)

// DB is a database being built, by one goroutine.
type DB struct {
	ctx  context.Context // for the whole database, which is one operation in many calls
	row  context.Context // for single rows
	dir  string          // its own directory
	db   *sql.DB
	conn *sql.Conn
	rows int64
}

// Stmt puts rows into one table.
type Stmt struct {
	db   *DB
	stmt *sql.Stmt
}

// pragmas suit a file that is worthless until it is whole. Large pages make
// building a third faster.
const pragmas = `PRAGMA page_size=32768; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;
	PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=-32768; PRAGMA temp_store=FILE; PRAGMA trusted_schema=OFF;`

// New begins a database with the tables that schema makes, in a new directory
// in parent (the system's own place where that is empty). The context holds
// for all that is done with it.
func New(ctx context.Context, parent, schema string) (*DB, error) {
	dir, err := os.MkdirTemp(parent, ".hawser-scratch-*")
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "there is no space to prepare the file").WithCause("%v", err)
	}
	// A context that can be cancelled would cost each row a goroutine: Insert
	// looks at ctx from time to time instead.
	d := &DB{ctx: ctx, row: context.WithoutCancel(ctx), dir: dir}
	if err := d.open(schema); err != nil {
		return nil, errors.Join(d.Fault(err), d.Discard())
	}
	return d, nil
}

func (d *DB) path() string { return filepath.Join(d.dir, "scratch.db") }

func (d *DB) open(schema string) (err error) {
	if d.db, err = sql.Open("sqlite", "file:"+(&url.URL{Path: d.path()}).EscapedPath()); err != nil {
		return err
	}
	if d.conn, err = d.db.Conn(d.row); err != nil {
		return err
	}
	_, err = d.conn.ExecContext(d.row, pragmas+schema+";BEGIN;")
	return err
}

// Prepare makes an INSERT ready.
func (d *DB) Prepare(insert string) (*Stmt, error) {
	stmt, err := d.conn.PrepareContext(d.row, insert)
	if err != nil {
		return nil, d.Fault(err)
	}
	return &Stmt{d, stmt}, nil
}

// Insert puts a row in.
func (s *Stmt) Insert(args ...any) error {
	d := s.db
	if d.db == nil {
		return fault.New(fault.Internal, "the file is closed already")
	}
	if d.rows++; d.rows%1024 == 0 && d.ctx.Err() != nil {
		return fault.From(d.ctx.Err())
	}
	if _, err := s.stmt.ExecContext(d.row, args...); err != nil {
		return d.Fault(err)
	}
	return nil
}

// Exec runs a statement that may take long, such as one that makes an index.
func (d *DB) Exec(text string, args ...any) error {
	if _, err := d.conn.ExecContext(d.ctx, text, args...); err != nil {
		return d.Fault(err)
	}
	return nil
}

// Finish makes the database whole and gives its file to read, once. The
// database can't be used afterwards, and is still to be discarded.
func (d *DB) Finish(read func(io.Reader) error) (err error) {
	if err := d.Exec("COMMIT"); err != nil {
		return err
	}
	if err := d.close(); err != nil {
		return d.Fault(err)
	}
	file, err := os.Open(d.path())
	if err != nil {
		return d.Fault(err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := read(reader{d.ctx, file}); err != nil {
		return d.Fault(err)
	}
	return nil
}

// reader ends with its context, which is its whole point.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

func (d *DB) close() error {
	if d.db == nil {
		return nil
	}
	var err error
	if d.conn != nil {
		err = d.conn.Close()
	}
	err = errors.Join(err, d.db.Close())
	d.db, d.conn = nil, nil
	return err
}

// Discard removes the database; it is meant for defer.
func (d *DB) Discard() error {
	return errors.Join(d.close(), os.RemoveAll(d.dir))
}

// constraintUnique is SQLite's code SQLITE_CONSTRAINT_UNIQUE.
const constraintUnique = 2067

// Fault makes a fault of what the database or the file system said: Invalid
// for rows that break a unique index.
func (d *DB) Fault(err error) error {
	var known *fault.Error
	var refused *sqlite.Error
	switch {
	case errors.As(err, &known):
		return known
	case d.ctx.Err() != nil:
		return fault.From(d.ctx.Err())
	case errors.As(err, &refused) && refused.Code() == constraintUnique:
		return fault.Wrap(err, fault.Invalid, "a value that must be unique was given twice").WithCause("%v", refused)
	}
	return fault.Wrap(err, fault.Internal, "the file can't be written").WithCause("%v", err).
		WithFix("check whether the disk is full: a database is built beside the file, and may be many times as large")
}
