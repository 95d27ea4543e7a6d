package rds

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/hawser/hawser/internal/fault"
)

func TestQueryCutKeepsTheFirstRows(t *testing.T) {
	a := queryOutput{Columns: []column{{"id", "int8"}}, Rows: []map[string]any{}}
	for i := range 1000 {
		a.Rows = append(a.Rows, map[string]any{"id": fmt.Sprint("row number ", i)})
	}
	cut, how := a.Cut(2048)
	raw, err := json.Marshal(cut)
	if err != nil || len(raw) > 2048 || how == "" {
		t.Fatalf("%d bytes, %q, %v", len(raw), how, err)
	}
	kept := cut.(queryOutput)
	if len(kept.Rows) < 50 || kept.Rows[0]["id"] != "row number 0" || !kept.More {
		t.Errorf("%d rows kept, the first is %v, more %v", len(kept.Rows), kept.Rows[0], kept.More)
	}
	if whole, how := a.Cut(1 << 20); how != "" || len(whole.(queryOutput).Rows) != 1000 {
		t.Errorf("what fits was cut: %s", how)
	}
}

// A number is bound as it is, or refused.
func TestNumbersAreNotRounded(t *testing.T) {
	for text, ok := range map[string]bool{
		"1": true, "-9223372036854775808": true, "9223372036854775808": false, "2.0": true, "0.1": true, "-0.0": true, "0e5": true,
		"1e3": true, "1.50e-7": true, "123456789012345.67": true, "1.7976931348623157e308": true, "5e-324": true,
		"12345678901234567.89": false, "0.12345678901234567890123": false, "1e400": false, "1e-400": false, "1e99999999999999999999": false,
		"9007199254740993.0": false, "9007199254740992.0": true,
	} {
		p, err := sqlParameter(json.RawMessage(text))
		if ok != (err == nil) || err != nil && !errors.Is(err, fault.Invalid) {
			t.Errorf("%s is bound as %v, %v", text, p.Value, err)
		}
	}
}

// FuzzSQLParameter: a JSON value becomes a parameter with a value, or is
// Invalid.
func FuzzSQLParameter(f *testing.F) {
	for _, seed := range []string{`null`, `true`, `-7`, `1e400`, `"o'b"`, `{"value":"1","type":"DECIMAL"}`, `{"value":1}`, `[1]`, `{"value":"AA==","type":"blob"}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		p, err := sqlParameter(json.RawMessage(raw))
		if err != nil && !errors.Is(err, fault.Invalid) || err == nil && p.Value == nil {
			t.Errorf("%s gives %v, %v", raw, p.Value, err)
		}
	})
}
