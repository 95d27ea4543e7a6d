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
	"github.com/hawser/hawser/internal/text"
)

// CheckObject refuses what strictObject refuses.
func CheckObject(raw json.RawMessage) error {
	_, err := strictObject(raw)
	return err
}

// strictObject decodes one JSON object. It refuses duplicate names, text that is not
// UTF-8, unpaired surrogates, anything after the object, and values that are not an
// object. Numbers stay json.Number.
func strictObject(raw json.RawMessage) (map[string]any, error) {
	dec := &strictDecoder{json.NewDecoder(bytes.NewReader(raw)), raw}
	dec.UseNumber()
	v, err := dec.value("", 0)
	if err != nil {
		var own *fault.Error
		if errors.As(err, &own) {
			return nil, own
		}
		return nil, fault.Wrap(err, fault.Invalid, "the input is not valid JSON").
			WithCause("%v (at byte %d)", err, dec.InputOffset()).WithFix(`give one JSON object, such as {"limit": 10}`)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, fault.New(fault.Invalid, "something follows the input's JSON object").
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

// strictDecoder reads values from raw.
type strictDecoder struct {
	*json.Decoder
	raw json.RawMessage
}

// token returns the next token. Strings must be valid Unicode: encoding/json silently
// replaces what is not, and the call would then use another name. path is the field
// that the token belongs to.
func (d *strictDecoder) token(path string) (json.Token, error) {
	before := d.InputOffset()
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	if _, ok := token.(string); ok && !text.ExactJSON(d.raw[before:d.InputOffset()]) {
		return nil, invalid(path, "holds bytes that are not UTF-8, or half of a surrogate pair").
			WithFix("send text in UTF-8; send binary data from a file if the tool accepts one")
	}
	return token, nil
}

// value reads a value; path is "" for the whole input.
func (d *strictDecoder) value(path string, depth int) (any, error) {
	if depth > maxDepth {
		return nil, fault.New(fault.Invalid, "the input is nested deeper than %d levels", maxDepth)
	}
	token, err := d.token(path)
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		return d.members(path, depth)
	case json.Delim('['):
		return d.items(path, depth)
	}
	return token, nil
}

func (d *strictDecoder) members(path string, depth int) (any, error) {
	object := map[string]any{}
	for d.More() {
		token, err := d.token(path)
		if err != nil {
			return nil, err
		}
		name, ok := token.(string)
		if !ok {
			return nil, fault.New(fault.Invalid, "a JSON object has a name that is not a string")
		}
		if _, twice := object[name]; twice {
			return nil, fault.New(fault.Invalid, "%s is given twice", name).At(name).WithFix("give %s once", name)
		}
		if object[name], err = d.value(pathTo(path, name), depth+1); err != nil {
			return nil, err
		}
	}
	_, err := d.Token()
	return object, err
}

func (d *strictDecoder) items(path string, depth int) (any, error) {
	items := []any{}
	for d.More() {
		item, err := d.value(fmt.Sprintf("%s[%d]", path, len(items)), depth+1)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	_, err := d.Token()
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

// typeFits reports whether a value has the wanted type. Whether a number is an integer
// is checked elsewhere.
func typeFits(want, got string) bool {
	return want == "" || want == got || (want == "integer" && got == "number")
}

// isAny reports whether the schema accepts every value: it is empty, or names every
// type as nameAny does.
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

// pathTo appends a name to a field path.
func pathTo(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
