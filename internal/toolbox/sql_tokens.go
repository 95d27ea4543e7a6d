package toolbox

import "strings"

// sqlToken is one token of a statement. Words are in lower case; quoted
// strings and identifiers keep nothing of their text, as nothing depends on it.
type sqlToken struct {
	kind sqlKind
	text string
}

type sqlKind int

const (
	sqlWord   sqlKind = iota // an unquoted keyword or name
	sqlQuoted                // 'text', "name" or `name`
	sqlNumber
	sqlSymbol // one character of anything else
)

func (t sqlToken) is(text string) bool { return t.kind != sqlQuoted && t.text == text }

// sqlTokens splits a statement. It is not told the database's dialect, so it
// is sure of its answer only where MySQL and PostgreSQL read the text alike,
// and reports false for everything else: a backslash in a string (an escape
// for one, a letter for the other), "--" without a space behind it, "#",
// nested and executable comments, dollar quotes (code for MySQL), control
// characters, and anything without an end.
func sqlTokens(sql string) (tokens []sqlToken, sure bool) {
	for at := 0; at < len(sql); {
		end, kind, ok := nextSQLToken(sql, at)
		switch {
		case !ok:
			return nil, false
		case kind == sqlQuoted:
			tokens = append(tokens, sqlToken{kind: sqlQuoted})
		case kind >= 0:
			tokens = append(tokens, sqlToken{kind, lowerASCII(sql[at:end])})
		}
		at = end
	}
	return tokens, true
}

// lowerASCII leaves other letters alone, as databases do: they know no keyword
// in which a Kelvin sign is a k.
func lowerASCII(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, text)
}

// sqlSpace is the kind of what separates tokens.
const sqlSpace sqlKind = -1

// nextSQLToken gives the end and the kind of what begins at a place.
func nextSQLToken(sql string, at int) (end int, kind sqlKind, ok bool) {
	c, rest := sql[at], sql[at:]
	switch {
	case strings.IndexByte(" \t\r\n", c) >= 0:
		return at + 1, sqlSpace, true
	case strings.HasPrefix(rest, "--"):
		return lineComment(sql, at)
	case strings.HasPrefix(rest, "/*"):
		return blockComment(sql, at)
	case c == '\'' || c == '"' || c == '`':
		return quotedSQL(sql, at, c)
	case isWordByte(c):
		for end = at + 1; end < len(sql) && isWordByte(sql[end]); end++ {
		}
		if c >= '0' && c <= '9' {
			return end, sqlNumber, true
		}
		return end, sqlWord, true
	}
	return at + 1, sqlSymbol, c > ' ' && c < 0x7f && strings.IndexByte(`#$\{}`, c) < 0
}

// isWordByte reports letters, digits, the underscore, and every byte beyond
// ASCII, as both databases do.
func isWordByte(c byte) bool {
	return c == '_' || c >= 0x80 || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// lineComment needs a space behind the dashes: without it MySQL sees two minus
// signs.
func lineComment(sql string, at int) (end int, kind sqlKind, ok bool) {
	body := sql[at+2:]
	if body != "" && strings.IndexByte(" \t\n", body[0]) < 0 {
		return 0, 0, false
	}
	// A lone carriage return ends a comment for PostgreSQL alone.
	length := strings.IndexByte(body, '\n')
	if length < 0 {
		length = len(body)
	}
	if strings.Contains(strings.TrimSuffix(body[:length], "\r"), "\r") {
		return 0, 0, false
	}
	return at + 2 + length, sqlSpace, true
}

// blockComment refuses /*! and /*+, which MySQL obeys, and comments in
// comments, which end at different places in the two databases.
func blockComment(sql string, at int) (end int, kind sqlKind, ok bool) {
	body := sql[at+2:]
	length := strings.Index(body, "*/")
	if length < 0 || strings.HasPrefix(body, "!") || strings.HasPrefix(body, "+") || strings.HasPrefix(body, "M!") ||
		strings.Contains(body[:length], "/*") {
		return 0, 0, false
	}
	return at + 2 + length + 2, sqlSpace, true
}

// quotedSQL takes a string or a quoted name; a doubled quote stands for one.
func quotedSQL(sql string, at int, quote byte) (end int, kind sqlKind, ok bool) {
	for i := at + 1; i < len(sql); i++ {
		switch {
		case sql[i] == '\\' || sql[i] == 0:
			return 0, 0, false
		case quote == '`' && sql[i] != quote && !isWordByte(sql[i]):
			return 0, 0, false // an operator for PostgreSQL, so what follows would be code
		case sql[i] != quote:
		case i+1 < len(sql) && sql[i+1] == quote:
			i++
		default:
			return i + 1, sqlQuoted, true
		}
	}
	return 0, 0, false
}
