package table_test

import (
	"bytes"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/hawser/hawser/internal/store/table"
)

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
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?mode=ro")
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
