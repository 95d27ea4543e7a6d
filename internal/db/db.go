// Package db opens SQLite and Postgres databases, which several schemas may
// share. A schema is a set of tables that one package owns: it has a name,
// migrations, and a table that records its version.
//
// The package holds what is the same for every schema: transactions, inserts of
// many rows, streams of rows, locks between processes, copies, and the faults
// that the databases' errors mean. It knows no table.
package db

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/hawser/hawser/internal/fault"
)

// DB is a database. It is safe for concurrent use, and beside other processes
// that use the same database.
type DB struct {
	// pool runs short queries and transactions. streams runs queries whose rows
	// are read while other work goes on; it has no limit, so that a caller who
	// queries the database between two rows never waits for itself.
	pool, streams *sql.DB
	dialect       Dialect
	location      string // as it may be shown
	file          string // of SQLite: the file's own path, without links
	readOnly      bool
}

// Open opens the database at a location, which is a file's path or a URL such
// as postgres://user@host/name. It creates the file if there is none, and no
// table. A file that this user may only read is opened for reading. A Postgres
// server is not contacted until the first query.
//
// Errors: Invalid for a location that can't be used, Conflict for a file that is
// empty or gone although it was used before.
func Open(location string) (*DB, error) {
	if strings.HasPrefix(location, "postgres://") || strings.HasPrefix(location, "postgresql://") {
		return openPostgres(location)
	}
	return openFile(location)
}

func openPostgres(location string) (*DB, error) {
	u, err := url.Parse(location)
	if err != nil {
		return nil, fault.New(fault.Invalid, "the store is not a URL").At("store").WithFix("write it like postgres://user@host:5432/hawser")
	}
	config, err := pgx.ParseConfig(location)
	if err != nil {
		return nil, fault.New(fault.Invalid, "the store %s can't be used", u.Redacted()).At("store").WithFix("check the URL's parameters")
	}
	if _, set := config.RuntimeParams["lock_timeout"]; !set {
		config.RuntimeParams["lock_timeout"] = "10s" // as long as SQLite's
	}
	pool := stdlib.OpenDB(*config)
	pool.SetMaxOpenConns(8)
	return &DB{pool: pool, streams: stdlib.OpenDB(*config), dialect: postgres{}, location: u.Redacted()}, nil
}

// Close closes the database.
func (d *DB) Close() error { return errors.Join(d.streams.Close(), d.pool.Close()) }

// Location is where the database is, without a password.
func (d *DB) Location() string { return d.location }

// Dialect returns what the database's SQL has of its own.
func (d *DB) Dialect() Dialect { return d.dialect }

// failed returns the fault of a database that failed.
func (d *DB) failed(err error, what string) error {
	if f := known(err); f != nil {
		return f
	}
	kind, fix := d.dialect.classify(err)
	return fault.Wrap(err, kind, "the store %s %s", d.location, what).WithCause("%v", err).WithFix("%s", fix)
}

// known returns errors that are faults already, and those of contexts as faults.
func known(err error) error {
	var f *fault.Error
	switch {
	case errors.As(err, &f):
		return f
	case errors.Is(err, context.Canceled):
		return fault.Wrap(err, fault.Canceled, "interrupted")
	case errors.Is(err, context.DeadlineExceeded):
		return fault.Wrap(err, fault.Timeout, "the time limit was reached").WithFix("raise the time limit (--timeout), or ask for less")
	}
	return nil
}
