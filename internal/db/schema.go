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

func (s Schema) versionTable() string { return cmp.Or(s.VersionTable, s.Name+"_version") }

// Migrate creates the tables of a schema, or brings them up to date. Processes
// that do so at the same time wait for each other.
//
// Errors: Endpoint for a server that does not answer, Internal for a database
// that can't be used, Unsupported for a schema that a newer Hawser wrote, Invalid
// for a database that can only be read and needs a change.
func (d *DB) Migrate(ctx context.Context, s Schema) error {
	dir, err := fs.Sub(s.Migrations, d.dialect.name())
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the migrations of %s are missing", s.Name)
	}
	// Without a global registry, two schemas can't see each other's migrations.
	options := append(d.dialect.gooseOptions(), goose.WithTableName(s.versionTable()), goose.WithDisableGlobalRegistry(true))
	provider, err := goose.NewProvider(d.dialect.goose(), d.pool, dir, options...)
	if err != nil {
		return d.failed(err, "can't be migrated")
	}
	// HasPending would create the table of versions.
	known := !d.readOnly || d.hasTable(ctx, s.versionTable())
	if known {
		if pending, err := provider.HasPending(ctx); err == nil && !pending {
			return d.notNewer(ctx, provider, s)
		}
	}
	if d.readOnly {
		return fault.New(fault.Invalid, "the store %s has to be brought up to date, and can only be read", d.location).At("store").
			WithFix("open it once with this Hawser as a user who may write it")
	}
	unlock, err := d.lockMigrations(ctx, s.Name)
	if err != nil {
		return err
	}
	defer unlock()
	if _, err := provider.Up(ctx); err != nil {
		return d.failed(err, "can't be brought up to date")
	}
	return d.notNewer(ctx, provider, s)
}

// hasTable reports whether an SQLite file has a table.
func (d *DB) hasTable(ctx context.Context, name string) bool {
	var n int
	err := d.pool.QueryRowContext(ctx, "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = ?", name).Scan(&n)
	return err == nil && n > 0
}

// notNewer refuses a schema with migrations that this program does not have: what it
// would read or write could mean something else.
func (d *DB) notNewer(ctx context.Context, provider *goose.Provider, s Schema) error {
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return d.failed(err, "can't be read")
	}
	if current > target {
		return fault.New(fault.Unsupported, "the store %s was written by a newer Hawser", d.location).
			WithCause("its schema %s has version %d, and this Hawser knows %d", s.Name, current, target).At("store").
			WithFix("use the newer Hawser, or restore a backup of before")
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
