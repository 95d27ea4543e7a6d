package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/hawser/hawser/internal/fault"
)

//go:embed migrations
var migrations embed.FS

// Store is a database of pictures. It is safe for concurrent use, and beside
// other processes that use the same database.
type Store struct {
	db      *sql.DB
	dialect dialect
	place   string // as it may be shown
}

// Open opens the database at a place, a file's path or a URL such as
// postgres://user@host/name, makes it where it is not there, and brings its
// tables up to date. Errors: Invalid for a place that is none, Endpoint for a
// server that does not answer, Internal for a database that can't be used.
func Open(ctx context.Context, place string) (*Store, error) {
	s, err := connect(place)
	if err != nil {
		return nil, err
	}
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// connect opens the database without asking it for anything.
func connect(place string) (*Store, error) {
	if strings.HasPrefix(place, "postgres://") || strings.HasPrefix(place, "postgresql://") {
		u, err := url.Parse(place)
		if err != nil {
			return nil, fault.New(fault.Invalid, "the store is no URL").At("store").WithFix("write it like postgres://user@host:5432/hawser")
		}
		config, err := pgx.ParseConfig(place)
		if err != nil {
			return nil, fault.New(fault.Invalid, "the store %s can't be used", u.Redacted()).At("store").WithFix("check the URL's parameters")
		}
		if _, set := config.RuntimeParams["lock_timeout"]; !set {
			config.RuntimeParams["lock_timeout"] = "10s" // as long as SQLite's
		}
		db := stdlib.OpenDB(*config)
		db.SetMaxOpenConns(8)
		return &Store{db: db, dialect: postgres{}, place: u.Redacted()}, nil
	}
	return openFile(place)
}

// openFile opens an SQLite file, which only its owner may read.
func openFile(path string) (*Store, error) {
	cannot := func(err error) error {
		return fault.Wrap(err, fault.Invalid, "the store %s can't be opened", path).WithCause("%v", err).At("store").WithFix("let this user write there, or choose another file")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, cannot(err)
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, cannot(err)
	}
	if err := file.Close(); err != nil {
		return nil, cannot(err)
	}
	// Readers see what was there when they began, beside one writer, who takes
	// the lock at once and waits for it.
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+
		"?_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=busy_timeout(10000)&_pragma=synchronous(NORMAL)&_pragma=cache_size(-65536)&_pragma=temp_store(MEMORY)")
	if err != nil {
		return nil, cannot(err)
	}
	db.SetMaxOpenConns(4)
	return &Store{db: db, dialect: sqlite{}, place: path}, nil
}

// migrate brings the tables up to date.
func (s *Store) migrate(ctx context.Context) error {
	dir, err := fs.Sub(migrations, "migrations/"+s.dialect.name())
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the store's migrations are not there")
	}
	provider, err := goose.NewProvider(s.dialect.goose(), s.db, dir, s.dialect.gooseOptions()...)
	if err != nil {
		return s.failed(err, "can't be migrated")
	}
	if _, err := provider.Up(ctx); err != nil {
		return s.failed(err, "can't be brought up to date")
	}
	return nil
}

// Close lets go of the database.
func (s *Store) Close() error { return s.db.Close() }

// Place is where the store is, without a password.
func (s *Store) Place() string { return s.place }

// failed is the fault of a database that did not do what it was asked.
func (s *Store) failed(err error, what string) error {
	if f := known(err); f != nil {
		return f
	}
	kind, fix := s.dialect.classify(err)
	return fault.Wrap(err, kind, "the store %s %s", s.place, what).WithCause("%v", err).WithFix("%s", fix)
}

// known gives errors back that say already what they are.
func known(err error) error {
	var f *fault.Error
	switch {
	case errors.As(err, &f):
		return f
	case errors.Is(err, context.Canceled):
		return fault.Wrap(err, fault.Canceled, "interrupted")
	case errors.Is(err, context.DeadlineExceeded):
		return fault.Wrap(err, fault.Timeout, "the time was over")
	}
	return nil
}

// moment is a time as it is stored: nanoseconds since 1970.
func moment(t time.Time) int64 { return t.UnixNano() }

// orNull is a moment that may not be known.
func orNull(t time.Time) sql.NullInt64 { return sql.NullInt64{Int64: moment(t), Valid: !t.IsZero()} }

func timeOf(n sql.NullInt64) time.Time {
	if !n.Valid {
		return time.Time{}
	}
	return time.Unix(0, n.Int64).UTC()
}
