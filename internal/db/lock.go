package db

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

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
	return d.location + "." + hex.EncodeToString(sum[:6]) + ".lock"
}
