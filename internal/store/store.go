package store

import (
	"context"
	"database/sql"
	"embed"
	"io/fs"
	"time"

	"github.com/hawser/hawser/internal/db"
	"github.com/hawser/hawser/internal/fault"
)

//go:embed migrations
var migrations embed.FS

// Store keeps snapshots in a database. It is safe for concurrent use, and beside
// other processes that use the same database.
type Store struct {
	db *db.DB
	// connection is the one whose snapshot is read; empty for those of all.
	connection string
}

// New makes a store of a database, and creates its tables or brings them up to
// date. The database stays the caller's to close. The errors are those of
// db.Migrate.
func New(ctx context.Context, d *db.DB) (*Store, error) {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the store's migrations are not there")
	}
	// The tables and their versions are older than schemas, and keep their names.
	err = d.Migrate(ctx, db.Schema{Name: "snapshot", Migrations: dir, VersionTable: "goose_db_version"})
	if err != nil {
		return nil, err
	}
	return &Store{db: d}, nil
}

// Of returns the store with the snapshot of one connection alone: what is read of it
// leaves out what the syncs of other connections read. Empty means all.
func (s *Store) Of(connection string) *Store { return &Store{s.db, connection} }

// DB returns the store's database.
func (s *Store) DB() *db.DB { return s.db }

// tx is a transaction on the store's tables.
type tx struct{ db.Tx }

func (s *Store) within(ctx context.Context, f func(tx) error) error {
	return s.db.Within(ctx, func(t db.Tx) error { return f(tx{t}) })
}

// moment returns a time as it is stored: nanoseconds since 1970.
func moment(t time.Time) int64 { return t.UnixNano() }

// orNull returns a moment that may not be known.
func orNull(t time.Time) sql.NullInt64 { return sql.NullInt64{Int64: moment(t), Valid: !t.IsZero()} }

func timeOf(n sql.NullInt64) time.Time {
	if !n.Valid {
		return time.Time{}
	}
	return time.Unix(0, n.Int64).UTC()
}
