package c1z

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/hawser/hawser/internal/fault"
)

// deepest bounds how deep a profile's values may be nested.
const deepest = 64

// profile writes a google.protobuf.Struct, with its names in order; none where
// there is no profile.
func (m *message) profile(field protowire.Number, p Profile) error {
	if p == nil {
		return nil
	}
	inner, err := structOf(p, deepest)
	if err == nil {
		m.nested(field, inner)
	}
	return err
}

func structOf(fields map[string]any, depth int) (message, error) {
	var m message
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		value, err := valueOf(fields[name], depth-1)
		if err != nil {
			return nil, err
		}
		var entry message
		entry.text(1, name)
		entry.nested(2, value)
		m.nested(1, entry)
	}
	return m, nil
}

// valueOf writes a google.protobuf.Value. The field is written even where the
// value is zero: which of them is there says what the value is.
func valueOf(v any, depth int) (message, error) {
	if depth < 0 {
		return nil, fault.New(fault.Invalid, "a profile is nested too deep")
	}
	switch v := v.(type) {
	case nil:
		return tagged(1, protowire.VarintType, protowire.AppendVarint(nil, 0)), nil
	case string:
		return tagged(3, protowire.BytesType, protowire.AppendString(nil, clean(v))), nil
	case bool:
		return tagged(4, protowire.VarintType, protowire.AppendVarint(nil, protowire.EncodeBool(v))), nil
	case time.Time:
		return valueOf(v.UTC().Format(time.RFC3339Nano), depth)
	case map[string]any:
		inner, err := structOf(v, depth)
		return tagged(5, protowire.BytesType, protowire.AppendBytes(nil, inner)), err
	case []any:
		return listOf(v, depth)
	case []string:
		list := make([]any, len(v))
		for i, s := range v {
			list[i] = s
		}
		return listOf(list, depth)
	}
	if n, ok := numberOf(v); ok {
		return tagged(2, protowire.Fixed64Type, protowire.AppendFixed64(nil, math.Float64bits(n))), nil
	}
	return nil, fault.New(fault.Invalid, "a profile can't hold a %T", v)
}

func listOf(list []any, depth int) (message, error) {
	var m message
	for _, v := range list {
		inner, err := valueOf(v, depth-1)
		if err != nil {
			return nil, err
		}
		m.nested(1, inner)
	}
	return tagged(6, protowire.BytesType, protowire.AppendBytes(nil, m)), nil
}

func tagged(field protowire.Number, kind protowire.Type, value []byte) message {
	return append(protowire.AppendTag(nil, field, kind), value...)
}

// numberOf returns the format's only sort of number.
func numberOf(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	case json.Number:
		n, err := v.Float64()
		return n, err == nil
	}
	return 0, false
}
