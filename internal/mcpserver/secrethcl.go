package mcpserver

import "strings"

// declared finds the value in the next block of HCL that declares a variable or an
// output: its name is that of the block, and the value that of its argument.
//
// https://developer.hashicorp.com/terraform/language/block/variable
func (s scrubber) declared(text string, from int) (position, bool) {
	for {
		at := s.patterns.declaration.FindStringSubmatchIndex(text[from:])
		if at == nil {
			return position{}, false
		}
		name, nameEnd, brace := from+at[2], from+at[3], from+at[1]-1
		from = brace + 1
		within := text[brace:min(len(text), brace+farthest)]
		if next := s.patterns.declaration.FindStringIndex(within); next != nil {
			within = within[:next[0]]
		}
		end, _ := s.structureEnd(within)
		argument := s.patterns.argument.FindStringIndex(text[from : brace+max(end, 1)])
		if argument == nil {
			continue
		}
		return position{name, name, nameEnd, from + argument[1]}, true
	}
}

// expressionExtent is where the text stands in an expression of HCL: a text, one in a
// call such as sensitive("..."), a list, an object or a number. References have none.
func (s scrubber) expressionExtent(text string, at position, _ verdict) (from, to int) {
	value := at.value + len(s.patterns.calling.FindString(text[at.value:]))
	if from, to, ok := s.quoted(text, value); ok {
		return from, to
	}
	rest := text[value:]
	if opening := s.patterns.heredoc.FindStringSubmatch(rest); opening != nil {
		from = value + len(opening[0])
		return from, from + heredocEnd(text[from:], opening[1])
	}
	if end, ok := s.structureEnd(rest); ok && strings.Contains(rest[:end], `"`) {
		return value, value + end
	}
	if digits := len(rest) - len(strings.TrimLeft(rest, "0123456789")); digits >= shortest {
		return value, value + digits
	}
	return value, value
}
