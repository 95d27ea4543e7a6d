// Package dbtest starts real Postgres servers for tests.
package dbtest

import (
	"context"
	"database/sql"
	"errors"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// Postgres starts a server on loopback with an empty database, which ends with the
// test, and gives its URL. Where Postgres is not installed the test is skipped,
// or fails where judges are required (CI=true).
func Postgres(t testing.TB) string {
	t.Helper()
	bin := find()
	if bin == "" {
		if os.Getenv("CI") == "true" || os.Getenv("HAWSER_JUDGES") == "require" {
			t.Fatal("Postgres is not here: make judges installs it")
		}
		t.Skip("Postgres is not here, so the store is tested on SQLite alone: make judges installs it")
	}
	dir, err := os.MkdirTemp("", "hawser-pg-") //nolint:usetesting // another user must be able to go through it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	s := server{t: t, bin: bin, dir: dir}
	s.run("initdb", "-D", filepath.Join(dir, "data"), "-U", "hawser", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
	return s.start()
}

// find returns the folder of initdb and pg_ctl; empty if there is none.
func find() string {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path)
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // fails for a bad pattern only
	if len(found) == 0 {
		return ""
	}
	slices.Sort(found)
	return filepath.Dir(found[len(found)-1])
}

type server struct {
	t        testing.TB
	bin, dir string
}

// start runs the server until the test ends.
func (s server) start() string {
	s.t.Helper()
	port := freePort(s.t)
	data := filepath.Join(s.dir, "data")
	options := strings.Join([]string{
		"-c listen_addresses=127.0.0.1", "-c port=" + strconv.Itoa(port), "-c unix_socket_directories=" + s.dir,
		"-c fsync=off", "-c synchronous_commit=off", "-c full_page_writes=off", "-c shared_buffers=256MB", "-c max_wal_size=4GB",
	}, " ")
	s.run("pg_ctl", "-D", data, "-w", "-t", "60", "-l", filepath.Join(s.dir, "log"), "-o", options, "start")
	s.t.Cleanup(func() { s.run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop") })
	return "postgres://hawser@127.0.0.1:" + strconv.Itoa(port) + "/postgres?sslmode=disable"
}

// run runs a program of Postgres's, which refuses to be root.
func (s server) run(program string, args ...string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	line := append([]string{filepath.Join(s.bin, program)}, args...)
	if os.Geteuid() == 0 {
		s.own()
		line = append([]string{
			"setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "env", "-i", "PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8",
		}, line...)
	}
	cmd := exec.CommandContext(ctx, line[0], line[1:]...)
	cmd.Dir = s.dir
	out, err := cmd.Output() // pg_ctl's server keeps standard error, so that it must not be a pipe
	if err != nil {
		var exit *exec.ExitError
		errors.As(err, &exit)
		s.t.Fatalf("%s: %v\n%s", program, err, out)
	}
}

// own returns the folder to the user postgres.
func (s server) own() {
	u, err := user.Lookup("postgres")
	if err != nil {
		s.t.Fatal(err)
	}
	uid, _ := strconv.Atoi(u.Uid) // numbers, by the documentation of user
	gid, _ := strconv.Atoi(u.Gid)
	if err := os.Chown(s.dir, uid, gid); err != nil {
		s.t.Fatal(err)
	}
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}

// Empty drops all that is in the database.
func Empty(t testing.TB, url string) {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(t.Context(), "DROP SCHEMA public CASCADE; CREATE SCHEMA public"); err != nil {
		t.Fatal(err)
	}
}
