package logpattern

import (
	"encoding/json"
	"strings"
)

// condition decides on a decoded JSON message.
type condition func(message any) bool

// maxNesting bounds parentheses, so that a pattern cannot exhaust the stack.
const maxNesting = 32

// parseJSON compiles { condition }. Messages that are no JSON object or array
// do not match.
func parseJSON(text string) (func(string) bool, error) {
	in := &jsonParser{scanner: scanner{text: text}}
	in.literal("{")
	holds, err := in.either()
	if err != nil {
		return nil, err
	}
	if !in.literal("}") {
		return nil, in.unexpected("}")
	}
	if in.skipSpace(); !in.done() {
		return nil, in.unexpected("the pattern's end")
	}
	return func(message string) bool {
		dec := json.NewDecoder(strings.NewReader(message))
		dec.UseNumber()
		var v any
		return dec.Decode(&v) == nil && holds(v)
	}, nil
}

type jsonParser struct {
	scanner
	depth int
}

// either takes conditions joined by ||, which binds less than &&.
func (p *jsonParser) either() (condition, error) {
	left, err := p.both()
	for err == nil && p.literal("||") {
		first := left
		var second condition
		second, err = p.both()
		left = func(m any) bool { return first(m) || second(m) }
	}
	return left, err
}

func (p *jsonParser) both() (condition, error) {
	left, err := p.one()
	for err == nil && p.literal("&&") {
		first := left
		var second condition
		second, err = p.one()
		left = func(m any) bool { return first(m) && second(m) }
	}
	return left, err
}

func (p *jsonParser) one() (condition, error) {
	if !p.literal("(") {
		return p.test()
	}
	if p.depth++; p.depth > maxNesting {
		return nil, p.unexpected("less nesting")
	}
	inner, err := p.either()
	if err != nil {
		return nil, err
	}
	if p.depth--; !p.literal(")") {
		return nil, p.unexpected(")")
	}
	return inner, nil
}

// test takes one selector with what is asked of its value.
func (p *jsonParser) test() (condition, error) {
	path, err := p.selector()
	if err != nil {
		return nil, err
	}
	switch {
	case p.words("IS", "NULL"):
		return func(m any) bool { return path.any(m, func(v any) bool { return v == nil }) }, nil
	case p.words("IS", "TRUE"):
		return func(m any) bool { return path.any(m, func(v any) bool { return v == true }) }, nil
	case p.words("IS", "FALSE"):
		return func(m any) bool { return path.any(m, func(v any) bool { return v == false }) }, nil
	case p.words("NOT", "EXISTS"):
		return func(m any) bool { return !path.any(m, func(any) bool { return true }) }, nil
	case p.words("EXISTS"):
		return func(m any) bool { return path.any(m, func(any) bool { return true }) }, nil
	}
	c, err := p.comparison(" \t\r\n(){}&|")
	if err != nil {
		return nil, err
	}
	return func(m any) bool { return path.any(m, c.holds) }, nil
}

// words takes keywords that follow one another, in any case.
func (p *jsonParser) words(words ...string) bool {
	before := p.at
	for _, word := range words {
		p.skipSpace()
		if !strings.EqualFold(p.until(" \t\r\n(){}&|=<>!"), word) {
			p.at = before
			return false
		}
	}
	return true
}
