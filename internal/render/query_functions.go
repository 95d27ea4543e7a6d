package render

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/jmespath-community/go-jmespath/pkg/functions"
	"github.com/jmespath-community/go-jmespath/pkg/interpreter"
	"github.com/jmespath-community/go-jmespath/pkg/parsing"
)

// exactCaller calls the functions that look into numbers itself, and has the library
// call the others.
//
// https://jmespath.org/specification.html#built-in-functions
type exactCaller struct{ others interpreter.FunctionCaller }

// CallFunction implements interpreter.FunctionCaller.
func (r exactCaller) CallFunction(name string, arguments []any) (any, error) {
	if own, ok := ownFunctions()[name]; ok {
		if len(arguments) != own.arguments {
			return nil, callError{fmt.Errorf("%s takes %s, not %d", name, countArguments(own.arguments), len(arguments))}
		}
		v, err := own.call(name, arguments)
		if err != nil {
			return nil, callError{err}
		}
		return v, nil
	}
	if _, text := firstOf(arguments).(string); text {
		for i, argument := range arguments { // such as the width of pad_left
			if n, ok := argument.(json.Number); ok {
				arguments[i], _ = n.Float64()
			}
		}
	}
	v, err := r.others.CallFunction(name, arguments)
	if err != nil {
		return nil, callError{fmt.Errorf("%s does not take %s", name, kindsOf(arguments))}
	}
	return v, nil
}

// callError is an error of a function, in words that people understand.
type callError struct{ error }

// kindsOf says what arguments are.
func kindsOf(arguments []any) string {
	var kinds []string
	for _, v := range arguments {
		name, err := jsonTypeName("", []any{v})
		kind := map[any]string{"null": "null", "boolean": "true or false", "string": "a text", "number": "a number", "array": "a list", "object": "an object", "expref": "an expression"}[name]
		if err != nil {
			kind = "a value"
		}
		kinds = append(kinds, kind)
	}
	return strings.Join(kinds, ", ")
}

func firstOf(arguments []any) any {
	if len(arguments) == 0 {
		return nil
	}
	return arguments[0]
}

type ownFunction struct {
	arguments int
	call      func(name string, arguments []any) (any, error)
}

func ownFunctions() map[string]ownFunction {
	one := func(change func(*big.Rat) *big.Rat) ownFunction { return ownFunction{1, ofNumber(change)} }
	by := func(pick func([]keyed) any) ownFunction { return ownFunction{2, ofKeyed(pick)} }
	own := map[string]ownFunction{
		"abs":      one(func(n *big.Rat) *big.Rat { return new(big.Rat).Abs(n) }),
		"ceil":     one(ceilingOf),
		"floor":    one(floorOf),
		"sum":      {1, ofNumbers(func(all []*big.Rat) any { return numberOf(total(all)) })},
		"avg":      {1, ofNumbers(mean)},
		"max":      by(greatest),
		"min":      by(least),
		"max_by":   by(greatest),
		"min_by":   by(least),
		"sort":     by(sorted),
		"sort_by":  by(sorted),
		"contains": {2, contains},
		"type":     {1, jsonTypeName},

		"to_number": {1, toNumber},
	}
	for _, name := range []string{"max", "min", "sort"} {
		own[name] = ownFunction{1, withoutKey(own[name].call)}
	}
	for operator, compare := range map[parsing.TokType]func(int) bool{
		parsing.TOKLT: func(c int) bool { return c < 0 }, parsing.TOKLTE: func(c int) bool { return c <= 0 },
		parsing.TOKGT: func(c int) bool { return c > 0 }, parsing.TOKGTE: func(c int) bool { return c >= 0 },
	} {
		own[operatorName(operator)] = ownFunction{2, ofTwo(func(a, b *big.Rat) any { return compare(a.Cmp(b)) })}
	}
	addArithmetic(own)
	return own
}

func addArithmetic(own map[string]ownFunction) {
	own[operatorName(parsing.TOKEQ)] = ownFunction{2, func(_ string, a []any) (any, error) { return equalValues(a[0], a[1]), nil }}
	own[operatorName(parsing.TOKNE)] = ownFunction{2, func(_ string, a []any) (any, error) { return !equalValues(a[0], a[1]), nil }}
	times := func(a, b *big.Rat) any { return numberOf(new(big.Rat).Mul(a, b)) }
	for operator, compute := range map[parsing.TokType]func(a, b *big.Rat) any{
		parsing.TOKPlus:  func(a, b *big.Rat) any { return numberOf(new(big.Rat).Add(a, b)) },
		parsing.TOKMinus: func(a, b *big.Rat) any { return numberOf(new(big.Rat).Sub(a, b)) },
		parsing.TOKStar:  times, parsing.TOKMultiply: times,
		parsing.TOKDivide: divided(func(a, b *big.Rat) *big.Rat { return new(big.Rat).Quo(a, b) }),
		parsing.TOKDiv:    divided(func(a, b *big.Rat) *big.Rat { return floorOf(new(big.Rat).Quo(a, b)) }),
		parsing.TOKModulo: divided(remainder),
	} {
		own[operatorName(operator)] = ownFunction{2, ofTwo(compute)}
	}
	unary := func(change func(*big.Rat) *big.Rat) ownFunction {
		return ownFunction{1, func(_ string, a []any) (any, error) {
			n, ok := exactNumber(a[0])
			if !ok {
				return nil, nil
			}
			return numberOf(change(n)), nil
		}}
	}
	own["unary "+operatorName(parsing.TOKPlus)] = unary(func(n *big.Rat) *big.Rat { return n })
	own["unary "+operatorName(parsing.TOKMinus)] = unary(func(n *big.Rat) *big.Rat { return new(big.Rat).Neg(n) })
}

// divided gives null for a division by zero.
func divided(by func(a, b *big.Rat) *big.Rat) func(a, b *big.Rat) any {
	return func(a, b *big.Rat) any {
		if b.Sign() == 0 {
			return nil
		}
		return numberOf(by(a, b))
	}
}

// remainder has the sign of the dividend.
func remainder(a, b *big.Rat) *big.Rat {
	times := new(big.Rat).Quo(a, b)
	if times.Sign() < 0 {
		times = ceilingOf(times)
	} else {
		times = floorOf(times)
	}
	return new(big.Rat).Sub(a, times.Mul(times, b))
}

// ofTwo is an operator on two numbers; of anything else it gives null.
func ofTwo(compute func(a, b *big.Rat) any) func(string, []any) (any, error) {
	return func(_ string, arguments []any) (any, error) {
		a, ok := exactNumber(arguments[0])
		b, also := exactNumber(arguments[1])
		if !ok || !also {
			return nil, nil
		}
		return compute(a, b), nil
	}
}

func ofNumber(change func(*big.Rat) *big.Rat) func(string, []any) (any, error) {
	return func(name string, arguments []any) (any, error) {
		n, ok := exactNumber(arguments[0])
		if !ok {
			return nil, fmt.Errorf("%s wants a number", name)
		}
		return numberOf(change(n)), nil
	}
}

func ofNumbers(compute func([]*big.Rat) any) func(string, []any) (any, error) {
	return func(name string, arguments []any) (any, error) {
		all, ok := exactNumbers(arguments[0])
		if !ok {
			return nil, fmt.Errorf("%s wants a list of numbers", name)
		}
		return compute(all), nil
	}
}

func total(all []*big.Rat) *big.Rat {
	sum := new(big.Rat)
	for _, n := range all {
		sum.Add(sum, n)
	}
	return sum
}

func mean(all []*big.Rat) any {
	if len(all) == 0 {
		return nil
	}
	return numberOf(new(big.Rat).Quo(total(all), new(big.Rat).SetInt64(int64(len(all)))))
}

// keyed is an item with the number or text that it is ordered by.
type keyed struct {
	item   any
	number *big.Rat
	text   string
}

func compareKeyed(a, b keyed) int {
	if a.number != nil {
		return a.number.Cmp(b.number)
	}
	return cmp.Compare(a.text, b.text)
}

func sorted(all []keyed) any {
	slices.SortStableFunc(all, compareKeyed)
	items := make([]any, len(all))
	for i, one := range all {
		items[i] = one.item
	}
	return items
}

func greatest(all []keyed) any {
	if len(all) == 0 {
		return nil
	}
	return slices.MaxFunc(all, compareKeyed).item
}

func least(all []keyed) any {
	if len(all) == 0 {
		return nil
	}
	return slices.MinFunc(all, compareKeyed).item
}

// ofKeyed is a function of a list and of an expression that gives each item's
// key; the keys are all numbers or all texts.
func ofKeyed(pick func([]keyed) any) func(string, []any) (any, error) {
	return func(name string, arguments []any) (any, error) {
		list, ok := arguments[0].([]any)
		key, also := arguments[1].(functions.ExpRef)
		if !ok || !also {
			return nil, fmt.Errorf("%s wants a list, and an expression behind &", name)
		}
		all := make([]keyed, len(list))
		for i, item := range list {
			value, err := key(item)
			if err != nil {
				return nil, err
			}
			all[i].item = item
			number, isNumber := exactNumber(value)
			text, isText := value.(string)
			if all[i].number, all[i].text = number, text; !isNumber && !isText || isNumber != (all[0].number != nil) {
				return nil, fmt.Errorf("%s wants numbers alone, or texts alone", name)
			}
		}
		return pick(all), nil
	}
}

// withoutKey has the items be their own keys.
func withoutKey(call func(string, []any) (any, error)) func(string, []any) (any, error) {
	itself := functions.ExpRef(func(item any) (any, error) { return item, nil })
	return func(name string, arguments []any) (any, error) { return call(name, append(arguments, itself)) }
}
