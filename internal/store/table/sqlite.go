package table

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/store/scratch"
)

// writeDatabase builds a database of all tables, then copies it to dst.
func writeDatabase(ctx context.Context, dst io.Writer, dir string, progress Progress, tables []Table) (err error) {
	var schema strings.Builder
	for _, t := range tables {
		schema.WriteString(t.definition() + ";")
	}
	db, err := scratch.New(ctx, dir, schema.String())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Discard()) }()
	for _, t := range tables {
		if err := fill(ctx, db, t, progress); err != nil {
			return err
		}
	}
	return db.Finish(func(r io.Reader) error {
		_, err := io.Copy(dst, r)
		return err
	})
}

// fill puts a table's rows in, and then makes its indexes.
func fill(ctx context.Context, db *scratch.DB, t Table, progress Progress) error {
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(t.Columns)), ", ")
	stmt, err := db.Prepare("INSERT INTO " + quote(t.Name) + " VALUES (" + marks + ")")
	if err != nil {
		return err
	}
	if err := copyRows(ctx, &sqliteEncoder{stmt}, t, progress); err != nil {
		return err
	}
	for _, index := range t.Indexes {
		name := t.Name + "_" + strings.Join(index, "_")
		if err := db.Exec("CREATE INDEX " + quote(name) + " ON " + quote(t.Name) + " (" + quoteAll(index) + ")"); err != nil {
			return err
		}
	}
	return nil
}

type sqliteEncoder struct{ stmt *scratch.Stmt }

func (e *sqliteEncoder) row(row Row) error {
	for i, v := range row {
		if moment, ok := v.(time.Time); ok {
			row[i] = moment.Format(timeLayout)
		}
	}
	return e.stmt.Insert(row...)
}

func (e *sqliteEncoder) close() error { return nil }

// definition returns the statement that makes the table.
func (t Table) definition() string {
	columns := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		columns[i] = quote(c.Name) + " " + c.Type.affinity()
	}
	return "CREATE TABLE " + quote(t.Name) + " (" + strings.Join(columns, ", ") + ")"
}

func (t Type) affinity() string {
	if t == Int || t == Bool {
		return "INTEGER"
	}
	return "TEXT"
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func quoteAll(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = quote(name)
	}
	return strings.Join(quoted, ", ")
}
