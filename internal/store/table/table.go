// Package table writes tables for people who analyse them elsewhere: CSV, JSON
// Lines, Parquet, or one SQLite file with all of them. Rows are taken one by
// one, so that a table may be larger than memory; the same rows give the same bytes.
//
// A value is the same in each format: times are UTC and cut to microseconds,
// texts are UTF-8, with U+FFFD for what is none, and nothing is told apart
// from the empty text.
package table

import (
	"context"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/hawser/hawser/internal/fault"
)

// Type is what a column's values are.
type Type int

// The types, with the Go types of their values; each value may be nil.
const (
	Text Type = iota // string
	Int              // int64
	Time             // time.Time; zero is nil
	Bool             // bool
	JSON             // json.RawMessage
)

// Column is a column of a table.
type Column struct {
	Name string
	Type Type
}

// Row is one value for each column. It may be used for the next row again.
type Row []any

// Table is a table to write.
type Table struct {
	Name    string
	Columns []Column
	// Indexes are lists of columns that are searched by, where the format
	// knows such a thing.
	Indexes [][]string
	// Rows are read once. An error of theirs ends the writing and is given back.
	Rows iter.Seq2[Row, error]
}

// Format is how tables are written.
type Format string

// The formats.
const (
	// CSV follows RFC 4180 with a header line. A nil value is an empty field, and
	// the empty text is quoted. An apostrophe is put before texts that a
	// spreadsheet would take for a formula, and before those that begin with an
	// apostrophe.
	CSV Format = "csv"
	// JSONLines is one object for each row, with all columns in their order.
	JSONLines Format = "jsonl"
	// Parquet has pages compressed with zstd, and bounds of the values by which
	// readers skip parts.
	Parquet Format = "parquet"
	// SQLite is one database of all tables with their indexes. Times and JSON
	// are texts, whose order is that of time; truth is 1 and 0.
	SQLite Format = "sqlite"
)

// Formats lists all formats.
func Formats() []Format { return []Format{CSV, JSONLines, Parquet, SQLite} }

// Progress is called with the number of a table's rows, every few thousand rows
// and at the end.
type Progress func(table string, rows int64)

const progressEvery = 8192

// encoder writes one table's rows.
type encoder interface {
	row(Row) error
	// close writes what is still to write; nothing where it is not called.
	close() error
}

// Write writes tables to dst. SQLite is built in a new directory in scratch
// first, which is removed. After an error, dst may have incomplete data.
func Write(ctx context.Context, dst io.Writer, scratch string, format Format, progress Progress, tables ...Table) error {
	for _, t := range tables {
		if err := t.check(); err != nil {
			return err
		}
	}
	if format == SQLite {
		return writeDatabase(ctx, dst, scratch, progress, tables)
	}
	if len(tables) != 1 {
		return fault.New(fault.Invalid, "a file of format %s holds one table, not %d", format, len(tables)).
			WithFix("write a file for each table, or choose %s", SQLite)
	}
	out := newOutput(dst)
	enc, err := newEncoder(out, format, tables[0])
	if err != nil {
		return err
	}
	if err := copyRows(ctx, enc, tables[0], progress); err != nil {
		return err
	}
	return out.close()
}

func newEncoder(out *output, format Format, t Table) (encoder, error) {
	switch format {
	case CSV:
		return newCSV(out, t), nil
	case JSONLines:
		return newJSONLines(out, t), nil
	case Parquet:
		return newParquet(out, t)
	}
	return nil, fault.New(fault.Invalid, "there is no format %q", format).WithFix("choose one of %s", strings.Trim(fmt.Sprint(Formats()), "[]"))
}

// copyRows returns all rows to an encoder, each checked against the columns.
func copyRows(ctx context.Context, enc encoder, t Table, progress Progress) error {
	if progress == nil {
		progress = func(string, int64) {}
	}
	var n int64
	checked := make(Row, len(t.Columns))
	for row, err := range t.Rows {
		if err == nil && n%256 == 0 {
			err = ctx.Err()
		}
		if err == nil {
			err = t.plain(checked, row)
		}
		if err == nil {
			err = enc.row(checked)
		}
		if err != nil {
			return fault.From(err)
		}
		if n++; n%progressEvery == 0 {
			progress(t.Name, n)
		}
	}
	if err := enc.close(); err != nil {
		return fault.From(err)
	}
	progress(t.Name, n)
	return nil
}

// check wants names that every format can tell apart.
func (t Table) check() error {
	if t.Name == "" || len(t.Columns) == 0 {
		return fault.New(fault.Internal, "the table %q has no name or no columns", t.Name)
	}
	names := map[string]bool{}
	for _, c := range t.Columns {
		lower := strings.ToLower(c.Name)
		if c.Name == "" || names[lower] || c.Type < Text || c.Type > JSON {
			return fault.New(fault.Internal, "the table %s can't have the column %q", t.Name, c.Name)
		}
		names[lower] = true
	}
	for _, index := range t.Indexes {
		for _, name := range index {
			if !names[strings.ToLower(name)] {
				return fault.New(fault.Internal, "the table %s has no column %q to index", t.Name, name)
			}
		}
	}
	return nil
}
