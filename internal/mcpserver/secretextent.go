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
	if from, to, ok := s.delimited(text, at); ok {
		return from, to
	}
	v := valueAt(text, at, pair)
	lineEnd := 0
	if end, ok := s.structureEnd(v.rest); ok {
		if of == secrets && strings.HasPrefix(strings.TrimLeft(v.rest[1:], " \t\r\n"), "{") {
			return at.value, at.value // things with names of their own
		}
		if lineEnd = end; !v.begins || !v.colon {
			return at.value, at.value + lineEnd
		}
	}
	if v.begins || v.colon {
		if block := s.patterns.block.FindString(v.rest); block != "" {
			return at.value + len(block), at.value + len(block) + blockEnd(v.rest[len(block):], v.column)
		}
	}
	return at.value, at.value + s.bareEnd(v, lineEnd)
}

// delimited is where a value stands whose own signs say where it ends: quotes, a here
// document, an array of a shell, or the output of a command.
func (s scrubber) delimited(text string, at position) (from, to int, ok bool) {
	if from, to, ok := s.quoted(text, at.value); ok {
		return from, replacedEnd(text, to), true
	}
	rest := text[at.value:]
	if opening := s.patterns.heredoc.FindStringSubmatch(rest); opening != nil {
		from = at.value + len(opening[0])
		return from, from + heredocEnd(text[from:], opening[1]), true
	}
	if sign := text[at.nameEnd:at.value]; sign == "=" || sign == "+=" {
		if end, ok := arrayEnd(rest); ok {
			return at.value, at.value + end, true
		}
	}
	if strings.HasPrefix(rest, "$(") { // what a command prints
		if i := strings.IndexAny(rest, ")\r\n"); i > 0 && rest[i] == ')' {
			return at.value, at.value + i + 1, true
		}
	}
	return 0, 0, false
}

// plainValue is a value without delimiters of its own. Where it ends follows from how
// its setting is written.
type plainValue struct {
	rest   string // the text from the value on
	name   string
	sign   string // what is between name and value
	begins bool   // the setting begins its line
	quoted bool   // the name is in quotes and begins its line
	colon  bool   // the sign is a colon, as in YAML
	column int    // that of the name, for YAML's indentation
}

func valueAt(text string, at position, pair bool) plainValue {
	near := max(0, at.begin-lookBack)
	line := near + 1 + strings.LastIndexAny(text[near:at.begin], "\r\n")
	before := strings.TrimLeft(text[line:at.begin], " \t-?")
	v := plainValue{
		rest: text[at.value:], name: text[at.name:at.nameEnd], sign: text[at.nameEnd:at.value],
		begins: before == "" || strings.HasSuffix(before, " ") && beginsSetting(before),
		quoted: before == `"` || before == "'",
		column: len(text[line:at.begin]),
	}
	v.colon = !pair && strings.Contains(v.sign, ":") && !strings.Contains(v.sign, "=")
	if v.quoted {
		v.column--
	}
	return v
}

// bareEnd returns the length of a value without delimiters, of which at least the first
// read bytes belong to it.
func (s scrubber) bareEnd(v plainValue, read int) int {
	rest := v.rest
	switch {
	case v.begins && v.colon && strings.HasPrefix(rest, "- "): // a list as the value of a complex key
		return until(rest, "\n") + blockEnd(rest[until(rest, "\n"):], v.column-len("? "))
	case v.quoted && v.colon:
		end := until(rest, "\r\n")
		if more := s.continued(rest, end, v.column); more > 0 {
			return end + more
		}
		return len(strings.TrimRight(rest[:end], " \t,;]})"))
	case v.begins && v.colon:
		end := logicalEnd(rest, read+until(rest[read:], "\r\n"), "\r\n")
		return end + s.continued(rest, end, v.column)
	case v.begins && blankAround(v.sign):
		end := logicalEnd(rest, until(rest, "\r\n"), "\r\n")
		return len(strings.TrimRight(rest[:commentIn(rest[:end])], " \t,"))
	case v.begins:
		if end := until(rest, "\r\n"); strings.Contains(v.name, ".") && continues(rest[:end]) {
			return logicalEnd(rest, end, "\r\n")
		}
		return logicalEnd(rest, until(rest, " \t\r\n"), " \t\r\n")
	case s.headerName(v.name):
		return until(rest, "\r\n\"'")
	}
	return plainEnd(rest)
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
