package db

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/jsonfile"
)

// Lock takes a name for this process, until unlock is called or the process
// ends. The error is Conflict where another process has it.
func (d *DB) Lock(ctx context.Context, name string) (unlock func(), err error) {
	taken := fault.New(fault.Conflict, "another process is running %s", name).WithFix("wait for it, or stop it")
	if _, ok := d.dialect.(sqlite); ok {
		file := d.lockFile(name)
		d.shareLock(file)
		lock := jsonfile.NewLock(file)
		// Locked has it for a moment.
		bounded, cancel := context.WithTimeout(ctx, lookTime)
		defer cancel()
		switch got, err := lock.TryLockContext(bounded, lookTime/10); {
		case got:
			return func() { _ = lock.Unlock() }, nil
		case bounded.Err() != nil && ctx.Err() == nil:
			return nil, taken
		default:
			return nil, d.failed(err, "can't be locked")
		}
	}
	conn, err := d.pool.Conn(ctx) // the lock is the connection's
	if err != nil {
		return nil, d.failed(err, "can't be locked")
	}
	key := lockKey(name)
	var got bool
	err = conn.QueryRowContext(ctx, "SELECT pg_try_advisory_lock($1)", key).Scan(&got)
	if err == nil && got {
		return func() {
			_, _ = conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", key) // it ends with the connection
			_ = conn.Close()
		}, nil
	}
	_ = conn.Close()
	if err != nil {
		return nil, d.failed(err, "can't be locked")
	}
	return nil, taken
}

// shareLock makes a lock's file readable by whoever may read the database, so that they can
// tell whether a process has the lock. If that fails, the lock itself says why.
func (d *DB) shareLock(file string) {
	info, err := os.Stat(d.file)
	if err != nil {
		return
	}
	mode := info.Mode().Perm()&0o644 | 0o600
	made, err := os.OpenFile(file, os.O_CREATE|os.O_RDONLY|syscall.O_NONBLOCK, mode)
	if err != nil {
		return
	}
	_ = made.Chmod(mode)
	_ = made.Close()
}

// lookTime is how long Lock waits for processes that look whether it is taken.
const lookTime = 50 * time.Millisecond

// Locked reports whether a process has a name.
func (d *DB) Locked(ctx context.Context, name string) (bool, error) {
	if _, ok := d.dialect.(sqlite); ok {
		return d.fileLocked(d.lockFile(name))
	}
	var taken bool
	err := d.Each(ctx, func(scan Scan) error { return scan(&taken) }, `SELECT EXISTS (SELECT 1 FROM pg_locks
		WHERE locktype = 'advisory' AND objsubid = 1 AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
		AND (classid::bigint << 32) | objid::bigint = ?)`, lockKey(name))
	return taken, err
}

// fileLocked reports whether a process has the lock of a file. A file that is not
// there is not made. One that this user may not read counts as locked, as it may be.
func (d *DB) fileLocked(file string) (bool, error) {
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	lock := jsonfile.NewLock(file)
	got, err := lock.TryRLock()
	if errors.Is(err, fs.ErrPermission) {
		return true, nil
	}
	if err != nil {
		return false, d.failed(err, "can't be locked")
	}
	if got {
		_ = lock.Unlock()
	}
	return !got, nil
}

// lockKey returns the number of a name's lock in PostgreSQL.
func lockKey(name string) int64 {
	sum := sha256.Sum256([]byte(name))
	return int64(binary.BigEndian.Uint64(sum[:8]))
}

// lockFile returns the file beside an SQLite database that stands for a name.
func (d *DB) lockFile(name string) string {
	sum := sha256.Sum256([]byte(name))
	return d.file + "." + hex.EncodeToString(sum[:lockDigits/2]) + lockSuffix
}

// The names of lock files: the database's, a point, digits, and the suffix.
const (
	lockDigits = 12
	lockSuffix = ".lock"
)

// isLockOf reports whether a file is a lock of a database. Both are names in one
// directory.
func isLockOf(name, database string) bool {
	digits, ok := strings.CutPrefix(name, database+".")
	if ok {
		digits, ok = strings.CutSuffix(digits, lockSuffix)
	}
	_, err := hex.DecodeString(digits)
	return ok && err == nil && len(digits) == lockDigits
}
