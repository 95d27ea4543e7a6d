package tool

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/hawser/hawser/internal/fault"
)

// strictObject decodes one JSON object, refusing a name given twice, anything
// behind the object, and anything that is no object. Numbers stay json.Number.
func strictObject(raw json.RawMessage) (map[string]any, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	v, err := strictValue(dec, 0)
	if err != nil {
		var own *fault.Error
		if errors.As(err, &own) {
			return nil, own
		}
		return nil, fault.Wrap(err, fault.Invalid, "the input is no valid JSON").
			WithCause("%v (at byte %d)", err, dec.InputOffset()).WithFix(`give one JSON object, such as {"limit": 10}`)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, fault.New(fault.Invalid, "something stands behind the input's JSON object").
			WithFix("give one JSON object and nothing else")
	}
	object, ok := v.(map[string]any)
	if !ok {
		return nil, fault.New(fault.Invalid, "the input must be a JSON object, not %s", jsonType(v)).
			WithFix(`give one JSON object, such as {"limit": 10}`)
	}
	return object, nil
}

// maxDepth bounds nesting, so that hostile input cannot exhaust the stack.
const maxDepth = 64

func strictValue(dec *json.Decoder, depth int) (any, error) {
	if depth > maxDepth {
		return nil, fault.New(fault.Invalid, "the input is nested deeper than %d levels", maxDepth)
	}
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		return strictMembers(dec, depth)
	case json.Delim('['):
		return strictItems(dec, depth)
	}
	return token, nil
}

func strictMembers(dec *json.Decoder, depth int) (any, error) {
	object := map[string]any{}
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return nil, err
		}
		name, ok := token.(string)
		if !ok {
			return nil, fault.New(fault.Invalid, "a JSON object has a name that is no string")
		}
		if _, twice := object[name]; twice {
			return nil, fault.New(fault.Invalid, "%s is given twice", name).At(name).WithFix("give %s once", name)
		}
		if object[name], err = strictValue(dec, depth+1); err != nil {
			return nil, err
		}
	}
	_, err := dec.Token()
	return object, err
}

func strictItems(dec *json.Decoder, depth int) (any, error) {
	items := []any{}
	for dec.More() {
		item, err := strictValue(dec, depth+1)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	_, err := dec.Token()
	return items, err
}

// jsonType names the JSON type of a decoded value.
func jsonType(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case json.Number:
		return "number"
	case []any:
		return "array"
	default:
		return "object"
	}
}

// typeFits tells whether a value's type is the wanted one; whether a number is
// an integer, the checker tells.
func typeFits(want, got string) bool {
	return want == "" || want == got || (want == "integer" && got == "number")
}

// isAny reports whether the schema lets every value pass: it says nothing, or
// names every type, as nameAny has it do.
func isAny(s *jsonschema.Schema) bool {
	named := s.Types == nil || slices.Contains(s.Types, "null")
	return s.Type == "" && named && s.Properties == nil && s.Not == nil
}

// closed reports whether an object schema allows only its own properties:
// "additionalProperties": false, which the library writes as {"not": {}}.
func closed(s *jsonschema.Schema) bool {
	return s.AdditionalProperties != nil && reflect.DeepEqual(s.AdditionalProperties.Not, &jsonschema.Schema{})
}

func article(kind string) string {
	if strings.ContainsAny(kind[:1], "aeio") {
		return "an " + kind
	}
	return "a " + kind
}

func join(values []any) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = fmt.Sprint(v)
	}
	return strings.Join(words, ", ")
}

// pathTo extends a field path by a name.
func pathTo(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
