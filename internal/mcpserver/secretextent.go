package mcpserver

import "strings"

func (s scrubber) flagExtent(text string, at position, _ verdict) (from, to int) {
	if from, to, ok := s.quoted(text, at.value); ok {
		return from, to
	}
	return at.value, at.value + until(text[at.value:], " \t\r\n\"'")
}

// quotedExtent is a value in quotes; nothing is one without.
func (s scrubber) quotedExtent(text string, at position, _ verdict) (from, to int) {
	from, to, _ = s.quoted(text, at.value)
	return from, to
}

// lineExtent is a value that ends with its line.
func (s scrubber) lineExtent(text string, at position, _ verdict) (from, to int) {
	if from, to, ok := s.quoted(text, at.value); ok {
		return from, to
	}
	return at.value, at.value + until(text[at.value:], "\r\n")
}

// elementExtent is the text of an element of XML.
func elementExtent(text string, at position, _ verdict) (from, to int) {
	end := "<"
	if strings.HasSuffix(text[at.begin:at.value], "<![CDATA[") {
		end = "]]>"
	}
	if i := strings.Index(text[at.value:], end); i >= 0 {
		return at.value, at.value + i
	}
	return at.value, len(text)
}

// lookBack limits how far back the beginning of a setting's line is searched, so that
// one long line takes no longer than many short ones.
const lookBack = 200

func (s scrubber) settingExtent(text string, at position, of verdict) (from, to int) {
	return s.valueExtent(text, at, of, false)
}

func (s scrubber) pairExtent(text string, at position, of verdict) (from, to int) {
	return s.valueExtent(text, at, of, true)
}

// valueExtent is where a setting's value stands.
func (s scrubber) valueExtent(text string, at position, of verdict, pair bool) (from, to int) {
	at.value = commentEnd(text, at.value)
	at.value += max(0, len(s.patterns.wrapped.FindString(text[at.value:]))-1)
	if from, to, ok := s.quoted(text, at.value); ok {
		return from, replacedEnd(text, to)
	}
	rest := text[at.value:]
	if opening := s.patterns.heredoc.FindStringSubmatch(rest); opening != nil {
		from = at.value + len(opening[0])
		return from, from + heredocEnd(text[from:], opening[1])
	}
	if sign := text[at.nameEnd:at.value]; sign == "=" || sign == "+=" {
		if end, ok := arrayEnd(rest); ok {
			return at.value, at.value + end
		}
	}
	if strings.HasPrefix(rest, "$(") { // what a command prints
		if i := strings.IndexAny(rest, ")\r\n"); i > 0 && rest[i] == ')' {
			return at.value, at.value + i + 1
		}
	}
	near := max(0, at.begin-lookBack)
	line := near + 1 + strings.LastIndexAny(text[near:at.begin], "\r\n")
	before := strings.TrimLeft(text[line:at.begin], " \t-?")
	begins := before == "" || strings.HasSuffix(before, " ") && beginsSetting(before)
	key := before == `"` || before == "'" // in quotes
	colon := !pair && strings.Contains(text[at.nameEnd:at.value], ":") && !strings.Contains(text[at.nameEnd:at.value], "=")
	column := len(text[line:at.begin])
	if key {
		column--
	}
	lineEnd := at.value
	if end, ok := s.structureEnd(rest); ok {
		if of == secrets && strings.HasPrefix(strings.TrimLeft(rest[1:], " \t\r\n"), "{") {
			return at.value, at.value // things with names of their own
		}
		if lineEnd += end; !begins || !colon {
			return at.value, lineEnd
		}
	}
	if begins || colon {
		if block := s.patterns.block.FindString(rest); block != "" {
			return at.value + len(block), at.value + len(block) + blockEnd(rest[len(block):], column)
		}
	}
	switch {
	case begins && colon && strings.HasPrefix(rest, "- "): // a list as the value of a complex key
		return at.value, at.value + until(rest, "\n") + blockEnd(rest[until(rest, "\n"):], column-len("? "))
	case key && colon:
		end := until(rest, "\r\n")
		if more := s.continued(rest, end, column); more > 0 {
			return at.value, at.value + end + more
		}
		return at.value, at.value + len(strings.TrimRight(rest[:end], " \t,;]})"))
	case begins && colon:
		end := lineEnd - at.value
		end = logicalEnd(rest, end+until(rest[end:], "\r\n"), "\r\n")
		return at.value, at.value + end + s.continued(rest, end, column)
	case begins && blankAround(text[at.nameEnd:at.value]):
		end := logicalEnd(rest, until(rest, "\r\n"), "\r\n")
		return at.value, at.value + len(strings.TrimRight(rest[:commentIn(rest[:end])], " \t,"))
	case begins:
		if end := until(rest, "\r\n"); strings.Contains(text[at.name:at.nameEnd], ".") && continues(rest[:end]) {
			return at.value, at.value + logicalEnd(rest, end, "\r\n")
		}
		return at.value, at.value + logicalEnd(rest, until(rest, " \t\r\n"), " \t\r\n")
	case s.headerName(text[at.name:at.nameEnd]):
		return at.value, at.value + until(rest, "\r\n\"'")
	}
	return at.value, at.value + plainEnd(rest)
}

// beginsSetting tells whether a word before a name only declares it.
func beginsSetting(word string) bool {
	switch strings.TrimRight(word, " ") {
	case "export", "set", "ENV", "ARG":
		return true
	}
	return false
}

// plainEnd is where a value ends that stands in no quotes within a line.
func plainEnd(rest string) int {
	for end := 0; ; end++ {
		end += until(rest[end:], " \t\r\n\"'`,;&#<>)}]\\“”")
		if end == len(rest) || rest[end] != '&' {
			return end
		}
		if r, n := entity(rest[end:]); n > 0 && rest[end+1] == '#' && !strings.ContainsRune("\"'<>&", r) {
			end += n - 1
			continue
		}
		return end
	}
}

// replacedEnd is where a quoted value ends, together with the one that takes its place
// in a plan of Terraform: "old" -> "new".
func replacedEnd(text string, end int) int {
	next, ok := strings.CutPrefix(text[end:], `" -> "`)
	if !ok {
		return end
	}
	return len(text) - len(next) + quotedEnd(next, `"`)
}

// blankAround tells of an equals sign between blanks, which no shell has: a value in INI
// and properties has the rest of its line.
func blankAround(separator string) bool {
	return len(separator) > 2 && separator[0] == ' ' && strings.HasSuffix(separator, " ") && strings.Contains(separator, "=")
}

// commentIn is where a comment begins in a line.
func commentIn(line string) int {
	for _, sign := range []string{" ;", " #", "\t#", "; "} {
		if i := strings.Index(line, sign); i >= 0 {
			line = line[:i]
		}
	}
	return len(line)
}
