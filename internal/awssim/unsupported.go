package awssim

import (
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
)

// refuseUnsupported refuses an input that has a member that its service does not support:
// see Service.Unsupported. A member that is false, zero or empty is as good as none.
func (c *Call) refuseUnsupported(in any) error {
	for _, path := range c.Service.Unsupported[c.Operation] {
		if has(reflect.ValueOf(in), strings.Split(path, ".")) {
			return &Error{
				Code: "NotImplemented", Status: http.StatusNotImplemented, Receiver: true,
				Message: fmt.Sprintf("The simulator does not support %s of %s:%s.", path, c.Service.Prefix, c.Operation),
			}
		}
	}
	return nil
}

// has reports whether a value has something at a path of members, in any element of a
// list.
func has(v reflect.Value, path []string) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return !v.IsNil() && has(v.Elem(), path)
	case reflect.Slice:
		for i := range v.Len() {
			if len(path) == 0 || has(v.Index(i), path) {
				return true
			}
		}
		return false
	case reflect.Map:
		return v.Len() > 0
	case reflect.Struct:
		if len(path) == 0 {
			return true
		}
		return has(v.FieldByNameFunc(func(name string) bool { return lowerFirst(name) == lowerFirst(path[0]) }), path[1:])
	}
	return !v.IsZero()
}

// checkUnsupported returns an error if the service does not support a member that there
// is not.
func (s *Service) checkUnsupported() error {
	for _, operation := range slices.Sorted(maps.Keys(s.Unsupported)) {
		h, ok := s.Handlers[operation]
		if !ok {
			return fmt.Errorf("awssim: %s has no operation %s", s.Model, operation)
		}
		for _, path := range s.Unsupported[operation] {
			if !hasMember(reflect.TypeOf(h.input()), strings.Split(path, ".")) {
				return fmt.Errorf("awssim: the input of %s of %s has no member %s", operation, s.Model, path)
			}
		}
	}
	return nil
}

func hasMember(t reflect.Type, path []string) bool {
	if len(path) == 0 {
		return true
	}
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return false
	}
	f, ok := t.FieldByNameFunc(func(name string) bool { return lowerFirst(name) == lowerFirst(path[0]) })
	return ok && hasMember(f.Type, path[1:])
}
