// Package datasql reads as much of a SQL statement as the RDS Data API must
// know before it runs it: the parameters it names, and whether it is one
// statement.
package datasql

import "strings"

// Statement is a statement that was looked at.
type Statement struct {
	// Text is the statement without PostgreSQL's casts (::type), which the
	// embedded SQLite does not know.
	Text string
	// First is its first word in lower case, and Second the one behind it.
	First, Second string
	// Parameters are the names behind colons, in the order of the text.
	Parameters []string
	// Several: more than one statement stands in the text.
	Several bool
}

// Parse looks at a statement. Any text can be parsed; whether it is right is
// the database's to say.
func Parse(sql string) Statement {
	p := parser{sql: sql}
	for p.at < len(sql) {
		p.next()
	}
	p.out.Text = p.text.String()
	return p.out
}

type parser struct {
	sql   string
	at    int
	text  strings.Builder
	out   Statement
	ended bool // a semicolon was seen
}

// next takes one token.
func (p *parser) next() {
	rest := p.sql[p.at:]
	c := rest[0]
	switch {
	case strings.HasPrefix(rest, "--"):
		p.skip(lengthTo(rest, "\n", 0))
		p.text.WriteByte('\n')
	case strings.HasPrefix(rest, "/*"):
		p.skip(lengthTo(rest, "*/", 2))
		p.text.WriteByte(' ')
	case c == '\'' || c == '"' || c == '`':
		p.take(quotedLength(rest))
	case strings.HasPrefix(rest, "::"):
		p.skip(2 + castLength(rest[2:]))
	case c == ':' && nameLength(rest[1:]) > 0:
		n := 1 + nameLength(rest[1:])
		p.out.Parameters = append(p.out.Parameters, rest[1:n])
		p.take(n)
	case c == ';':
		p.ended = true
		p.skip(1)
	case nameLength(rest) > 0:
		p.word(rest[:nameLength(rest)])
	default:
		p.take(1)
	}
}

func (p *parser) word(w string) {
	switch {
	case p.out.First == "":
		p.out.First = strings.ToLower(w)
	case p.out.Second == "":
		p.out.Second = strings.ToLower(w)
	}
	p.take(len(w))
}

// take keeps n bytes in the text.
func (p *parser) take(n int) {
	if p.ended && strings.TrimSpace(p.sql[p.at:p.at+n]) != "" {
		p.out.Several = true
	}
	p.text.WriteString(p.sql[p.at : p.at+n])
	p.at += n
}

func (p *parser) skip(n int) { p.at += n }

// lengthTo is how far it is behind the first end after from, or to the text's
// own end.
func lengthTo(s, end string, from int) int {
	if i := strings.Index(s[from:], end); i >= 0 {
		return from + i + len(end)
	}
	return len(s)
}

// quotedLength is the length of a quoted text; a doubled quote stands for one.
func quotedLength(s string) int {
	for i := 1; i < len(s); i++ {
		if s[i] != s[0] {
			continue
		}
		if i+1 < len(s) && s[i+1] == s[0] {
			i++
			continue
		}
		return i + 1
	}
	return len(s)
}

func nameLength(s string) int {
	n := 0
	for n < len(s) && (s[n] == '_' || s[n] >= 0x80 || s[n] >= '0' && s[n] <= '9' || s[n] >= 'a' && s[n] <= 'z' || s[n] >= 'A' && s[n] <= 'Z') {
		n++
	}
	return n
}

// castLength is the length of a type behind "::", such as varchar(20) or
// int[].
func castLength(s string) int {
	n := len(s) - len(strings.TrimLeft(s, " "))
	n += nameLength(s[n:])
	if n < len(s) && s[n] == '(' {
		n += lengthTo(s[n:], ")", 0)
	}
	for strings.HasPrefix(s[n:], "[]") {
		n += 2
	}
	return n
}
