package render

import (
	"encoding/json"
	"math/big"
	"reflect"
	"strconv"
)

// exactNumber gives the value of a number. One that float64 cannot come near is
// none.
func exactNumber(v any) (*big.Rat, bool) {
	text := ""
	switch v := v.(type) {
	case float64:
		text = strconv.FormatFloat(v, 'g', -1, 64)
	case json.Number:
		text = v.String()
	default:
		return nil, false
	}
	near, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, false
	}
	if near == 0 {
		return new(big.Rat), true // and not a fraction of a million digits
	}
	return new(big.Rat).SetString(text)
}

// exactNumbers gives the values of a list of numbers.
func exactNumbers(v any) ([]*big.Rat, bool) {
	list, ok := v.([]any)
	numbers := make([]*big.Rat, len(list))
	for i, item := range list {
		var number bool
		if numbers[i], number = exactNumber(item); !number {
			return nil, false
		}
	}
	return numbers, ok
}

// numberOf writes an integer whole, and a fraction as near as float64 comes.
func numberOf(n *big.Rat) any {
	if n.IsInt() {
		return json.Number(n.Num().String())
	}
	near, _ := n.Float64()
	return near
}

// floorOf is the largest integer that is not larger.
func floorOf(n *big.Rat) *big.Rat {
	whole := new(big.Int).Div(n.Num(), n.Denom()) // Euclid's division: down, as the divisor is positive
	return new(big.Rat).SetInt(whole)
}

func ceilingOf(n *big.Rat) *big.Rat {
	down := floorOf(new(big.Rat).Neg(n))
	return down.Neg(down)
}

// equalValues compares JSON values; numbers are equal that have the same value.
func equalValues(a, b any) bool {
	if x, ok := exactNumber(a); ok {
		y, number := exactNumber(b)
		return number && x.Cmp(y) == 0
	}
	switch a := a.(type) {
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !equalValues(a[i], b[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for name, value := range a {
			if other, there := b[name]; !there || !equalValues(value, other) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(a, b)
}
