package rds

import (
	"regexp"
	"strings"
)

// sqlToken is one token of a statement. Words are in lower case. Quoted strings
// and identifiers keep only their quote, as nothing depends on their text.
type sqlToken struct {
	kind sqlKind
	text string
}

type sqlKind int

const (
	sqlWord   sqlKind = iota // an unquoted keyword or name
	sqlQuoted                // 'text', "name" or `name`
	sqlNumber
	sqlSymbol // an operator, or one character of anything else
)

func (t sqlToken) is(text string) bool { return t.kind != sqlQuoted && t.text == text }

// isQuoted reports something in quotes of that kind.
func (t sqlToken) isQuoted(quote string) bool { return t.kind == sqlQuoted && t.text == quote }

// sqlTokens splits a statement. It is not told the database's dialect, so it
// is sure of its answer only where MySQL and PostgreSQL read the text alike,
// and reports false for everything else: a backslash in a string (an escape
// for one, a letter for the other), "--" without a space behind it, "#",
// nested and executable comments, dollar quotes (code for MySQL), words that
// begin with digits (1into is a name for MySQL, and 1 INTO for PostgreSQL before
// 15), control characters, and anything without an end.
func sqlTokens(sql string) (tokens []sqlToken, sure bool) {
	for at := 0; at < len(sql); {
		end, kind, ok := nextSQLToken(sql, at)
		switch {
		case !ok:
			return nil, false
		case kind == sqlQuoted:
			tokens = append(tokens, sqlToken{sqlQuoted, sql[end-1 : end]})
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

// isNumber reports the whole part, the fraction or the exponent of a number.
var isNumber = regexp.MustCompile(`(?i)^([0-9][0-9_]*(e[0-9]+)?|[0-9]+e|0x[0-9a-f]+|0b[01]+|0o[0-7]+)$`)

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
	case len(rest) > 1 && rest[1] == '\'' && strings.IndexByte("bBeEnNxX", c) >= 0:
		return quotedSQL(sql, at+1, '\'') // B'', E'', N'' or X''
	case len(rest) > 2 && (c == 'u' || c == 'U') && rest[1] == '&' && (rest[2] == '\'' || rest[2] == '"'):
		return quotedSQL(sql, at+2, rest[2])
	case isWordByte(c):
		for end = at + 1; end < len(sql) && isWordByte(sql[end]); end++ {
		}
		if c >= '0' && c <= '9' {
			return end, sqlNumber, isNumber.MatchString(sql[at:end])
		}
		return end, sqlWord, true
	case strings.HasPrefix(rest, ":="), strings.HasPrefix(rest, "::"):
		return at + 2, sqlSymbol, true
	case isOperatorByte(c):
		return at + operatorLength(rest), sqlSymbol, true
	}
	return at + 1, sqlSymbol, c > ' ' && c < 0x7f && strings.IndexByte(`#$\{}`, c) < 0
}

func isOperatorByte(c byte) bool { return strings.IndexByte("+-*/<>=~!@%^&|?", c) >= 0 }

// operatorLength is how much of a text PostgreSQL takes for one operator: as many
// characters as it can. A sign at its end belongs to what follows, unless the
// operator holds a character that standard SQL has no operators of.
//
// https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-OPERATORS
func operatorLength(text string) int {
	length := 0
	for length < len(text) && isOperatorByte(text[length]) && !strings.HasPrefix(text[length:], "--") && !strings.HasPrefix(text[length:], "/*") {
		length++
	}
	if strings.ContainsAny(text[:length], "~!@%^&|?") {
		return length
	}
	for length > 1 && (text[length-1] == '+' || text[length-1] == '-') {
		length--
	}
	return length
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
