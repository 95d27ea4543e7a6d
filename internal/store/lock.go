package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"github.com/gofrs/flock"

	"github.com/hawser/hawser/internal/fault"
)

// Lock takes a name for this process, until unlock is called or the process
// ends. The error is Conflict where another process has it.
func (s *Store) Lock(ctx context.Context, name string) (unlock func(), err error) {
	taken := fault.New(fault.Conflict, "another process is at %s", name).WithFix("wait for it, or end it")
	sum := sha256.Sum256([]byte(name))
	if _, ok := s.dialect.(sqlite); ok {
		lock := flock.New(s.place + "." + hex.EncodeToString(sum[:6]) + ".lock")
		got, err := lock.TryLock()
		if err != nil {
			return nil, s.failed(err, "can't be locked")
		}
		if !got {
			return nil, taken
		}
		return func() { _ = lock.Unlock() }, nil
	}
	conn, err := s.db.Conn(ctx) // the lock is the connection's
	if err != nil {
		return nil, s.failed(err, "can't be locked")
	}
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
		return nil, s.failed(err, "can't be locked")
	}
	return nil, taken
}
