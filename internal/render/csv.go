package render

import (
	"encoding/csv"
	"encoding/json"
	"maps"
	"reflect"
	"regexp"
	"slices"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/text"
	"github.com/hawser/hawser/internal/tool"
)

// outputCSV writes an output as comma-separated values with a line of names first: a
// listing's items in the order of the table's columns, then what the table does not show;
// any other output as one record. Control characters are shown as escapes, as in tables;
// line breaks and tabs, which CSV can hold, stay. An apostrophe is put before what a
// spreadsheet would take for a formula.
func (p *Printer) outputCSV(out any, raw json.RawMessage) error {
	if g, ok := out.(tool.Gridder); ok {
		return p.gridCSV(g.Grid())
	}
	if l, ok := out.(tool.Rower); ok {
		r, err := recordsOf(reflect.ValueOf(l.Rows()))
		if err != nil {
			return err
		}
		return p.recordCSV(r)
	}
	return p.csv(raw, fieldOrder(reflect.TypeOf(out)))
}

// csv writes a JSON value: a list with a record for each item, anything else as one. The
// names are in the order given, then by the alphabet.
func (p *Printer) csv(raw json.RawMessage, order []string) error {
	v, err := exactJSON(raw)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the answer cannot be read back")
	}
	items, ok := v.([]any)
	if !ok {
		items = []any{v}
	}
	r := records{items: make([]map[string]any, len(items))}
	all := map[string]any{}
	for i, item := range items {
		object, ok := item.(map[string]any)
		if !ok {
			object = map[string]any{"value": item}
		}
		r.items[i] = object
		maps.Copy(all, object)
	}
	r.names = arranged(all, order)
	return p.recordCSV(r)
}

// recordCSV writes records. Lists and objects are JSON in their cell.
func (p *Printer) recordCSV(r records) error {
	if len(r.names) == 0 {
		return nil
	}
	cells := make([][]string, len(r.items))
	for i, item := range r.items {
		for _, name := range r.names {
			cells[i] = append(cells[i], jsonOrScalar(item[name]))
		}
	}
	return p.gridCSV(r.names, cells)
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
