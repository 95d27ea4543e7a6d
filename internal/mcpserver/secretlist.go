package mcpserver

import "strings"

// pairLists masks in a list of pairs, each a list of a name and its value. Lists of other
// things have that form too, such as columns with their types: only what looks like a
// secret is one.
func (s scrubber) pairLists(v []any, did *changes) {
	for _, element := range v {
		if pair, ok := element.([]any); !ok || len(pair) != 2 {
			return
		}
	}
	for _, element := range v {
		pair, _ := element.([]any)
		name, named := pair[0].(string)
		value, text := pair[1].(string)
		if named && text && s.secretName(name) && !s.reveals(name) && s.secretLike(value) && s.secretValue(value, aSecret) {
			pair[1] = s.mask(value, did)
		}
	}
}

// listExtent is the second text of a pair in a list of pairs.
func (s scrubber) listExtent(text string, at position, _ verdict) (from, to int) {
	from, to, ok := s.quoted(text, at.value)
	if closing := strings.TrimLeft(text[to:], "\\\"' \t\r\n"); !ok || closing == "" || closing[0] != ']' || !s.secretLike(text[from:to]) {
		return at.value, at.value
	}
	return from, to
}

// tabbed finds the next line that begins with a name and a tab.
func tabbed(text string, from int) (position, bool) {
	for {
		i := strings.IndexByte(text[from:], '\t')
		if i < 0 {
			return position{}, false
		}
		end := from + i
		from = end + len(text[end:]) - len(strings.TrimLeft(text[end:], "\t"))
		begin := end
		for begin > 0 && end-begin < longestPhrase && nameByte(text[begin-1]) {
			begin--
		}
		if line := trimBack(text, begin, " \t"); begin < end && (line == 0 || text[line-1] == '\n') {
			return position{begin, begin, end, from}, true
		}
	}
}

// tabbedExtent is the rest of a line that is one word which looks like a secret.
func (s scrubber) tabbedExtent(text string, at position, _ verdict) (from, to int) {
	end := at.value + until(text[at.value:], "\r\n")
	value := text[at.value:end]
	if len(value) < shortestTabbed || strings.ContainsAny(value, " \t") || strings.ContainsAny(value[:1], "*&[") || !s.secretLike(value) {
		return at.value, at.value
	}
	return at.value, end
}

// shortestTabbed is the length of the shortest secret that only a tab parts from its name.
const shortestTabbed = 8

// heredocExtent is the text of several lines that a line with a name begins.
func (s scrubber) heredocExtent(text string, at position, _ verdict) (from, to int) {
	opening := text[at.nameEnd:at.value]
	tag := strings.Trim(opening, " \t\r\n<~-\"'\\")
	end := at.value + heredocEnd(text[at.value:], tag)
	if end == len(text) && strings.ToUpper(tag) != tag {
		return at.value, at.value // not a text: lines of Ruby and C++ have this form too
	}
	return at.value, end
}

// arrayEnd is where an array of a shell ends that a text begins with.
func arrayEnd(rest string) (int, bool) {
	if !strings.HasPrefix(rest, "(") {
		return 0, false
	}
	rest = rest[:min(len(rest), farthest)]
	if inner := rest[1:until(rest, ")")]; inner != "" && strings.Trim(inner, "0123456789 ") == "" {
		return 0, true // counts
	}
	for i := 1; i < len(rest); i++ {
		switch rest[i] {
		case '"', '\'':
			i += 1 + quotedEnd(rest[i+1:], rest[i:i+1])
		case ')':
			return i + 1, true
		}
	}
	if first := until(rest, "\r\n"); strings.TrimSpace(rest[1:first]) != "" {
		return first, true // cut
	}
	return len(rest), true
}

// reversed finds the next object in a line whose value stands before its name.
func (s scrubber) reversed(text string, from int) (position, bool) {
	at := s.patterns.reversed.FindStringSubmatchIndex(text[from:])
	if at == nil {
		return position{}, false
	}
	return position{from + at[0], from + at[4], from + at[5], from + at[2]}, true
}

// reversedExtent is the value in such an object.
func (s scrubber) reversedExtent(text string, at position, _ verdict) (from, to int) {
	if from, to, ok := s.quoted(text, at.value); ok {
		return from, to
	}
	return at.value, at.value + until(text[at.value:], " \t,;")
}
