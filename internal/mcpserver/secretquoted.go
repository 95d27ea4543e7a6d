package mcpserver

import "strings"

// quoted is a value in quotes, whatever the quotes are written as.
func (s scrubber) quoted(text string, at int) (from, to int, ok bool) {
	opening := s.patterns.quote.FindStringSubmatch(text[at:])
	if opening == nil {
		return 0, 0, false
	}
	from = at + len(opening[0])
	quote := opening[1] + opening[2]
	switch quote {
	case "“", "”", "„", "‟", "«":
		return from, from + until(text[from:], "“”‟»"), true
	case "‘", "’", "‚", "‛":
		return from, from + until(text[from:], "‘’‛"), true
	case `"`: // doubled, as in CSV
		if rest := text[from:]; len(rest) > 1 && rest[0] == '"' && nameByte(rest[1]) {
			quote, from = `""`, from+1
		}
	}
	return from, from + quotedEnd(text[from:], quote), true
}

// quotedEnd is where a quoted text ends: at its quote, with as many backslashes
// before it as the opening one had, or with the text. A quote that is doubled is
// one within the text.
func quotedEnd(rest, quote string) int {
	for i := 0; i < len(rest); i++ {
		j := strings.Index(rest[i:], quote)
		if j < 0 {
			break
		}
		i += j
		switch {
		case i > 0 && rest[i-1] == '\\' && quote[0] != '%' && quote[0] != '&':
		case i > 0 && len(quote) == 1 && strings.HasPrefix(rest[i+1:], quote):
			i++
		default:
			return i
		}
	}
	return len(rest)
}

// heredocEnd is where a text of several lines ends: before the line that is its tag.
func heredocEnd(rest, tag string) int {
	end := 0
	for line := range strings.Lines(rest) {
		if strings.TrimRight(strings.TrimSpace(line), ";,") == tag {
			return max(0, end-1)
		}
		end += len(line)
	}
	return len(rest)
}

// farthest bounds how far the end of a list without quotes is looked for.
const farthest = 4096

// structureEnd returns where the object or list at the beginning of a text ends. If it
// was cut off, it ends with the text, or with its line if that has more than a bracket.
func (s scrubber) structureEnd(rest string) (int, bool) {
	if rest == "" || rest[0] != '[' && rest[0] != '{' {
		return 0, false
	}
	quote := "\""
	opening := s.patterns.list.FindStringSubmatch(rest)
	if opening != nil {
		quote = opening[1]
	} else {
		rest = rest[:min(len(rest), farthest)]
	}
	depth := 0
	for i := 0; i < len(rest); i++ {
		switch {
		case strings.HasPrefix(rest[i:], quote):
			i += len(quote)
			i += quotedEnd(rest[min(i, len(rest)):], quote) + len(quote) - 1
		case rest[i] == '{' || rest[i] == '[':
			depth++
		case rest[i] == '}' || rest[i] == ']':
			if depth--; depth == 0 {
				return i + 1, true
			}
		}
	}
	if first := until(rest, "\r\n"); opening == nil && strings.TrimSpace(rest[1:first]) != "" {
		return first, true
	}
	return len(rest), true
}

func until(text, stops string) int {
	if i := strings.IndexAny(text, stops); i >= 0 {
		return i
	}
	return len(text)
}
