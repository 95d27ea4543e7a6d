package logpattern

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// comparison is an operator with its right side.
type comparison struct {
	op     string
	right  operand
	number float64
	isNum  bool
}

// operators in the order to try them: the longer first.
var operators = []string{"!=", "<=", ">=", "=", "<", ">"}

// comparison takes an operator and a value that ends at one of stops.
func (s *scanner) comparison(stops string) (comparison, error) {
	var c comparison
	for _, op := range operators {
		if s.literal(op) {
			c.op = op
			break
		}
	}
	if c.op == "" {
		return c, s.unexpected("an operator")
	}
	s.skipSpace()
	right, err := s.value(stops)
	if err != nil {
		return c, err
	}
	c.right = right
	if right.regex != nil && c.op != "=" && c.op != "!=" {
		return c, fmt.Errorf("a regular expression stands only behind = and !=")
	}
	if right.regex == nil && !right.quoted {
		n, err := strconv.ParseFloat(right.text, 64)
		c.number, c.isNum = n, err == nil
	}
	if strings.ContainsAny(c.op, "<>") && !c.isNum {
		return c, fmt.Errorf("%s compares numbers, and %q is none", c.op, right.text)
	}
	return c, nil
}

// holds compares a value found in a message. Objects and arrays never match.
func (c comparison) holds(left any) bool {
	switch left := left.(type) {
	case json.Number:
		return c.number64(left)
	case string:
		return c.string(left)
	case bool:
		return c.string(strconv.FormatBool(left))
	}
	return false
}

func (c comparison) number64(left json.Number) bool {
	n, err := left.Float64()
	if err != nil || !c.isNum {
		return c.text(left.String())
	}
	switch c.op {
	case "=":
		return n == c.number
	case "!=":
		return n != c.number
	case "<":
		return n < c.number
	case "<=":
		return n <= c.number
	case ">":
		return n > c.number
	default:
		return n >= c.number
	}
}

// string compares a text, as a number where both sides are one.
func (c comparison) string(left string) bool {
	if _, err := strconv.ParseFloat(left, 64); err == nil && c.isNum {
		return c.number64(json.Number(left))
	}
	return c.text(left)
}

func (c comparison) text(left string) bool {
	var same bool
	if c.right.regex != nil {
		same = c.right.regex.MatchString(left)
	} else {
		same = wildcard(c.right.text, left)
	}
	switch c.op {
	case "=":
		return same
	case "!=":
		return !same
	}
	return false
}
