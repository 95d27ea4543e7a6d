package db

import (
	"errors"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	sqlitedriver "modernc.org/sqlite"
	sqlitecodes "modernc.org/sqlite/lib"

	"github.com/hawser/hawser/internal/fault"
)

// Dialect is what differs between the databases.
type Dialect interface {
	// Pairs returns a table of two text columns, kind and key, from one argument
	// that is a JSON list of pairs.
	Pairs() string
	// List returns a table of one text column, value, from one argument that is a
	// JSON list of texts.
	List() string
	// Like returns the operator that matches a pattern without regard to case.
	Like() string

	name() string
	goose() goose.Dialect
	gooseOptions() []goose.ProviderOption
	// bind writes a query's ? as the database has them.
	bind(query string) string
	// classify says what kind of fault an error is, and what helps.
	classify(err error) (kind fault.Kind, fix string)
}

type sqlite struct{}

func (sqlite) name() string                         { return "sqlite" }
func (sqlite) goose() goose.Dialect                 { return goose.DialectSQLite3 }
func (sqlite) gooseOptions() []goose.ProviderOption { return nil }
func (sqlite) bind(query string) string             { return query }
func (sqlite) Like() string                         { return "LIKE" }

func (sqlite) Pairs() string {
	return `(SELECT value ->> 0 AS kind, value ->> 1 AS key FROM json_each(?))`
}

func (sqlite) List() string { return `(SELECT value FROM json_each(?))` }

// classify follows https://www.sqlite.org/rescode.html
func (sqlite) classify(err error) (fault.Kind, string) {
	var e *sqlitedriver.Error
	if !errors.As(err, &e) {
		return fault.Internal, "look at the cause"
	}
	switch e.Code() & 0xff {
	case sqlitecodes.SQLITE_BUSY, sqlitecodes.SQLITE_LOCKED:
		return fault.Unavailable, "another process holds the database; try again when it is done"
	case sqlitecodes.SQLITE_FULL:
		return fault.Quota, "make room on the disk; nothing that was stored is lost"
	case sqlitecodes.SQLITE_IOERR:
		return fault.Unavailable, "make room on the disk, or repair it; nothing that was stored is lost"
	case sqlitecodes.SQLITE_READONLY, sqlitecodes.SQLITE_CANTOPEN, sqlitecodes.SQLITE_PERM:
		return fault.Invalid, "let this user write the file and its folder"
	case sqlitecodes.SQLITE_NOTADB, sqlitecodes.SQLITE_CORRUPT:
		return fault.Internal, "restore the file from a backup, or choose another"
	}
	return fault.Internal, "look at the cause"
}

type postgres struct{}

func (postgres) name() string         { return "postgres" }
func (postgres) goose() goose.Dialect { return goose.DialectPostgres }
func (postgres) Like() string         { return "ILIKE" }

// gooseOptions lets one process migrate at a time. The others ask each second.
func (postgres) gooseOptions() []goose.ProviderOption {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
	if err != nil {
		return nil // these options are always right
	}
	return []goose.ProviderOption{goose.WithSessionLocker(locker)}
}

func (postgres) bind(query string) string {
	var b strings.Builder
	n := 0
	for i := range len(query) {
		if query[i] != '?' {
			b.WriteByte(query[i])
			continue
		}
		n++
		b.WriteString("$" + strconv.Itoa(n))
	}
	return b.String()
}

func (postgres) Pairs() string {
	return `(SELECT value ->> 0 AS kind, value ->> 1 AS key FROM jsonb_array_elements(?::jsonb))`
}

func (postgres) List() string {
	return `(SELECT value #>> '{}' AS value FROM jsonb_array_elements(?::jsonb))`
}

// classify follows https://www.postgresql.org/docs/15/errcodes-appendix.html
func (postgres) classify(err error) (fault.Kind, string) {
	var refused *pgconn.ConnectError
	var e *pgconn.PgError
	switch {
	case errors.As(err, &e) && strings.HasPrefix(e.Code, "28"):
		return fault.BadCredentials, "check user and password of the store's URL"
	case errors.As(err, &e) && e.Code == "3D000":
		return fault.Invalid, "create the database first: createdb"
	case errors.As(err, &e) && strings.HasPrefix(e.Code, "53"):
		return fault.Quota, "the server is out of disk, memory or connections; nothing that was stored is lost"
	case errors.As(err, &e) && (e.Code == "40001" || e.Code == "40P01" || e.Code == "55P03"):
		return fault.Unavailable, "another process was in the way; try again"
	case errors.As(err, &refused):
		return fault.Endpoint, "check host and port of the store's URL, and that the server runs"
	}
	return fault.Internal, "look at the cause"
}
