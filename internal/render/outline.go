package render

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// outline writes a decoded JSON value as indented names and values, the names
// in the order given, then by the alphabet.
func outline(v any, order []string, depth int) string {
	indent := strings.Repeat("  ", depth)
	switch v := v.(type) {
	case map[string]any:
		return objectOutline(v, order, depth)
	case []any:
		var b strings.Builder
		for _, item := range v {
			text := strings.TrimLeft(outline(item, nil, depth+1), " ")
			fmt.Fprintf(&b, "%s- %s", indent, text)
		}
		return b.String()
	default:
		return indent + scalar(v) + "\n"
	}
}

func objectOutline(object map[string]any, order []string, depth int) string {
	indent := strings.Repeat("  ", depth)
	names := arranged(object, order)
	width := 0
	for _, name := range names {
		if !nested(object[name]) {
			width = max(width, len(name))
		}
	}
	var b strings.Builder
	for _, name := range names {
		if nested(object[name]) {
			fmt.Fprintf(&b, "%s%s:\n%s", indent, name, outline(object[name], nil, depth+1))
			continue
		}
		text := strings.ReplaceAll(scalar(object[name]), "\n", "\n"+indent+"  ")
		fmt.Fprintf(&b, "%s%-*s  %s\n", indent, width+1, name+":", text)
	}
	return b.String()
}

// nested reports a value that needs lines of its own.
func nested(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		return len(v) > 0
	case []any:
		return slices.ContainsFunc(v, func(item any) bool {
			_, object := item.(map[string]any)
			return object
		})
	}
	return false
}

// scalar writes a value on one line: lists joined, empty things as nothing.
func scalar(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case json.Number:
		return v.String()
	case float64, bool:
		raw, err := json.Marshal(v)
		if err != nil {
			return fmt.Sprint(v)
		}
		return string(raw)
	case []any:
		var words []string
		for _, item := range v {
			words = append(words, scalar(item))
		}
		return strings.Join(words, ", ")
	case map[string]any:
		var words []string
		for _, name := range slices.Sorted(maps.Keys(v)) {
			words = append(words, name+"="+scalar(v[name]))
		}
		return strings.Join(words, ", ")
	}
	return fmt.Sprint(v)
}

// arranged gives an object's names: those of order first.
func arranged(object map[string]any, order []string) []string {
	var names []string
	for _, name := range order {
		if _, ok := object[name]; ok {
			names = append(names, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// fieldOrder gives the JSON names of a struct's fields as declared.
func fieldOrder(t reflect.Type) []string {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == nil || t.Kind() != reflect.Struct {
		return nil
	}
	var names []string
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
			names = append(names, name)
		}
	}
	return names
}

// JSON is a value as JSON on one line.
func JSON(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(raw)
}
