package db

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"syscall"

	sqlitedriver "modernc.org/sqlite"

	"github.com/hawser/hawser/internal/fault"
)

// openFile opens an SQLite file, which only its owner may read, and creates it if
// there is none.
func openFile(path string) (*DB, error) {
	cannot := func(err error) error {
		return fault.Wrap(err, fault.Invalid, "the store %s can't be opened", path).WithCause("%v", err).At("store").WithFix("let this user write there, or choose another file")
	}
	_, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		if lost := traces(path); lost != "" {
			return nil, fault.New(fault.Conflict, "the store %s is gone", path).WithCause("%s shows that it was there", lost).At("store").
				WithFix("restore it from a backup, or remove %s and the other files beside it to begin a new store", lost)
		}
		err = create(path)
	}
	if err != nil {
		return nil, cannot(err)
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, cannot(err)
	}
	readOnly, err := look(real)
	if errors.Is(err, errEmpty) {
		return nil, fault.New(fault.Conflict, "the store %s is an empty file", path).WithCause("a store is never empty; its contents were lost").At("store").
			WithFix("restore it from a backup, or remove the file to begin a new store")
	}
	if err != nil {
		return nil, cannot(err)
	}
	d, err := openSQLite(real, readOnly)
	if err != nil {
		return nil, cannot(err)
	}
	d.location = path
	return d, nil
}

// openSQLite opens an SQLite file that is there.
func openSQLite(path string, readOnly bool) (*DB, error) {
	// In WAL mode readers see what was there when they began, beside one
	// writer, who takes the lock at once and waits for it.
	name := "file:" + (&url.URL{Path: path}).EscapedPath() + "?_pragma=busy_timeout(10000)"
	switch {
	case !readOnly:
		name += "&_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)"
	case exists(path + "-wal"):
		name += "&mode=ro"
	default:
		// Without a write-ahead log nobody writes, and none can be created.
		// https://www.sqlite.org/wal.html#read_only_databases
		name += "&mode=ro&immutable=1"
	}
	connector, err := sqlitedriver.NewConnector(name + "&_pragma=cache_size(-65536)&_pragma=temp_store(MEMORY)")
	if err != nil {
		return nil, err
	}
	pool := sql.OpenDB(keeping{connector})
	pool.SetMaxOpenConns(4)
	// Streams sort in temporary files once their cache is full.
	streams, err := sql.Open("sqlite", name+"&_pragma=cache_size(-16384)&_pragma=temp_store(FILE)&_pragma=query_only(ON)")
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return &DB{pool: pool, streams: streams, dialect: sqlite{}, location: path, file: path, readOnly: readOnly}, nil
}

var errEmpty = errors.New("the file is empty")

// look opens the file, and reports whether it can only be read.
func look(path string) (readOnly bool, err error) {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		readOnly = true
		file, err = os.Open(path)
	}
	if err != nil {
		return readOnly, err
	}
	info, err := file.Stat()
	if err == nil && info.Size() == 0 {
		err = errEmpty
	}
	return readOnly, errors.Join(err, file.Close())
}

// create creates an SQLite database, whole at once, so that no other process finds it
// empty. If another process creates it at the same time, that one is used.
func create(path string) (err error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(dir, ".hawser-new-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(file.Name())) }()
	if err := file.Close(); err != nil {
		return err
	}
	made, err := sql.Open("sqlite", "file:"+(&url.URL{Path: file.Name()}).EscapedPath())
	if err != nil {
		return err
	}
	_, err = made.ExecContext(context.Background(), "PRAGMA application_id = 0x48777372") // "Hwsr"; without a change nothing is written
	if err := errors.Join(err, made.Close()); err != nil {
		return err
	}
	if err := os.Link(file.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// traces returns a file beside a path that shows that a store was there; empty if
// there is none.
func traces(path string) string {
	for _, pattern := range []string{"-wal", "-shm"} {
		if exists(path + pattern) {
			return path + pattern
		}
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return ""
	}
	for _, e := range entries {
		if isLockOf(e.Name(), filepath.Base(path)) {
			return filepath.Join(filepath.Dir(path), e.Name())
		}
	}
	return ""
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
