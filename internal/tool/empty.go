package tool

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/hawser/hawser/internal/fault"
)

// What the tag empty of a field can allow.
const (
	emptyText  = "text"  // a text that is empty, or white space alone
	emptyBlank = "blank" // a text of white space alone, such as a key that is a blank
	emptyList  = "list"  // a list without items
)

// notBlank is the pattern of texts that are not white space alone.
const notBlank = `\S`

// refuseEmpty makes the schema of an input refuse empty texts, empty lists and empty
// names in maps, wherever the fields do not allow them. An empty value that counted as
// left out would make a filter select everything, and a call use a default in place of
// what a variable should have named.
func refuseEmpty(t reflect.Type, s *jsonschema.Schema, allowed []string) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case s == nil || isAny(s):
	case s.Type == "string":
		refuseEmptyText(s, allowed)
	case s.Type == "array":
		if !slices.Contains(allowed, emptyList) {
			s.MinItems = jsonschema.Ptr(1)
		}
		refuseEmpty(t.Elem(), s.Items, allowed)
	case t.Kind() == reflect.Map:
		s.PropertyNames = &jsonschema.Schema{MinLength: jsonschema.Ptr(1)}
		refuseEmpty(t.Elem(), s.AdditionalProperties, allowed)
	case t.Kind() == reflect.Struct:
		for _, f := range fieldsOf(t) {
			refuseEmpty(f.Type, s.Properties[f.Name], f.Empty)
		}
	}
}

func refuseEmptyText(s *jsonschema.Schema, allowed []string) {
	if slices.Contains(allowed, emptyText) {
		return
	}
	s.MinLength = jsonschema.Ptr(1)
	// Values of an enumeration and of a format are not blank anyway.
	if !slices.Contains(allowed, emptyBlank) && len(s.Enum) == 0 && s.Format == "" {
		s.Pattern = notBlank
	}
}

// filled refuses a text or list that is empty although its schema does not allow it. A
// list of one empty text is empty, too. advice says what to do about it.
func filled(path string, s *jsonschema.Schema, v any, advice string) error {
	if s == nil {
		return nil
	}
	problem := ""
	switch v := v.(type) {
	case string:
		switch {
		case s.MinLength != nil && v == "":
			problem = "must not be empty"
		case s.Pattern == notBlank && strings.TrimSpace(v) == "":
			problem = "must not be white space alone"
		}
	case []any:
		if s.MinItems != nil && (len(v) == 0 || len(v) == 1 && v[0] == "" && s.Items.MinLength != nil) {
			problem = "must not be empty"
		}
	}
	if problem == "" {
		return nil
	}
	return invalid(path, "%s", problem).WithFix("%s", advice)
}

// adviceFor says what to do about an empty member of an object: leave it out if it is
// optional. The description says what that means.
func adviceFor(path string, s *jsonschema.Schema, required bool) string {
	what := "a value"
	if s != nil && s.Description != "" {
		what += ": " + s.Description
	}
	if required {
		return "give " + path + " " + what
	}
	return "leave " + path + " out, or give it " + what
}

// checkEmptyTags reports an invalid empty tag.
func (t *Tool) checkEmptyTags() error {
	for _, f := range t.fields {
		for _, word := range f.Empty {
			if !slices.Contains([]string{emptyText, emptyBlank, emptyList}, word) {
				return fmt.Errorf("the field %s says empty:%q", f.Name, word)
			}
		}
	}
	return nil
}

// refuseEmptyName refuses an empty name in a map.
func refuseEmptyName(path string, s *jsonschema.Schema, name string) error {
	if name != "" || s.PropertyNames == nil {
		return nil
	}
	return fault.New(fault.Invalid, "%s has an empty name", path).At(path).WithFix("give each value of %s a name", path)
}
