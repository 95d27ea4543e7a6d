package main

import (
	"encoding/csv"
	"encoding/json"
	"maps"
	"slices"

	"github.com/hawser/hawser/internal/fault"
)

// csv writes a listing's items, or one object, as comma-separated values with
// a line of names first. Nested values are flattened to dotted names; lists
// stay JSON.
func (p *printer) csv(raw json.RawMessage) error {
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return fault.Wrap(err, fault.Internal, "the answer cannot be read back")
	}
	if object, ok := v.(map[string]any); ok {
		if items, listing := object["items"]; listing {
			v = items
		}
	}
	items, ok := v.([]any)
	if !ok {
		items = []any{v}
	}
	rows := make([]map[string]string, len(items))
	names := map[string]bool{}
	for i, item := range items {
		rows[i] = map[string]string{}
		flatten(rows[i], "", item)
		for name := range rows[i] {
			names[name] = true
		}
	}
	return p.records(slices.Sorted(maps.Keys(names)), rows)
}

// gridCSV writes an output's own titles and cells.
func (p *printer) gridCSV(titles []string, cells [][]string) error {
	w := csv.NewWriter(p.streams.out)
	if err := w.Write(titles); err != nil {
		return err
	}
	return w.WriteAll(cells)
}

func (p *printer) records(names []string, rows []map[string]string) error {
	if len(names) == 0 {
		return nil
	}
	w := csv.NewWriter(p.streams.out)
	if err := w.Write(names); err != nil {
		return err
	}
	for _, row := range rows {
		record := make([]string, len(names))
		for i, name := range names {
			record[i] = row[name]
		}
		if err := w.Write(record); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// flatten adds v's values to row, under dotted names.
func flatten(row map[string]string, path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			if path != "" {
				name = path + "." + name
			}
			flatten(row, name, inner)
		}
	case []any:
		row[orValue(path)] = encode(v)
	default:
		row[orValue(path)] = scalar(v)
	}
}

func orValue(path string) string {
	if path == "" {
		return "value"
	}
	return path
}
