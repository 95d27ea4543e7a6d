package logpattern

import (
	"strconv"
	"strings"
)

// step is one part of a selector: a member's name, an index, or all items.
type step struct {
	name  string
	index int
	kind  stepKind
}

type stepKind int

const (
	member stepKind = iota
	item
	allItems
)

type selector []step

// selector takes $.name, $[0], $[*] and $['name'] in any sequence.
func (p *jsonParser) selector() (selector, error) {
	if !p.literal("$") {
		return nil, p.unexpected("a selector that begins with $")
	}
	var path selector
	for {
		switch p.oneOf(".[") {
		case '.':
			name := p.until(" \t\r\n.[](){}=<>!&|\"'")
			if name == "" {
				return nil, p.unexpected("a property's name")
			}
			path = append(path, step{name: name})
		case '[':
			next, err := p.bracket()
			if err != nil {
				return nil, err
			}
			path = append(path, next)
		default:
			if len(path) == 0 {
				return nil, p.unexpected("a property")
			}
			return path, nil
		}
	}
}

func (p *jsonParser) bracket() (step, error) {
	var found step
	if quote := p.oneOf(`'"`); quote != 0 {
		found.name = p.until(string(quote))
		p.oneOf(string(quote))
	} else if index := strings.TrimSpace(p.until("]")); index == "*" {
		found.kind = allItems
	} else {
		n, err := strconv.Atoi(index)
		if err != nil || n < 0 {
			return step{}, p.unexpected("an index")
		}
		found.kind, found.index = item, n
	}
	if p.oneOf("]") == 0 {
		return step{}, p.unexpected("]")
	}
	return found, nil
}

// any reports whether test holds for a value that the selector finds in v.
func (path selector) any(v any, test func(any) bool) bool {
	if len(path) == 0 {
		return test(v)
	}
	next, rest := path[0], path[1:]
	switch v := v.(type) {
	case map[string]any:
		child, ok := v[next.name]
		return ok && next.kind == member && rest.any(child, test)
	case []any:
		switch next.kind {
		case item:
			return next.index < len(v) && rest.any(v[next.index], test)
		case allItems:
			for _, child := range v {
				if rest.any(child, test) {
					return true
				}
			}
		}
	}
	return false
}
