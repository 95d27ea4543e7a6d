package render

import (
	"encoding/csv"
	"encoding/json"
	"maps"
	"regexp"
	"slices"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/text"
)

// csv writes a listing's items, or one object, as comma-separated values with
// a line of names first. Nested values are flattened to dotted names; lists
// stay JSON. Control characters are shown as escapes, as in tables; line breaks
// and tabs, which CSV can hold, stay. An apostrophe is put before what a spreadsheet
// would take for a formula.
func (p *Printer) csv(raw json.RawMessage) error {
	v, err := exactJSON(raw)
	if err != nil {
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
func (p *Printer) gridCSV(titles []string, cells [][]string) error {
	w := csv.NewWriter(p.streams.Out)
	for _, row := range slices.Concat([][]string{titles}, cells) {
		if err := w.Write(p.safeCells(row)); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

func (p *Printer) records(names []string, rows []map[string]string) error {
	if len(names) == 0 {
		return nil
	}
	cells := make([][]string, len(rows))
	for i, row := range rows {
		for _, name := range names {
			cells[i] = append(cells[i], row[name])
		}
	}
	return p.gridCSV(names, cells)
}

// safeCells are a row's texts, harmless on a terminal and in a spreadsheet.
func (p *Printer) safeCells(row []string) []string {
	safe := make([]string, len(row))
	for i, cell := range row {
		safe[i] = p.safe(cell)
		if !decimal.MatchString(cell) {
			safe[i] = text.Inert(safe[i])
		}
	}
	return safe
}

// decimal matches numbers: their sign begins no formula.
var decimal = regexp.MustCompile(`^[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

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
		row[orValue(path)] = JSON(v)
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
