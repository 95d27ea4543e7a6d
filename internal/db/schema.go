package db

import (
	"cmp"
	"context"
	"io/fs"
	"time"

	"github.com/pressly/goose/v3"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/jsonfile"
)

// Schema is the tables of one package. Schemas of one database know nothing of
// each other, and are migrated apart from each other.
type Schema struct {
	// Name is unique in the database. The names of the tables and indexes begin
	// with it.
	Name string
	// Migrations has a folder for each dialect, sqlite and postgres, with files
	// such as 00001_users.sql, which goose reads.
	Migrations fs.FS
	// VersionTable records which migrations were applied. The default is Name
	// with "_version".
	VersionTable string
}

// Migrate creates the tables of a schema, or brings them up to date. Processes
// that do so at the same time wait for each other.
//
// Errors: Endpoint for a server that does not answer, Internal for a database
// that can't be used.
func (d *DB) Migrate(ctx context.Context, s Schema) error {
	dir, err := fs.Sub(s.Migrations, d.dialect.name())
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the migrations of %s are missing", s.Name)
	}
	// Without a global registry, two schemas can't see each other's migrations.
	options := append(d.dialect.gooseOptions(), goose.WithTableName(cmp.Or(s.VersionTable, s.Name+"_version")), goose.WithDisableGlobalRegistry(true))
	provider, err := goose.NewProvider(d.dialect.goose(), d.pool, dir, options...)
	if err != nil {
		return d.failed(err, "can't be migrated")
	}
	if pending, err := provider.HasPending(ctx); err == nil && !pending {
		return nil
	}
	unlock, err := d.lockMigrations(ctx, s.Name)
	if err != nil {
		return err
	}
	defer unlock()
	if _, err := provider.Up(ctx); err != nil {
		return d.failed(err, "can't be brought up to date")
	}
	return nil
}

// lockMigrations waits until no other process migrates an SQLite file, whose
// migrations goose does not lock. For Postgres it does.
func (d *DB) lockMigrations(ctx context.Context, schema string) (unlock func(), err error) {
	if _, ok := d.dialect.(sqlite); !ok {
		return func() {}, nil
	}
	lock := jsonfile.NewLock(d.lockFile("migrate " + schema))
	if _, err := lock.TryLockContext(ctx, 10*time.Millisecond); err != nil {
		return nil, d.failed(err, "can't be locked")
	}
	return func() { _ = lock.Unlock() }, nil
}
