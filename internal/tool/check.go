package tool

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/strictjson"
)

// checker checks an input against its schema. It supports the keywords that inputSchema
// writes. Unlike a general validator it says which field is wrong, why, and what would
// be right.
type checker struct {
	schema   *jsonschema.Schema
	fields   []Field
	formats  Formats
	uris     URIs
	defaults json.RawMessage // nil where no field has one
}

func newChecker(schema *jsonschema.Schema, fields []Field, formats Formats, uris URIs) *checker {
	defaults := map[string]json.RawMessage{}
	for _, f := range fields {
		if f.Default != "" {
			defaults[f.Name] = json.RawMessage(f.Default)
		}
	}
	c := &checker{schema: schema, fields: fields, formats: formats, uris: uris}
	if len(defaults) == 0 {
		return c
	}
	var err error
	if c.defaults, err = json.Marshal(defaults); err != nil {
		panic(fmt.Sprintf("defaults: %v", err))
	}
	return c
}

// into checks raw, and decodes the defaults and then raw into the struct that in points
// to. It returns the normalized input; see Tool.Normal. Errors are of kind Invalid and
// name the field.
func (c *checker) into(raw json.RawMessage, in any) (json.RawMessage, error) {
	values, given, err := c.decoded(raw)
	if err != nil {
		return nil, err
	}
	if err := c.value("", c.schema, values); err != nil {
		return nil, err
	}
	if err := c.exclusive(values); err != nil {
		return nil, err
	}
	for _, source := range []json.RawMessage{c.defaults, given} {
		if source == nil {
			continue
		}
		if err := json.Unmarshal(source, in); err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "the input cannot be read").WithCause("%v", err)
		}
	}
	if v, ok := in.(Validator); ok {
		return given, v.Validate()
	}
	return given, nil
}

// exclusive refuses fields that can't be used together.
func (c *checker) exclusive(given map[string]any) error {
	for _, f := range c.fields {
		if given[f.Name] == nil {
			continue
		}
		for _, other := range f.Xor {
			if given[other] != nil {
				return fault.New(fault.Invalid, "%s and %s can't be used together", f.Name, other).
					At(f.Name).WithFix("give one of the two")
			}
		}
	}
	return nil
}

// value checks one decoded value against its schema; path is "" for the whole input.
func (c *checker) value(path string, s *jsonschema.Schema, v any) error {
	if s == nil || isAny(s) {
		return nil
	}
	if got := strictjson.TypeOf(v); !typeFits(s.Type, got) {
		return invalid(path, "must be %s, not %s", article(s.Type), got)
	}
	switch v := v.(type) {
	case string:
		return c.text(path, s, v)
	case json.Number:
		return c.number(path, s, v)
	case []any:
		return c.array(path, s, v)
	case map[string]any:
		return c.object(path, s, v)
	}
	return nil
}

func (c *checker) text(path string, s *jsonschema.Schema, v string) error {
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, any(v)) {
		return invalid(path, "must be one of %s, not %q", join(s.Enum), v)
	}
	if check := c.formats[s.Format]; check != nil && v != "" {
		if err := check(v); err != nil {
			return fault.From(err).At(path)
		}
	}
	return nil
}

func (c *checker) number(path string, s *jsonschema.Schema, v json.Number) error {
	n, err := v.Float64()
	if s.Type == "integer" {
		if _, whole := wholeNumber(v.String()); !whole {
			return invalid(path, "must be an integer, not %s", v)
		}
		if !fitsInteger(v) {
			return invalid(path, "is out of range")
		}
	}
	if err != nil {
		return invalid(path, "is out of range")
	}
	if s.Minimum != nil && n < *s.Minimum {
		return invalid(path, "must be at least %v", *s.Minimum)
	}
	if s.Maximum != nil && n > *s.Maximum {
		return invalid(path, "must be at most %v", *s.Maximum)
	}
	return nil
}

func (c *checker) array(path string, s *jsonschema.Schema, v []any) error {
	seen := map[string]bool{}
	for i, item := range v {
		at := fmt.Sprintf("%s[%d]", path, i)
		if err := filled(at, s.Items, item, "take it out of "+path+", or give it a value"); err != nil {
			return err
		}
		if err := c.value(at, s.Items, item); err != nil {
			return err
		}
		if text, ok := item.(string); ok && s.UniqueItems {
			if seen[text] {
				return invalid(at, "names %q a second time", text).WithFix("name it once")
			}
			seen[text] = true
		}
	}
	return nil
}

func (c *checker) object(path string, s *jsonschema.Schema, v map[string]any) error {
	for _, name := range s.Required {
		value, ok := v[name]
		if !ok {
			return invalid(strictjson.Path(path, name), "is required")
		}
		if child := s.Properties[name]; value == nil && child != nil && !isAny(child) {
			return invalid(strictjson.Path(path, name), "is required, and must not be null")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(v)) {
		if err := c.member(path, name, s, v[name]); err != nil {
			return err
		}
	}
	return nil
}

// member checks the member of an object.
func (c *checker) member(path, name string, s *jsonschema.Schema, v any) error {
	at := strictjson.Path(path, name)
	child, known := s.Properties[name]
	advice := adviceFor(at, child, slices.Contains(s.Required, name))
	switch {
	case known:
	case closed(s):
		return unknownField(path, name, s)
	default:
		child, advice = s.AdditionalProperties, "take it out of "+path+", or give it a value"
	}
	if err := refuseEmptyName(path, s, name); err != nil {
		return err
	}
	if err := filled(at, child, v, advice); err != nil {
		return err
	}
	return c.value(at, child, v)
}

func unknownField(path, name string, s *jsonschema.Schema) error {
	known := slices.Sorted(maps.Keys(s.Properties))
	err := fault.New(fault.Invalid, "%s is not a field of the input", strictjson.Path(path, name)).At(strictjson.Path(path, name))
	if near := fault.Nearest(name, known); near != "" {
		return err.WithFix("did you mean %s?", near)
	}
	return err.WithFix("the fields are %s", strings.Join(known, ", "))
}

func invalid(path, format string, args ...any) *fault.Error {
	field := path
	if field == "" {
		field = "the input"
	}
	return fault.New(fault.Invalid, "%s %s", field, fmt.Sprintf(format, args...)).
		At(path).WithFix("correct %s", field)
}
