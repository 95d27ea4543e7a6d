package render

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/hawser/hawser/internal/tool"
)

// tabbed writes an output as lines of values with tabs between them, without titles: a
// listing with a line for each item and the columns of the table, empty ones included.
func (p *Printer) tabbed(out any, raw json.RawMessage) error {
	if t, ok := out.(tool.Texter); ok {
		return p.text(t.Text())
	}
	var b tabs
	if g, ok := out.(tool.Gridder); ok {
		_, cells := g.Grid()
		for _, row := range cells {
			b.line(row)
		}
		return p.write([]byte(b.String()))
	}
	l, ok := out.(tool.Rower)
	if !ok {
		v, err := exactJSON(raw)
		if err != nil {
			return err
		}
		return p.awsText(v)
	}
	r, err := recordsOf(reflect.ValueOf(l.Rows()))
	if err != nil {
		return err
	}
	for _, item := range r.items {
		var row []string
		for _, name := range r.names[:r.columns] {
			row = append(row, memberText(item, name))
		}
		b.line(row)
	}
	return p.write([]byte(b.String()))
}

// awsText writes a value as the aws CLI does with --output text: a list of values is a
// line, a list of lists a line for each, an object a line of its values by the alphabet of
// their names, followed by its lists and objects, whose lines begin with their name. A
// text alone keeps its line breaks and tabs.
//
// https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-output-format.html#text-output
func (p *Printer) awsText(v any) error {
	if s, ok := v.(string); ok {
		return p.write([]byte(p.safe(s) + "\n"))
	}
	var b tabs
	b.value(v, "", nil)
	return p.write([]byte(b.String()))
}

// tabs are lines of values with tabs between them.
type tabs struct{ strings.Builder }

// line writes values. A tab or a line break within one is shown as an escape.
func (b *tabs) line(values []string) {
	b.WriteString(strings.Join(escapeRow(values), "\t") + "\n")
}

// value writes a value. Name is that of the member that has it; columns are the values
// that all objects of a list have a place for, nil if the object is in no list.
func (b *tabs) value(v any, name string, columns []string) {
	switch v := v.(type) {
	case map[string]any:
		b.object(v, name, columns)
	case []any:
		b.list(v, name)
	default:
		b.line([]string{pythonText(v)})
	}
}

func (b *tabs) list(list []any, name string) {
	if columns, objects := scalarNames(list); objects {
		for _, item := range list {
			b.value(item, name, columns)
		}
		return
	}
	var values []string
	for _, item := range list {
		if !hasParts(item) {
			values = append(values, pythonText(item))
		}
	}
	switch {
	case len(values) > 0 && name == "":
		b.line(values)
	case len(values) > 0:
		for _, value := range values {
			b.line([]string{strings.ToUpper(name), value})
		}
	}
	for _, item := range list {
		if hasParts(item) {
			b.value(item, name, nil)
		}
	}
}

func (b *tabs) object(object map[string]any, name string, columns []string) {
	if columns == nil {
		columns, _ = scalarNames([]any{object})
	}
	var values []string
	if name != "" {
		values = append(values, strings.ToUpper(name))
	}
	for _, column := range columns {
		values = append(values, memberText(object, column))
	}
	if len(columns) > 0 {
		b.line(values)
	}
	for _, inner := range slices.Sorted(maps.Keys(object)) {
		if !slices.Contains(columns, inner) {
			b.value(object[inner], inner, nil)
		}
	}
}

// scalarNames returns the names that have a value without parts in any object of a list,
// and reports whether there are objects.
func scalarNames(list []any) (names []string, objects bool) {
	all := map[string]any{}
	for _, item := range list {
		object, ok := item.(map[string]any)
		objects = objects || ok
		for name, v := range object {
			if !hasParts(v) {
				all[name] = nil
			}
		}
	}
	return append([]string{}, slices.Sorted(maps.Keys(all))...), objects
}

func hasParts(v any) bool {
	switch v.(type) {
	case map[string]any, []any:
		return true
	}
	return false
}

// memberText writes a member of an object. One that is missing is empty.
func memberText(object map[string]any, name string) string {
	v, ok := object[name]
	if !ok {
		return ""
	}
	return pythonText(v)
}

// pythonText writes a value as the aws CLI does, which is written in Python. Lists and
// objects are JSON.
func pythonText(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		if v {
			return "True"
		}
		return "False"
	}
	return jsonOrScalar(v)
}
