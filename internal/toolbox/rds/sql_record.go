package rds

import (
	"strings"
	"unicode/utf8"
)

// recordedSQL is a statement as the audit log keeps it: words, names and signs,
// with a question mark for each literal, one space between tokens, and no
// comments. It is not told the dialect, so wherever PostgreSQL and MySQL would
// end a literal at different places it reports false, and nothing of the text may
// be kept. Double-quoted text is a name for one and a string for the other, and
// so is replaced as well.
func recordedSQL(sql string) (kept string, sure bool) {
	if !utf8.ValidString(sql) || strings.ContainsRune(sql, 0) {
		return "", false
	}
	r := sqlRecorder{text: sql}
	for r.at < len(r.text) {
		if !r.next() {
			return "", false
		}
	}
	return r.out.String(), true
}

type sqlRecorder struct {
	text string
	at   int
	out  strings.Builder
	// replaced: the last token was a literal. One that follows it directly is
	// part of it: 'a' 'b' is one string.
	replaced bool
}

// next takes the next token; it reports false where its end is uncertain.
func (r *sqlRecorder) next() bool {
	rest := r.text[r.at:]
	c := rest[0]
	switch {
	case c <= ' ' || c == 0x7f:
		r.at++
		return strings.IndexByte(" \t\r\n\f", c) >= 0
	case strings.HasPrefix(rest, "--"):
		return r.lineComment()
	case c == '#':
		return false // a comment for MySQL, an operator for PostgreSQL
	case strings.HasPrefix(rest, "/*"):
		return r.blockComment()
	case c == '\'' || c == '"' || c == '`':
		return r.quoted()
	case c == '$':
		return r.dollar()
	case c >= '0' && c <= '9' || c == '.' && len(rest) > 1 && rest[1] >= '0' && rest[1] <= '9':
		r.number()
		return true
	case isWordByte(c):
		return r.word()
	}
	r.symbol(c)
	return true
}

// keep writes a token that is not a literal.
func (r *sqlRecorder) keep(text string) {
	if r.out.Len() > 0 {
		r.out.WriteByte(' ')
	}
	r.out.WriteString(text)
	r.replaced = false
}

// replace writes the sign for a literal.
func (r *sqlRecorder) replace() {
	if !r.replaced {
		r.keep("?")
	}
	r.replaced = true
}

// symbol keeps one sign. Backslashes and braces are not part of either dialect's
// statements and make what follows uncertain, but hold nothing themselves.
func (r *sqlRecorder) symbol(c byte) {
	r.keep(string(c))
	r.at++
}

// word keeps a keyword or a name, and takes the prefix of a literal with it:
// those of E”, U&”, N”, B”, X” and _utf8”.
func (r *sqlRecorder) word() bool {
	end := r.at + 1
	for end < len(r.text) && (isWordByte(r.text[end]) || r.text[end] == '$') {
		end++
	}
	word := r.text[r.at:end]
	switch {
	case strings.HasSuffix(word, "$") || strings.Contains(word, "$$"):
		return false // the start of a dollar quote, or not
	case end < len(r.text) && (r.text[end] == '\'' || r.text[end] == '"'):
		r.at = end
		return r.quoted()
	case strings.EqualFold(word, "u") && end+1 < len(r.text) && r.text[end] == '&' && (r.text[end+1] == '\'' || r.text[end+1] == '"'):
		r.at = end + 1
		return r.quoted()
	}
	r.at = end
	if strings.ContainsFunc(word, func(c rune) bool { return c >= 0x80 }) {
		r.replace() // a name, or a text in quotes that no database knows
		return true
	}
	r.keep(word)
	return true
}

// number replaces a number in any notation, and what clings to it.
func (r *sqlRecorder) number() {
	end := r.at
	for end < len(r.text) {
		c := r.text[end]
		sign := (c == '+' || c == '-') && end > r.at && (r.text[end-1] == 'e' || r.text[end-1] == 'E') &&
			end+1 < len(r.text) && r.text[end+1] >= '0' && r.text[end+1] <= '9'
		if !isWordByte(c) && c != '.' && !sign {
			break
		}
		end++
	}
	r.at = end
	r.replace()
}

// quoted replaces a string or quoted name whose end is the same in every
// dialect: one with a backslash may be longer where it is an escape.
func (r *sqlRecorder) quoted() bool {
	quote := r.text[r.at]
	if quote == '`' {
		return r.backticks()
	}
	for i := r.at + 1; i < len(r.text); i++ {
		switch {
		case r.text[i] == '\\':
			return r.escaped(quote)
		case r.text[i] != quote:
		case i+1 < len(r.text) && r.text[i+1] == quote:
			i++
		default:
			r.at = i + 1
			r.replace()
			return true
		}
	}
	return false
}

// backticks replaces a name as MySQL quotes it. For PostgreSQL a backtick is an
// operator, so that nothing may stand between them that begins a literal.
func (r *sqlRecorder) backticks() bool {
	for i := r.at + 1; i < len(r.text); i++ {
		switch {
		case r.text[i] == '`':
			r.at = i + 1
			r.replace()
			return true
		case !isWordByte(r.text[i]):
			return false
		}
	}
	return false
}

// escaped replaces a string with backslashes, if reading them as escapes and as
// letters ends it at the same place.
func (r *sqlRecorder) escaped(quote byte) bool {
	letters, escapes := stringEnd(r.text, r.at, quote, false), stringEnd(r.text, r.at, quote, true)
	if letters < 0 || letters != escapes {
		return false
	}
	r.at = letters
	r.replace()
	return true
}

// stringEnd is where a string ends that begins at a place; -1 is nowhere.
func stringEnd(text string, at int, quote byte, escapes bool) int {
	for i := at + 1; i < len(text); i++ {
		switch {
		case escapes && text[i] == '\\':
			i++
		case text[i] != quote:
		case i+1 < len(text) && text[i+1] == quote:
			i++
		default:
			return i + 1
		}
	}
	return -1
}

// dollar replaces a dollar-quoted string, which is one for PostgreSQL alone, and
// keeps the sign of a numbered parameter.
func (r *sqlRecorder) dollar() bool {
	rest := r.text[r.at+1:]
	end := strings.IndexByte(rest, '$')
	digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
	if digits > 0 && (end < 0 || end >= digits) {
		r.keep("$")
		r.at++
		return end < 0 || end > digits
	}
	if end < 0 || strings.ContainsFunc(rest[:end], func(c rune) bool { return c < 0x80 && !isWordByte(byte(c)) }) {
		return false
	}
	tag := "$" + rest[:end] + "$"
	length := strings.Index(r.text[r.at+len(tag):], tag)
	if length < 0 {
		return false
	}
	body := r.text[r.at+len(tag) : r.at+len(tag)+length]
	if strings.ContainsAny(body, "'\"`\\#") || strings.Contains(body, "--") || strings.Contains(body, "/*") {
		return false // MySQL, which has no such quotes, reads on elsewhere
	}
	r.at += len(tag) + length + len(tag)
	r.replace()
	return true
}

// lineComment drops a comment, if every dialect sees one and ends it alike.
func (r *sqlRecorder) lineComment() bool {
	end, _, ok := lineComment(r.text, r.at)
	r.at = max(end, r.at)
	return ok
}

// blockComment drops a comment. Those that MySQL runs, and comments in comments,
// are uncertain.
func (r *sqlRecorder) blockComment() bool {
	end, _, ok := blockComment(r.text, r.at)
	r.at = max(end, r.at)
	return ok
}
