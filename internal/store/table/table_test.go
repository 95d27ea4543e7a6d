package table_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/store/export/exporttest"
	"github.com/hawser/hawser/internal/store/table"
)

var columns = []table.Column{
	{Name: "who", Type: table.Text},
	{Name: "n", Type: table.Int},
	{Name: "at", Type: table.Time},
	{Name: "ok", Type: table.Bool},
	{Name: "more \"x\"", Type: table.JSON},
	{Name: "long", Type: table.Text},
}

// hard are rows with what formats stumble over.
var hard = []table.Row{
	{"ada", int64(1), time.Date(2026, 1, 2, 3, 4, 5, 678901234, time.UTC), true, json.RawMessage(`{"a": [1, "x\n"]}`), strings.Repeat("x", 300)},
	{nil, nil, nil, nil, nil, nil},
	{"", int64(0), time.Time{}, false, json.RawMessage(nil), ""},
	{"=cmd|' /C calc'!A0", int64(math.MinInt64), time.Date(1, 1, 1, 0, 0, 1, 0, time.UTC), true, json.RawMessage(`"=1+1"`), "+1"},
	{"'quoted", int64(math.MaxInt64), time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC), false, json.RawMessage(`[]`), "-"},
	{"a,b\"c\r\nd\ne\rf", int64(-5), time.Date(1969, 12, 31, 23, 59, 59, 999999000, time.FixedZone("", 3600)), nil, json.RawMessage(`null`), " padded "},
	{"\xff\u2028<é>", nil, nil, nil, nil, "\t"},
}

// want are rows as every format must give them back.
func want(rows []table.Row) [][]any {
	out := make([][]any, len(rows))
	for i, row := range rows {
		for _, v := range row {
			out[i] = append(out[i], expected(v))
		}
	}
	return out
}

func expected(v any) any {
	switch v := v.(type) {
	case string:
		return strings.ToValidUTF8(v, "\uFFFD")
	case time.Time:
		if v.IsZero() {
			return nil
		}
		return v.UTC().Truncate(time.Microsecond).Format("2006-01-02T15:04:05.000000Z")
	case json.RawMessage:
		if v == nil {
			return nil
		}
		var out bytes.Buffer
		if err := json.Compact(&out, v); err != nil {
			return err
		}
		return out.String()
	}
	return v
}

func seq(rows []table.Row) iter.Seq2[table.Row, error] {
	return func(yield func(table.Row, error) bool) {
		shared := table.Row{}
		for _, row := range rows {
			shared = append(shared[:0], row...)
			if !yield(shared, nil) {
				return
			}
		}
	}
}

func tableOf(rows []table.Row) table.Table {
	return table.Table{Name: "grants", Columns: columns, Indexes: [][]string{{"who"}, {"n", "at"}}, Rows: seq(rows)}
}

// create writes the table into a new file.
func create(t testing.TB, format table.Format, tables ...table.Table) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "out."+string(format))
	if err := exporttest.Tables(t.Context(), path, format, tables...); err != nil {
		t.Fatal(err)
	}
	return path
}

// readers are not the writers: Go's own, SQLite, and a library for Parquet.
func readers() map[table.Format]func(testing.TB, string) [][]any {
	return map[table.Format]func(testing.TB, string) [][]any{
		table.CSV: readCSV, table.JSONLines: readJSON, table.Parquet: readParquet, table.SQLite: readSQLite,
	}
}

func TestReadersThatAreNotTheWriter(t *testing.T) {
	for _, format := range table.Formats() {
		read := readers()[format]
		if read == nil {
			t.Errorf("nothing reads %s", format)
			continue
		}
		t.Run(string(format), func(t *testing.T) {
			got, rows := read(t, create(t, format, tableOf(hard))), want(hard)
			if diff := cmp.Diff(asIn(format, rows), got); diff != "" {
				t.Error(diff)
			}
		})
		t.Run(string(format)+" of nothing", func(t *testing.T) {
			if got := read(t, create(t, format, tableOf(nil))); len(got) != 0 {
				t.Errorf("got %v", got)
			}
		})
	}
}

// FuzzRows writes a row in each format and reads it back.
func FuzzRows(f *testing.F) {
	f.Add("=1+1", "a\r\n\"b\"", int64(-1), int64(0), true)
	f.Add("0", "\r\r\n", int64(-45), int64(0), true)
	f.Add("", "\xff", int64(1)<<53+1, int64(1e15), false)
	f.Fuzz(func(t *testing.T, a, b string, n, micros int64, ok bool) {
		raw, err := json.Marshal(map[string]string{a: b})
		if err != nil {
			t.Fatal(err)
		}
		at := time.UnixMicro(micros % 2e17).UTC()
		rows := []table.Row{{a, n, at, ok, json.RawMessage(raw), b}, {b, n, nil, nil, json.RawMessage(raw), a}}
		if at.Year() < 1 || at.Year() > 9999 {
			t.Skip()
		}
		for format, read := range readers() {
			got := read(t, create(t, format, tableOf(rows)))
			if diff := cmp.Diff(asIn(format, want(rows)), got); diff != "" {
				t.Errorf("%s: %s", format, diff)
			}
		}
	})
}

// asIn makes of rows what a format's reader gives for them: encoding/csv takes
// line ends within texts as \n and nothing as the empty text, and JSON's null
// is nothing in JSON Lines.
func asIn(format table.Format, rows [][]any) [][]any {
	switch format {
	case table.CSV:
		return flat(rows)
	case table.JSONLines:
		for _, row := range rows {
			if row[4] == "null" {
				row[4] = nil
			}
		}
	}
	return rows
}

func flat(rows [][]any) [][]any {
	for _, row := range rows {
		for i, v := range row {
			if v == nil {
				v = ""
			}
			row[i] = strings.ReplaceAll(fmt.Sprint(v), "\r\n", "\n")
		}
	}
	return rows
}

// many are rows that fill several pages and row groups, of all mixtures of
// values and nothing, in runs and without.
func many(n int) []table.Row {
	random := rand.New(rand.NewPCG(1, 2))
	rows := make([]table.Row, n)
	for i := range rows {
		row := table.Row{
			fmt.Sprint("user-", random.IntN(50)), int64(random.Uint64()), time.UnixMicro(int64(i) * 1e6).UTC(), random.IntN(2) == 0,
			json.RawMessage(fmt.Sprintf(`{"i":%d}`, i)), strings.Repeat("y", i%7),
		}
		for column := range row {
			if i/1000%2 == 0 && random.IntN(column+2) == 0 {
				row[column] = nil
			}
		}
		rows[i] = row
	}
	return rows
}

func TestParquetOfManyPages(t *testing.T) {
	rows := many(140_000)
	got := readParquet(t, create(t, table.Parquet, tableOf(rows)))
	if len(got) != len(rows) {
		t.Fatalf("%d rows, want %d", len(got), len(rows))
	}
	for i, row := range rows {
		for column, v := range row {
			if want := expected(v); got[i][column] != want {
				t.Fatalf("row %d, %s: got %v, want %v", i, columns[column].Name, got[i][column], want)
			}
		}
	}
}

func TestEqualRowsAreEqualBytes(t *testing.T) {
	for _, format := range table.Formats() {
		var files [2][]byte
		for i := range files {
			var err error
			if files[i], err = os.ReadFile(create(t, format, tableOf(many(2000)))); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(files[0], files[1]) {
			t.Errorf("%s: the same rows gave two different files", format)
		}
	}
}

func TestOneDatabaseOfAllTables(t *testing.T) {
	other := table.Table{Name: "users", Columns: columns[:1], Rows: seq([]table.Row{{"ada"}, {"bob"}})}
	path := create(t, table.SQLite, tableOf(hard), other)
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var n int
	if err := db.QueryRow("SELECT count(*) FROM users LEFT JOIN grants USING (who) WHERE n = 1").Scan(&n); err != nil || n != 1 {
		t.Errorf("%d, %v", n, err)
	}
	err = table.Write(t.Context(), io.Discard, "", table.CSV, nil, tableOf(nil), other)
	if !errors.Is(err, fault.Invalid) {
		t.Errorf("two tables in one CSV: %v", err)
	}
}

func TestNothingIsLeftOfWhatFails(t *testing.T) {
	boom := fault.New(fault.Unavailable, "boom")
	tests := map[string]struct {
		change func(*table.Table, context.CancelFunc)
		want   fault.Kind
	}{
		"rows that fail":  {func(t *table.Table, _ context.CancelFunc) { t.Rows = failing(many(10), boom) }, fault.Unavailable},
		"an interruption": {func(t *table.Table, cancel context.CancelFunc) { t.Rows = endless(cancel) }, fault.Canceled},
		"too few values":  {func(t *table.Table, _ context.CancelFunc) { t.Rows = seq([]table.Row{{"x"}}) }, fault.Internal},
		"a wrong type":    {func(t *table.Table, _ context.CancelFunc) { t.Rows = seq([]table.Row{{1, nil, nil, nil, nil, nil}}) }, fault.Internal},
		"no JSON": {func(t *table.Table, _ context.CancelFunc) {
			t.Rows = seq([]table.Row{{nil, nil, nil, nil, json.RawMessage("{"), nil}})
		}, fault.Internal},
		"no year": {func(t *table.Table, _ context.CancelFunc) {
			t.Rows = seq([]table.Row{{nil, nil, time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), nil, nil, nil}})
		}, fault.Internal},
		"a name twice": {func(t *table.Table, _ context.CancelFunc) {
			t.Columns = append(columns[:5:5], table.Column{Name: "WHO"})
		}, fault.Internal},
		"an unknown index": {func(t *table.Table, _ context.CancelFunc) { t.Indexes = [][]string{{"where"}} }, fault.Internal},
	}
	for name, tt := range tests {
		for _, format := range table.Formats() {
			t.Run(name+" as "+string(format), func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				tab := tableOf(hard)
				tt.change(&tab, cancel)
				dir := t.TempDir()
				err := exporttest.Tables(ctx, filepath.Join(dir, "x"), format, tab)
				if !errors.Is(err, tt.want) {
					t.Errorf("got %v, want %s", err, tt.want)
				}
				if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
					t.Errorf("left: %v, %v", left, err)
				}
			})
		}
	}
}

func failing(rows []table.Row, err error) iter.Seq2[table.Row, error] {
	return func(yield func(table.Row, error) bool) {
		for row := range seq(rows) {
			if !yield(row, nil) {
				return
			}
		}
		yield(nil, err)
	}
}

func endless(cancel context.CancelFunc) iter.Seq2[table.Row, error] {
	return func(yield func(table.Row, error) bool) {
		for i := 0; yield(hard[0], nil); i++ {
			if i == 1000 {
				cancel()
			}
		}
	}
}

func TestProgressIsToldToTheEnd(t *testing.T) {
	for _, format := range table.Formats() {
		var heard []int64
		progress := func(_ string, n int64) { heard = append(heard, n) }
		if err := table.Write(t.Context(), io.Discard, t.TempDir(), format, progress, tableOf(many(9_000))); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]int64{8192, 9000}, heard); diff != "" {
			t.Error(format, diff)
		}
	}
}

// fullDisk takes some bytes and no more.
type fullDisk struct{ left int }

var errFull = errors.New("no space left on device")

func (d *fullDisk) Write(p []byte) (int, error) {
	if d.left -= len(p); d.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestAFullDiskIsTold(t *testing.T) {
	for _, format := range table.Formats() {
		for _, size := range []int{0, 50_000} {
			err := table.Write(t.Context(), &fullDisk{size}, t.TempDir(), format, nil, tableOf(many(8_000)))
			if !errors.Is(err, errFull) || !errors.Is(err, fault.Internal) {
				t.Errorf("%s after %d bytes: %v", format, size, err)
			}
		}
	}
}
