package render

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/jmespath-community/go-jmespath/pkg/functions"
)

// contains looks for a value in a list, or for a text in a text.
func contains(name string, arguments []any) (any, error) {
	switch in := arguments[0].(type) {
	case string:
		part, ok := arguments[1].(string)
		return ok && strings.Contains(in, part), nil
	case []any:
		return slices.ContainsFunc(in, func(item any) bool { return equalValues(item, arguments[1]) }), nil
	}
	return nil, fmt.Errorf("%s wants a list or a text", name)
}

// jsonTypeName is JMESPath's name of a value's type.
func jsonTypeName(_ string, arguments []any) (any, error) {
	switch arguments[0].(type) {
	case nil:
		return "null", nil
	case bool:
		return "boolean", nil
	case string:
		return "string", nil
	case json.Number, float64:
		return "number", nil
	case []any:
		return "array", nil
	case map[string]any:
		return "object", nil
	case functions.ExpRef:
		return "expref", nil
	}
	return nil, fmt.Errorf("the value has no type")
}

// toNumber reads a text as a number as JSON writes it; null is anything that is
// none.
func toNumber(_ string, arguments []any) (any, error) {
	switch v := arguments[0].(type) {
	case json.Number, float64:
		return v, nil
	case string:
		if value, err := exactJSON([]byte(v)); err == nil {
			if n, ok := value.(json.Number); ok {
				return n, nil
			}
		}
	}
	return nil, nil
}
