package db

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/hawser/hawser/internal/fault"
)

// Backup writes a copy of the whole database to w, while the database is in use. The
// copy is made in a new directory beside the file first, which is removed.
// The error is Invalid for Postgres, whose own tools do that.
//
// https://www.sqlite.org/lang_vacuum.html#vacuuminto
func (d *DB) Backup(ctx context.Context, w io.Writer) (err error) {
	if _, ok := d.dialect.(sqlite); !ok {
		return fault.New(fault.Invalid, "the store %s is a Postgres database", d.location).WithFix("back it up with pg_dump")
	}
	dir, err := os.MkdirTemp(filepath.Dir(d.file), ".hawser-backup-")
	if err != nil {
		return d.failed(err, "can't be copied")
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "copy.db")
	if _, err := d.pool.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		return d.failed(err, "can't be copied")
	}
	copied, err := os.Open(path)
	if err != nil {
		return d.failed(err, "can't be copied")
	}
	defer func() { err = errors.Join(err, copied.Close()) }()
	_, err = io.Copy(w, copied)
	return err
}
