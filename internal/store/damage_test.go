package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/db"
	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/snapshot"
	"github.com/hawser/hawser/internal/store"
)

// pragma sets a limit that tests reach sooner than people do, on the one
// connection that a store has while it is used by one goroutine.
func pragma(b *writer, text string) error {
	return b.DB().Within(b.t.Context(), func(t db.Tx) error {
		_, err := t.Exec(b.t.Context(), "PRAGMA "+text)
		return err
	})
}

func newWriter(t *testing.T, s *store.Store) *writer {
	return &writer{Store: s, t: t, now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
}

// crew is a batch of users, all of one letter.
func crew(letter string, n int) *snapshot.Batch {
	b := &snapshot.Batch{}
	for i := range n {
		id := user(fmt.Sprintf("%s-%06d", letter, i))
		b.Add(id, account, id.Key, note{strings.Repeat(letter, 200)})
		b.Link(id, snapshot.MemberOf, group(letter), nil)
	}
	return b
}

// A database that another process holds is a fault that says so, and loses
// nothing.
func TestLockedDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hawser.db")
	b := newWriter(t, open(t, path))
	if err := pragma(b, "busy_timeout = 100"); err != nil {
		t.Fatal(err)
	}
	first, _ := b.sync("iam.users", users("ada", ""))
	run := b.begin()
	other, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	other.SetMaxOpenConns(1)
	if _, err := other.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	_, _, err = b.Commit(t.Context(), run, outcome("iam.users", snapshot.OK), users("bob", ""), snapshot.Rules{})
	if !errors.Is(err, fault.Unavailable) || !strings.Contains(fault.From(err).Fix, "another process holds") {
		t.Errorf("%v", err)
	}
	if diff := cmp.Diff(b.names(first), b.names(0)); diff != "" { // it can be read all the while
		t.Error(diff)
	}
	if _, err := other.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	b.commit(run, "iam.users", users("bob", ""))
	b.end(run)
	if got := b.names(0); len(got) != 1 {
		t.Errorf("%v", got)
	}
}

// A full disk is a fault that says so; the cell that did not fit is not there in
// part, and fits when there is room.
func TestFullDisk(t *testing.T) {
	b := newWriter(t, open(t, filepath.Join(t.TempDir(), "hawser.db")))
	first, _ := b.sync("iam.users", users("ada", ""))
	if err := pragma(b, "max_page_count = 130"); err != nil {
		t.Fatal(err)
	}
	run := b.begin()
	_, _, err := b.Commit(t.Context(), run, outcome("iam.users", snapshot.OK), crew("x", 2000), snapshot.Rules{})
	if !errors.Is(err, fault.Quota) || !strings.Contains(fault.From(err).Fix, "make room") {
		t.Errorf("%v", err)
	}
	if diff := cmp.Diff(b.names(first), b.names(0)); diff != "" {
		t.Error(diff)
	}
	if err := pragma(b, "max_page_count = 1000000"); err != nil {
		t.Fatal(err)
	}
	b.commit(run, "iam.users", crew("x", 2000))
	b.end(run)
	if n := len(all(t, b.Store)); n != 2000 {
		t.Errorf("%d users", n)
	}
}

// all are the users that are in the snapshot.
func all(t *testing.T, s *store.Store) []string {
	t.Helper()
	var names []string
	for e, err := range snapshot.All(t.Context(), s, snapshot.Filter{Kinds: []snapshot.Kind{snapshot.User}}) {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, e.Name)
	}
	return names
}

const victim = "HAWSER_TEST_WRITES"

// TestWriter is the process that TestKilledInAWrite kills.
func TestWriter(t *testing.T) {
	path := os.Getenv(victim)
	if path == "" {
		t.Skip("it is for another test")
	}
	b := newWriter(t, open(t, path))
	for {
		for _, letter := range []string{"x", "y"} {
			b.sync("iam.users", crew(letter, 1000))
			fmt.Println("written")
		}
	}
}

// A process that is killed in the middle of a write leaves one cell or the
// other, whole, and a database that goes on.
func TestKilledInAWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hawser.db")
	for round := range 5 {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestWriter$")
		child.Env = append(os.Environ(), victim+"="+path)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := out.Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(5+23*round) * time.Millisecond)
		_ = child.Process.Kill()
		_ = child.Wait()
		s := open(t, path)
		names := all(t, s)
		letters := map[byte]int{}
		for _, name := range names {
			letters[name[strings.LastIndex(name, "/")+1]]++
		}
		if len(letters) > 1 || len(names) != 1000 || !slices.IsSorted(names) {
			t.Errorf("round %d: %v", round, letters)
		}
		b := newWriter(t, s)
		b.sync("iam.users", crew("z", 10))
		if n := len(all(t, s)); n != 10 {
			t.Errorf("round %d: %d users after another sync", round, n)
		}
		if err := s.DB().Close(); err != nil {
			t.Fatal(err)
		}
	}
}
