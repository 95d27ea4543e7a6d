package render

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/hawser/hawser/internal/text"
	"github.com/hawser/hawser/internal/tool"
)

// table lays an output out for a person: the plain text of an output that is
// one, a table of its own titles and cells or of a listing's rows, anything
// else as names and values.
func (p *Printer) table(out any, raw json.RawMessage) error {
	if t, ok := out.(tool.Texter); ok {
		return p.text(t.Text())
	}
	if g, ok := out.(tool.Gridder); ok {
		titles, cells := g.Grid()
		for i, row := range cells {
			cells[i] = escapeRow(row)
		}
		return p.grid(escapeRow(titles), cells)
	}
	if l, ok := out.(tool.Rower); ok {
		return p.rows(reflect.ValueOf(l.Rows()))
	}
	v, err := exactJSON(raw)
	if err != nil {
		return err
	}
	if p.local {
		v = localTimes(v, reflect.TypeOf(out))
	}
	return p.write([]byte(p.safe(outline(v, fieldOrder(reflect.TypeOf(out)), 0))))
}

// text writes an output's own text; to a program it goes byte for byte.
func (p *Printer) text(text string) error {
	if p.streams.OutTTY {
		text = p.safe(text)
	}
	if p.streams.OutTTY && text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return p.write([]byte(text))
}

// column is one field of a row type that its tag shows in tables. The tag room says what
// becomes of it if the terminal is too narrow.
type column struct {
	title string
	// field is the field's name, and json the one that it has in JSON; empty if it has
	// none of its own.
	field, json string
	index       []int
	room        room
}

// name is how the column is called in forms for programs.
func (c column) name() string { return cmp.Or(c.json, strings.ToLower(c.title)) }

func columnsOf(row reflect.Type) []column {
	var columns []column
	for _, f := range reflect.VisibleFields(row) {
		if title := f.Tag.Get("column"); title != "" {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			columns = append(columns, column{title, f.Name, strings.TrimPrefix(name, "-"), f.Index, room(f.Tag.Get("room"))})
		}
	}
	return columns
}

// rows writes a slice of structs, columns by their tags; columns that are
// empty in every row are left out.
func (p *Printer) rows(rows reflect.Value) error {
	if rows.Len() == 0 {
		return nil // Result says so
	}
	columns := columnsOf(rows.Type().Elem())
	var titles []string
	var rooms []room
	var cells [][]string
	for range rows.Len() {
		cells = append(cells, nil)
	}
	for _, c := range columns {
		filled := false
		texts := make([]string, rows.Len())
		for i := range texts {
			texts[i] = cell(rows.Index(i).FieldByIndex(c.index).Interface(), p.zoned)
			filled = filled || texts[i] != ""
		}
		if !filled && p.format != wide {
			continue
		}
		titles, rooms = append(titles, c.title), append(rooms, c.room)
		for i, text := range texts {
			cells[i] = append(cells[i], text)
		}
	}
	return p.grid(titles, cells, rooms...)
}

// cell is how one value looks in a table; stamp writes times.
func cell(v any, stamp func(time.Time) string) string {
	if r := reflect.ValueOf(v); r.Kind() == reflect.Pointer {
		if r.IsNil() {
			return ""
		}
		return cell(r.Elem().Interface(), stamp)
	}
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return text.Escape(v, "")
	case tool.Lines:
		return joinLines(v)
	case bool:
		if v {
			return "yes"
		}
		return ""
	case time.Time:
		if v.IsZero() {
			return ""
		}
		return stamp(v)
	case fmt.Stringer:
		return text.Escape(v.String(), "")
	}
	return reflected(reflect.ValueOf(v), stamp)
}

// joinLines writes a cell of several lines; a line cannot break out of its own.
func joinLines(lines tool.Lines) string {
	safe := make([]string, len(lines))
	for i, line := range lines {
		safe[i] = text.Escape(line, "")
	}
	return strings.Join(safe, "\n")
}

func reflected(v reflect.Value, stamp func(time.Time) string) string {
	switch v.Kind() {
	case reflect.Slice:
		var words []string
		for i := range v.Len() {
			words = append(words, cell(v.Index(i).Interface(), stamp))
		}
		return strings.Join(words, ", ")
	case reflect.Map:
		var words []string
		for _, key := range v.MapKeys() {
			words = append(words, cell(key.Interface(), stamp)+"="+cell(v.MapIndex(key).Interface(), stamp))
		}
		slices.Sort(words)
		return strings.Join(words, ", ")
	default:
		return text.Escape(fmt.Sprint(v.Interface()), "")
	}
}

// generic lays out what a query picked: rows of objects as a table, rows of
// values line by line.
func (p *Printer) generic(v any) error {
	list, ok := v.([]any)
	if !ok {
		return p.write([]byte(p.safe(outline(v, nil, 0))))
	}
	titles := map[string]bool{}
	for _, item := range list {
		object, ok := item.(map[string]any)
		if !ok {
			return p.lines(list)
		}
		for name := range object {
			titles[name] = true
		}
	}
	names := slices.Sorted(maps.Keys(titles))
	var cells [][]string
	for _, item := range list {
		var row []string
		for _, name := range names {
			row = append(row, text.Escape(scalar(item.(map[string]any)[name]), ""))
		}
		cells = append(cells, row)
	}
	return p.grid(escapeRow(names), cells)
}

// escapeRow are texts as tables show them.
func escapeRow(row []string) []string {
	safe := make([]string, len(row))
	for i, s := range row {
		safe[i] = text.Escape(s, "")
	}
	return safe
}

// lines writes one value a line, a list's items side by side.
func (p *Printer) lines(list []any) error {
	for _, item := range list {
		words := []string{scalar(item)}
		if inner, ok := item.([]any); ok {
			words = nil
			for _, v := range inner {
				words = append(words, scalar(v))
			}
		}
		if err := p.write([]byte(p.safe(strings.Join(words, "\t") + "\n"))); err != nil {
			return err
		}
	}
	return nil
}
