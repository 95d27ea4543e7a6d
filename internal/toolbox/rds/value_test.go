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
