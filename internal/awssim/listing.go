package awssim

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
)

// What services need, beside Page.

// Member returns a text member of an input, such as AccountId, or a value of an
// enumeration; empty if it has none.
func Member(in any, name string) string {
	f := reflect.Indirect(reflect.ValueOf(in).Elem().FieldByName(name))
	if f.Kind() != reflect.String {
		return ""
	}
	return f.String()
}

// Flag returns a member of an input that is true or false; nil if it has none.
func Flag(in any, name string) *bool {
	f := reflect.ValueOf(in).Elem().FieldByName(name)
	if !f.IsValid() {
		return nil
	}
	flag, _ := f.Interface().(*bool)
	return flag
}

// Optional returns a text as a member of an output, which an empty one is not.
func Optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// InOrder returns a map's values in the order of their keys.
func InOrder[K cmp.Ordered, V any](m map[K]V) []V {
	out := make([]V, 0, len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, m[k])
	}
	return out
}

// Only keeps what a test holds for, in place.
func Only[T any](all []T, keep func(T) bool) []T {
	return slices.DeleteFunc(all, func(item T) bool { return !keep(item) })
}

// Each turns every item of a list; the result is never nil, as AWS sends empty
// lists.
func Each[T, U any](all []T, turn func(T) U) []U {
	out := make([]U, len(all))
	for i, item := range all {
		out[i] = turn(item)
	}
	return out
}

// Adopt copies the fields that are set in an input to the fields of the same
// name and type in what it describes.
func Adopt(into, from any) {
	dst, src := reflect.ValueOf(into).Elem(), reflect.ValueOf(from).Elem()
	for _, f := range reflect.VisibleFields(src.Type()) {
		to := dst.FieldByName(f.Name)
		if v := src.FieldByIndex(f.Index); f.IsExported() && to.IsValid() && to.Type() == f.Type && !v.IsZero() {
			to.Set(v)
		}
	}
}

// OrElse sets a pointer that is nil.
func OrElse[T any](p **T, value T) {
	if *p == nil {
		*p = &value
	}
}
