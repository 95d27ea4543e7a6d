package tool

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/hawser/hawser/internal/fault"
	"github.com/hawser/hawser/internal/strictjson"
)

// strictObject decodes one JSON object by strictjson. Numbers stay json.Number. The
// error is a fault.
func strictObject(raw json.RawMessage) (map[string]any, error) {
	object, err := strictjson.Object(raw)
	if err != nil {
		return nil, inputFault(err)
	}
	return object, nil
}

// CheckObject refuses what strictjson.Object refuses. The error is a fault.
func CheckObject(raw json.RawMessage) error {
	_, err := strictObject(raw)
	return err
}

// inputFault says what is wrong with an input that strictjson refused.
func inputFault(err error) error {
	var e *strictjson.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Problem {
	case strictjson.Trailing:
		return fault.New(fault.Invalid, "something follows the input's JSON object").WithFix("give one JSON object and nothing else")
	case strictjson.NotObject:
		return fault.New(fault.Invalid, "the input must be a JSON object, not %s", e.Type).WithFix(`give one JSON object, such as {"limit": 10}`)
	case strictjson.Twice:
		return fault.New(fault.Invalid, "%s is given twice", e.Name).At(e.Name).WithFix("give %s once", e.Name)
	case strictjson.NotUnicode:
		return invalid(e.Path, "holds bytes that are not UTF-8, or half of a surrogate pair").
			WithFix("send text in UTF-8; send binary data from a file if the tool accepts one")
	case strictjson.TooDeep:
		return fault.New(fault.Invalid, "the input is nested deeper than %d levels", strictjson.Deepest)
	default:
		return fault.Wrap(err, fault.Invalid, "the input is not valid JSON").
			WithCause("%v (at byte %d)", e.Err, e.Offset).WithFix(`give one JSON object, such as {"limit": 10}`)
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
