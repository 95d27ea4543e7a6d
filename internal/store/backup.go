package store

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/hawser/hawser/internal/fault"
)

// Backup writes a copy of the whole store to w, while the store is in use. The
// copy is made in a new directory beside the store first, which is removed.
// The error is Invalid for Postgres, whose own tools do that.
//
// https://www.sqlite.org/lang_vacuum.html#vacuuminto
func (s *Store) Backup(ctx context.Context, w io.Writer) (err error) {
	if _, ok := s.dialect.(sqlite); !ok {
		return fault.New(fault.Invalid, "the store %s is a Postgres database", s.place).WithFix("back it up with pg_dump")
	}
	dir, err := os.MkdirTemp(filepath.Dir(s.place), ".hawser-backup-")
	if err != nil {
		return s.failed(err, "can't be copied")
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "copy.db")
	if _, err := s.db.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		return s.failed(err, "can't be copied")
	}
	copied, err := os.Open(path)
	if err != nil {
		return s.failed(err, "can't be copied")
	}
	defer func() { err = errors.Join(err, copied.Close()) }()
	_, err = io.Copy(w, copied)
	return err
}
