// Package exporttest writes exports into files for tests, as snapshot.export
// does: a file appears under its name when it is whole.
package exporttest

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"github.com/hawser/hawser/internal/files"
	"github.com/hawser/hawser/internal/store/c1z"
	"github.com/hawser/hawser/internal/store/table"
)

// file is a new file and the directory that it is made in.
type file struct {
	*files.NewFile
	access *files.Access
}

func create(path string) (*file, error) {
	access, err := files.Open(filepath.Dir(path), nil)
	if err != nil {
		return nil, err
	}
	f, err := access.Create(filepath.Base(path))
	if err != nil {
		return nil, errors.Join(err, access.Close())
	}
	return &file{f, access}, nil
}

// end removes what was not committed.
func (f *file) end() error { return errors.Join(f.Abort(), f.access.Close()) }

// Tables writes tables into a new file.
func Tables(ctx context.Context, path string, format table.Format, tables ...table.Table) (err error) {
	f, err := create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.end()) }()
	if err := table.Write(ctx, f, filepath.Dir(path), format, nil, tables...); err != nil {
		return err
	}
	return f.Commit()
}

// Writer writes a .c1z file.
type Writer struct {
	*c1z.Writer
	file *file
}

// C1Z begins a new .c1z file, which appears at Close.
func C1Z(ctx context.Context, path string, sync c1z.Sync) (*Writer, error) {
	f, err := create(path)
	if err != nil {
		return nil, err
	}
	w, err := c1z.New(ctx, f, filepath.Dir(path), sync)
	if err != nil {
		return nil, errors.Join(err, f.end())
	}
	return &Writer{w, f}, nil
}

// Close ends the sync and the file.
func (w *Writer) Close(ended time.Time) error {
	err := w.Writer.Close(ended)
	if err == nil {
		err = w.file.Commit()
	}
	return errors.Join(err, w.file.end())
}

// Abort removes what was written.
func (w *Writer) Abort() error { return errors.Join(w.Writer.Abort(), w.file.end()) }
