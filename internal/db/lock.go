package db

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strings"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/jsonfile"
)

// Lock takes a name for this process, until unlock is called or the process
// ends. The error is Conflict where another process has it.
func (d *DB) Lock(ctx context.Context, name string) (unlock func(), err error) {
	taken := fault.New(fault.Conflict, "another process is running %s", name).WithFix("wait for it, or stop it")
	if _, ok := d.dialect.(sqlite); ok {
		lock := jsonfile.NewLock(d.lockFile(name))
		got, err := lock.TryLock()
		if err != nil {
			return nil, d.failed(err, "can't be locked")
		}
		if !got {
			return nil, taken
		}
		return func() { _ = lock.Unlock() }, nil
	}
	conn, err := d.pool.Conn(ctx) // the lock is the connection's
	if err != nil {
		return nil, d.failed(err, "can't be locked")
	}
	sum := sha256.Sum256([]byte(name))
	key := int64(binary.BigEndian.Uint64(sum[:8]))
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
