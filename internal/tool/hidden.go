package tool

import (
	"fmt"
	"reflect"
)

// hiddenField reports a field that only tables show (`json:"-"`) and that has the name
// of a field of an embedded struct: the schema would then lack a field that the JSON
// has.
func hiddenField(t reflect.Type, seen map[reflect.Type]bool) error {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return hiddenField(t.Elem(), seen)
	}
	if t.Kind() != reflect.Struct || seen[t] {
		return nil
	}
	seen[t] = true
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Tag.Get("json") == "-" {
			if err := hides(t, f.Name); err != nil {
				return err
			}
			continue
		}
		if err := hiddenField(f.Type, seen); err != nil {
			return err
		}
	}
	return nil
}

// hides reports whether a struct that t embeds has a field of the name.
func hides(t reflect.Type, name string) error {
	for i := range t.NumField() {
		e := t.Field(i)
		if !e.Anonymous || e.Type.Kind() != reflect.Struct {
			continue
		}
		if inner, ok := e.Type.FieldByName(name); ok && inner.Tag.Get("json") != "-" {
			return fmt.Errorf("the field %s of %s hides the one of %s from the schema: call it otherwise", name, t, e.Type)
		}
	}
	return nil
}
