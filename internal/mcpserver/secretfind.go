package mcpserver

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// setting finds the next name that =, :, :=, => or %3D separates from its value.
func (s scrubber) setting(text string, from int) (position, bool) {
	for {
		i := strings.IndexAny(text[from:], "=:%")
		if i < 0 {
			return position{}, false
		}
		sep := from + i
		from = sep + 1
		if text[sep] == '%' {
			encoded := s.patterns.equals.FindString(text[sep:])
			if encoded == "" {
				continue
			}
			from = sep + len(encoded)
		}
		last := sep
		if strings.HasPrefix(text[max(0, sep-1):], "+=(") { // more of an array of a shell
			last--
		}
		begin, end := nameBefore(text, last)
		if begin == end {
			if begin, end = complexKey(text, sep); begin == end {
				continue
			}
		}
		if begin > 0 && text[begin-1] == ' ' {
			begin = s.phrase(text, begin, end)
		}
		return position{begin, begin, end, s.valueBegin(text, begin, sep, from)}, true
	}
}

// valueBegin is where the value begins of a name whose separator ends at an offset: behind
// the rest of the separator, the end of a name in bold, and a type.
func (s scrubber) valueBegin(text string, name, sep, from int) int {
	rest := text[from:]
	switch {
	case text[sep] == ':' && strings.HasPrefix(rest, "="), text[sep] == '=' && strings.HasPrefix(rest, ">"):
		from++
	case text[sep] == '=' && (strings.HasPrefix(rest, "= ") || strings.HasPrefix(rest, "== ")): // a comparison
		from += strings.IndexByte(rest, ' ')
	case text[sep] == ':' && name > 0 && strings.IndexByte("*_", text[name-1]) >= 0:
		from += len(rest) - len(strings.TrimLeft(rest, "*_"))
	case text[sep] == ':' && strings.Contains(rest[:min(len(rest), longestType)], "="):
		from += len(s.patterns.typed.FindString(rest[:min(len(rest), longestType)]))
	}
	return blankEnd(text, from)
}

// longestType bounds a type between a name and its value.
const longestType = 24

// phrase is where a name of several words begins, such as secret access key, at the
// beginning of its line.
func (s scrubber) phrase(text string, begin, end int) int {
	switch strings.ToLower(text[begin:end]) {
	case "key", "phrase", "code", "string", "word":
	default:
		return begin
	}
	near := max(0, begin-longestPhrase)
	line := near + 1 + strings.LastIndexAny(text[near:begin], "\r\n")
	words := strings.TrimLeft(text[line:begin], " \t-*#>|+\"'")
	if line == near+1 && near > 0 && text[near] != '\n' || strings.Count(words, " ") > 2 || strings.ContainsFunc(words, func(r rune) bool { return r != ' ' && (r >= 0x80 || !nameByte(byte(r))) }) {
		return begin
	}
	first := begin - len(words)
	if s.judge(text[first:end]) == noSecret {
		return begin
	}
	return first
}

// longestPhrase bounds how far the beginning of such a name is looked for.
const longestPhrase = 60

func blankEnd(text string, from int) int {
	for from < len(text) && (text[from] == ' ' || text[from] == '\t') {
		from++
	}
	return from
}

// nameBefore is where the name begins and ends that stands before a separator,
// in quotes or without.
func nameBefore(text string, sep int) (begin, end int) {
	end = trimBack(text, sep, " \t")
	end = trimBack(text, end, "]*_")
	end = trimBack(text, end, "\"'`“”‘’«»")
	end = trimBack(text, end, "\\")
	begin = end
	for begin > 0 && end-begin < 200 {
		size := 1
		if b := text[begin-1]; b >= utf8.RuneSelf {
			r, n := utf8.DecodeLastRuneInString(text[:begin])
			if size = n; !unicode.IsLetter(r) {
				break
			}
		} else if !nameByte(b) {
			break
		}
		begin -= size
	}
	return begin, end
}

// complexKey is a key of YAML on a line of its own, ? password, whose value
// stands behind the separator that begins the next line.
//
// https://yaml.org/spec/1.2.2/#822-block-mappings
func complexKey(text string, sep int) (begin, end int) {
	end = trimBack(text, sep, " \t")
	if text[sep] != ':' || end == 0 || text[end-1] != '\n' {
		return sep, sep
	}
	begin, end = nameBefore(text, trimBack(text, end, " \t\r\n"))
	if mark := trimBack(text, trimBack(text, begin, "\"'"), " \t"); mark == 0 || mark == begin || text[mark-1] != '?' {
		return sep, sep
	}
	return begin, end
}

// trimBack is the end of a text without some characters at its end, a few at most.
func trimBack(text string, end int, characters string) int {
	least := max(0, end-20)
	return least + len(strings.TrimRight(text[least:end], characters))
}

func nameByte(b byte) bool {
	return b == '_' || b == '.' || b == '-' || b == '%' || '0' <= b && b <= '9' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
}

// flag finds the next flag of a command line whose value is the next word, also
// where the words are texts in a list.
func flag(text string, from int) (position, bool) {
	for {
		i := strings.IndexByte(text[from:], '-')
		if i < 0 {
			return position{}, false
		}
		begin := from + i
		name := begin + 1
		if name < len(text) && text[name] == '-' {
			name++
		}
		end := name
		for end < len(text) && nameByte(text[end]) {
			end++
		}
		from = max(end, begin+1)
		value := len(text) - len(strings.TrimLeft(text[end:], " \t\r\n\"',\\"))
		between := text[end:value]
		if begin > 0 && !strings.ContainsAny(text[begin-1:begin], " \t\r\n\"'") || end == name || strings.HasPrefix(text[name:], "no-") ||
			value == len(text) || text[value] == '-' || strings.Trim(between, "\"'\\") == "" {
			continue
		}
		if last := text[value-1]; last == '"' || last == '\'' {
			value = trimBack(text, value-1, "\\")
		} else if strings.Contains(between, "\n") && !strings.Contains(between, "\\") {
			continue // the next line is another text
		}
		return position{begin, name, end, value}, true
	}
}
