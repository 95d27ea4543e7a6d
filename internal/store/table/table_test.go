package table_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
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
	"github.com/parquet-go/parquet-go"

	"github.com/hawser/hawser/internal/fault"
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

// want are the same rows, as every format must give them back.
func want() [][]any {
	rows := make([][]any, len(hard))
	for i, row := range hard {
		for _, v := range row {
			rows[i] = append(rows[i], expected(v))
		}
	}
	return rows
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
	if err := table.Create(t.Context(), path, format, nil, tables...); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestReadersThatAreNotTheWriter(t *testing.T) {
	readers := map[table.Format]func(testing.TB, string) [][]any{
		table.CSV: readCSV, table.JSONLines: readJSON, table.Parquet: readParquet, table.SQLite: readSQLite,
	}
	for _, format := range table.Formats() {
		t.Run(string(format), func(t *testing.T) {
			got := readers[format](t, create(t, format, tableOf(hard)))
			rows := want()
			switch format {
			case table.CSV:
				got, rows = flat(got), flat(rows)
			case table.JSONLines:
				rows[5][4] = nil // JSON's null is nothing there
			}
			if diff := cmp.Diff(rows, got); diff != "" {
				t.Error(diff)
			}
		})
		t.Run(string(format)+" of nothing", func(t *testing.T) {
			if got := readers[format](t, create(t, format, tableOf(nil))); len(got) != 0 {
				t.Errorf("got %v", got)
			}
		})
	}
}

// flat makes all values texts, as encoding/csv gives them: it reads line ends
// within texts as \n, and nothing as the empty text.
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

func readCSV(t testing.TB, path string) (rows [][]any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range columns {
		if records[0][i] != c.Name {
			t.Errorf("column %q, want %q", records[0][i], c.Name)
		}
	}
	for _, record := range records[1:] {
		var row []any
		for i, s := range record {
			if text := columns[i].Type == table.Text || columns[i].Type == table.JSON; text && s != "" && strings.ContainsAny(s[:1], "=+-@\t\r") {
				t.Errorf("a spreadsheet would compute %q", s)
			}
			row = append(row, strings.TrimPrefix(s, "'"))
		}
		rows = append(rows, row)
	}
	return rows
}

func readJSON(t testing.TB, path string) (rows [][]any) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := json.NewDecoder(file)
	for {
		var object map[string]json.RawMessage
		if err := lines.Decode(&object); errors.Is(err, io.EOF) {
			return rows
		} else if err != nil {
			t.Fatal(err)
		}
		var row []any
		for _, c := range columns {
			row = append(row, fromJSON(t, c.Type, object[c.Name]))
		}
		rows = append(rows, row)
	}
}

func fromJSON(t testing.TB, kind table.Type, raw json.RawMessage) any {
	t.Helper()
	if string(raw) == "null" {
		return nil
	}
	if kind == table.JSON {
		return string(raw)
	}
	if kind == table.Int {
		var n int64
		if err := json.Unmarshal(raw, &n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func readSQLite(t testing.TB, path string) (rows [][]any) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var sound string
	var indexes int
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&sound); err != nil || sound != "ok" {
		t.Fatal(sound, err)
	}
	if err := db.QueryRow("SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'grants'").Scan(&indexes); err != nil || indexes != 2 {
		t.Errorf("%d indexes, %v", indexes, err)
	}
	found, err := db.Query(`SELECT who, n, at, ok, "more ""x""", long FROM grants ORDER BY rowid`)
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	for found.Next() {
		row := make([]any, len(columns))
		var into []any
		for i := range row {
			into = append(into, &row[i])
		}
		if err := found.Scan(into...); err != nil {
			t.Fatal(err)
		}
		if n, ok := row[3].(int64); ok {
			row[3] = n == 1
		}
		rows = append(rows, row)
	}
	return rows
}

func readParquet(t testing.TB, path string) (rows [][]any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for i, field := range file.Schema().Fields() {
		logical := map[table.Type]string{table.Text: "STRING", table.Time: "TIMESTAMP(isAdjustedToUTC=true,unit=MICROS)", table.JSON: "JSON", table.Int: "INT64", table.Bool: "BOOLEAN"}
		if got := field.Type().String(); field.Name() != columns[i].Name || got != logical[columns[i].Type] {
			t.Errorf("column %s %s, want %s %s", field.Name(), got, columns[i].Name, logical[columns[i].Type])
		}
	}
	for _, group := range file.RowGroups() {
		reader := group.Rows()
		buffer := make([]parquet.Row, 100)
		for {
			n, err := reader.ReadRows(buffer)
			for _, values := range buffer[:n] {
				rows = append(rows, fromParquet(values))
			}
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := reader.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return rows
}

func fromParquet(values parquet.Row) []any {
	row := make([]any, len(columns))
	for i, v := range values {
		switch kind := columns[i].Type; {
		case v.IsNull():
		case kind == table.Int:
			row[i] = v.Int64()
		case kind == table.Time:
			row[i] = time.UnixMicro(v.Int64()).UTC().Format("2006-01-02T15:04:05.000000Z")
		case kind == table.Bool:
			row[i] = v.Boolean()
		default:
			row[i] = string(v.ByteArray())
		}
	}
	return row
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
	rows := many(300_000)
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
				err := table.Create(ctx, filepath.Join(dir, "x"), format, nil, tab)
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
		if err := table.Write(t.Context(), io.Discard, t.TempDir(), format, progress, tableOf(many(20_000))); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]int64{8192, 16384, 20000}, heard); diff != "" {
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
		for _, size := range []int{0, 300_000} {
			err := table.Write(t.Context(), &fullDisk{size}, t.TempDir(), format, nil, tableOf(many(40_000)))
			if !errors.Is(err, errFull) || !errors.Is(err, fault.Internal) {
				t.Errorf("%s after %d bytes: %v", format, size, err)
			}
		}
	}
}
