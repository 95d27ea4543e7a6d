package db

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/hawser/hawser/internal/fault"
)

var numbered = Schema{Name: "n", Migrations: fstest.MapFS{
	"sqlite/00001_n.sql": {Data: []byte("-- +goose Up\nCREATE TABLE n (n INTEGER);\n")},
}}

func opened(t *testing.T, path string) *DB {
	t.Helper()
	d, err := openFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func insert(t *testing.T, d *DB) {
	t.Helper()
	if err := d.Migrate(t.Context(), numbered); err != nil {
		t.Fatal(err)
	}
	if err := d.Within(t.Context(), func(x Tx) error { _, err := x.Exec(t.Context(), "INSERT INTO n VALUES (7)"); return err }); err != nil {
		t.Fatal(err)
	}
}

func sum(t *testing.T, d *DB) (n int) {
	t.Helper()
	err := d.Each(t.Context(), func(scan Scan) error { return scan(&n) }, "SELECT COALESCE(SUM(n), 0) FROM n")
	if err != nil {
		t.Error(err)
	}
	return n
}

// A store that is empty or gone is not silently a new one.
func TestALostStoreIsTold(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hawser.db")
	d := opened(t, path)
	insert(t, d)
	unlock, err := d.Lock(t.Context(), "sync main")
	if err != nil {
		t.Fatal(err)
	}
	unlock()
	_ = d.Close()
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := openFile(path); !errors.Is(err, fault.Conflict) {
		t.Errorf("an empty file: %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := openFile(path); !errors.Is(err, fault.Conflict) {
		t.Errorf("no file: %v", err)
	}
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it was created: %v", err)
	}
	left, err := filepath.Glob(path + "*")
	if err != nil || len(left) == 0 {
		t.Fatalf("%v, %v", left, err)
	}
	for _, name := range left {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	insert(t, opened(t, path))
}

// Processes that create a store at once use one, and leave no other file.
func TestAStoreIsCreatedOnce(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "hawser.db")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() { insert(t, opened(t, path)) })
	}
	all.Wait()
	if got := sum(t, opened(t, path)); got != 56 {
		t.Errorf("the sum is %d", got)
	}
	if left, err := filepath.Glob(filepath.Join(dir, ".hawser-new-*")); err != nil || len(left) != 0 {
		t.Errorf("%v, %v", left, err)
	}
}

// A store and a link to it have the same locks.
func TestALinkedStoreIsLockedOnce(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "hawser.db"), filepath.Join(dir, "link.db")
	d := opened(t, path)
	if err := os.Symlink("hawser.db", link); err != nil {
		t.Skipf("this system has no symbolic links: %v", err)
	}
	unlock, err := d.Lock(t.Context(), "sync main")
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	if _, err := opened(t, link).Lock(t.Context(), "sync main"); !errors.Is(err, fault.Conflict) {
		t.Errorf("err = %v", err)
	}
}

// Whoever may read a store may see whether it is locked.
func TestLocksAreAsReadableAsTheStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hawser.db")
	d := opened(t, path)
	for _, mode := range []os.FileMode{0o600, 0o640, 0o644, 0o666} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		unlock, err := d.Lock(t.Context(), "sync main")
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(d.lockFile("sync main"))
		if want := mode & 0o644; err != nil || info.Mode().Perm() != want {
			t.Errorf("of %v the lock is %v, want %v: %v", mode, info.Mode().Perm(), want, err)
		}
		unlock()
	}
}

// A store that can only be read is read: one that nobody uses, and one that somebody
// writes at the same time.
func TestAReadOnlyStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hawser.db")
	writer := opened(t, path)
	insert(t, writer)
	reads := func(want int) {
		t.Helper()
		d, err := openSQLite(path, true)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = d.Close() }()
		if err := d.Migrate(t.Context(), numbered); err != nil {
			t.Fatal(err)
		}
		if got := sum(t, d); got != want {
			t.Errorf("the sum is %d", got)
		}
		err = d.Within(t.Context(), func(x Tx) error { _, err := x.Exec(t.Context(), "INSERT INTO n VALUES (1)"); return err })
		if !errors.Is(err, fault.Invalid) {
			t.Errorf("a write: %v", err)
		}
		if err := d.Migrate(t.Context(), Schema{Name: "other", Migrations: numbered.Migrations}); !errors.Is(err, fault.Invalid) {
			t.Errorf("a migration: %v", err)
		}
	}
	reads(7)
	insert(t, writer)
	_ = writer.Close()
	reads(14)
	if os.Getuid() == 0 {
		return // root may write whatever the mode says
	}
	if err := os.Chmod(path, 0o400); err != nil {
		t.Fatal(err)
	}
	if d := opened(t, path); !d.readOnly || sum(t, d) != 14 {
		t.Errorf("read only: %t", d.readOnly)
	}
}
