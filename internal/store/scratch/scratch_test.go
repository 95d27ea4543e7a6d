package scratch_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/store/scratch"
)

func TestWhatEndsEarlyLeavesNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	dir := t.TempDir()
	d, err := scratch.New(ctx, dir, "CREATE TABLE t (a)")
	if err != nil {
		t.Fatal(err)
	}
	stmt, err := d.Prepare("INSERT INTO t VALUES (?)")
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	rows := 0
	for err == nil {
		if err = stmt.Insert(1); err == nil {
			rows++
		}
	}
	if !errors.Is(err, fault.Canceled) || rows > 2048 {
		t.Errorf("after %d rows: %v", rows, err)
	}
	if err := d.Exec("CREATE INDEX i ON t (a)"); !errors.Is(err, fault.Canceled) {
		t.Errorf("an index was made: %v", err)
	}
	if err := d.Finish(func(io.Reader) error { return nil }); !errors.Is(err, fault.Canceled) {
		t.Errorf("it was finished: %v", err)
	}
	if err := d.Discard(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

func TestWhatIsGivenTwiceIsInvalid(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "what? 50% #1") // of meaning in URLs
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	d, err := scratch.New(t.Context(), dir, "CREATE TABLE t (a)")
	if err != nil {
		t.Fatal(err)
	}
	defer d.Discard()
	for range 2 {
		if err := d.Exec("INSERT INTO t VALUES (1)"); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Exec("CREATE UNIQUE INDEX i ON t (a)"); !errors.Is(err, fault.Invalid) {
		t.Errorf("got %v", err)
	}
}
