package render

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/tool"
)

// records are the items of a listing as names and values.
type records struct {
	names []string
	// columns is how many of the names are the table's columns; they come first.
	columns int
	items   []map[string]any
}

// recordsOf returns a slice of structs as records. The names are those of JSON; a column
// that is not in JSON has its title as its name.
func recordsOf(rows reflect.Value) (records, error) {
	r := records{items: make([]map[string]any, rows.Len())}
	row := rows.Type().Elem()
	columns := columnsOf(row)
	for _, c := range columns {
		r.names = append(r.names, c.name())
	}
	r.columns = len(columns)
	all := map[string]any{}
	for _, name := range jsonNames(row) {
		all[name] = nil
	}
	for i := range r.items {
		item, err := recordOf(rows.Index(i), columns)
		if err != nil {
			return r, err
		}
		r.items[i] = item
		maps.Copy(all, item)
	}
	r.names = append(r.names, slices.DeleteFunc(arranged(all, jsonNames(row)), func(name string) bool {
		return slices.Contains(r.names, name)
	})...)
	return r, nil
}

// recordOf returns a struct as names and values. What JSON omits is missing.
func recordOf(row reflect.Value, columns []column) (map[string]any, error) {
	raw, err := json.Marshal(row.Interface())
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the item cannot be written as JSON")
	}
	v, err := exactJSON(raw)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the item cannot be read back")
	}
	item, ok := v.(map[string]any)
	if !ok {
		item = map[string]any{}
	}
	for _, c := range columns {
		if _, there := item[c.name()]; there || c.json != "" {
			continue
		}
		delete(item, c.field)
		item[c.name()] = cell(row.FieldByIndex(c.index).Interface(), exact)
	}
	return item, nil
}

// jsonNames returns the names that encoding/json gives a struct's fields.
func jsonNames(t reflect.Type) []string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	var names []string
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			names = append(names, jsonNames(f.Type)...)
		case f.IsExported() && name != "" && name != "-":
			names = append(names, name)
		}
	}
	return names
}

// namesOf returns what identifies the items of a listing: a member of each item or, if it
// is empty, the first column. It reports whether the result is a listing.
func namesOf(r *tool.Result, member string) ([]any, bool) {
	if g, ok := r.Output.(tool.Gridder); ok {
		_, cells := g.Grid()
		names := make([]any, len(cells))
		for i, row := range cells {
			names[i] = row[0]
		}
		return names, true
	}
	l, ok := r.Output.(tool.Rower)
	if !ok {
		return nil, false
	}
	all, err := recordsOf(reflect.ValueOf(l.Rows()))
	if err != nil || all.columns == 0 {
		return nil, false
	}
	names := make([]any, len(all.items))
	for i, item := range all.items {
		for _, name := range append([]string{member}, all.names[:all.columns]...) {
			if v, ok := item[name]; ok && v != "" {
				names[i] = v
				break
			}
		}
	}
	return names, true
}

// jsonOrScalar writes lists and objects as JSON, and anything else as its text.
func jsonOrScalar(v any) string {
	switch v.(type) {
	case []any, map[string]any:
		return JSON(v)
	}
	return scalar(v)
}
