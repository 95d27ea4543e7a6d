package tool

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// Named is a string of an input that may name something, and its path.
type Named struct{ Field, Text string }

// Names lists the strings of an input, without those of fields that are declared to
// hold content.
func Names(input any) []Named {
	return namesIn(nil, reflect.ValueOf(input), "")
}

func namesIn(all []Named, v reflect.Value, at string) []Named {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			return namesIn(all, v.Elem(), at)
		}
	case reflect.String:
		if v.Len() > 0 {
			return append(all, Named{at, v.String()})
		}
	case reflect.Slice, reflect.Array:
		if v.Type() == reflect.TypeFor[json.RawMessage]() || v.Type().Elem().Kind() == reflect.Uint8 {
			return all
		}
		for i := range v.Len() {
			all = namesIn(all, v.Index(i), fmt.Sprintf("%s[%d]", at, i))
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			all = namesIn(all, v.MapIndex(key), below(at, fmt.Sprint(key)))
		}
	case reflect.Struct:
		return namesInFields(all, v, at)
	}
	return all
}

func namesInFields(all []Named, v reflect.Value, at string) []Named {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Tag.Get("holds") == "content" || !f.IsExported() && !f.Anonymous:
		case f.Anonymous:
			all = namesIn(all, v.Field(i), at)
		case f.IsExported() && name != "-":
			all = namesIn(all, v.Field(i), below(at, name))
		}
	}
	return all
}

func below(at, name string) string { return strings.TrimPrefix(at+"."+name, ".") }
