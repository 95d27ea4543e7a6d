package reference

import (
	"strings"
	"unicode/utf8"
)

// syntax is what has a meaning in a text of a document besides letters.
type syntax struct {
	variables bool // ${key}, ${key, 'default'}, ${*}, ${?}, ${$}
	wildcards bool // * and ?
	resource  bool // wildcards and variables keep to ARN parts as in a Resource element
}

// compile reads a text of a document for a request: its wildcards as they are, its
// variables filled in. It reports false where a variable has no value. What is not
// well-formed syntax stands for itself.
func compile(src string, sx syntax, ctx Context) ([]rune, bool) {
	c := compiler{syntax: sx, ctx: ctx, rest: src}
	for c.rest != "" {
		c.step()
	}
	return c.code, !c.lacks
}

// compiler holds the state of reading one text.
type compiler struct {
	syntax
	ctx    Context
	rest   string
	code   []rune
	colons int
	// crossed is set by a star that may have matched any number of parts.
	crossed bool
	// lacks is set by a variable that has no value.
	lacks bool
}

func (c *compiler) step() {
	if c.variables && c.inLastPart() && strings.HasPrefix(c.rest, "${") && c.variable() {
		return
	}
	r, size := utf8.DecodeRuneInString(c.rest)
	c.rest = c.rest[size:]
	switch {
	case c.wildcards && r == '*':
		r = c.star()
	case c.wildcards && r == '?' && c.inLastPart():
		r = one
	case c.wildcards && r == '?':
		r = onePart
	case r == ':':
		c.colons++
	}
	c.code = append(c.code, r)
}

// star tells how far a star reaches. In a Resource element one that ends a
// part of the ARN may match across colons, one within a part may not.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
func (c *compiler) star() rune {
	if c.inLastPart() {
		return star
	}
	if c.rest == "" || c.rest[0] == ':' {
		c.crossed = true
		return star
	}
	return starPart
}

// inLastPart reports whether wildcards are free here and variables are live: they
// are in a resource only after the fifth colon.
func (c *compiler) inLastPart() bool {
	return !c.resource || c.crossed || c.colons >= 5
}

// variable reads one ${...}, or reports that it is none. What it brings is text: a
// star in it is an asterisk.
func (c *compiler) variable() bool {
	key, fallback, has, size := cutVariable(c.rest)
	if size == 0 {
		return false
	}
	c.rest = c.rest[size:]
	value, ok := c.ctx.single(key)
	switch {
	case key == "*" || key == "?" || key == "$":
		value = key
	case !ok && has:
		value = fallback
	case !ok:
		c.lacks = true
	}
	c.code = append(c.code, []rune(value)...)
	return true
}

// cutVariable takes apart the variable at the head of s, which starts with
// "${", and gives the bytes it takes; none if it is not well-formed.
//
// See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
func cutVariable(s string) (key, fallback string, hasFallback bool, size int) {
	end := strings.IndexAny(s, ",}")
	if end < 0 {
		return "", "", false, 0
	}
	key = strings.TrimSpace(s[2:end])
	if key == "" {
		return "", "", false, 0
	}
	if s[end] == '}' {
		return key, "", false, end + 1
	}
	rest := strings.TrimLeft(s[end+1:], " ")
	if rest == "" || rest[0] != '\'' {
		return "", "", false, 0
	}
	fallback, rest, ok := strings.Cut(rest[1:], "'")
	rest = strings.TrimLeft(rest, " ")
	if !ok || rest == "" || rest[0] != '}' {
		return "", "", false, 0
	}
	return key, fallback, true, len(s) - len(rest) + 1
}
