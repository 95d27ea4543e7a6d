package policy

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Pattern is one text of a document that requests are matched against: an
// action, a resource or a condition's value, with its wildcards and policy
// variables. Make one by parsing a document.
type Pattern struct {
	src string
	// parts is the pattern in pieces if it has variables, and then code and
	// text are empty.
	parts []part
	code  []rune
	// text is the whole pattern if shape is exact, and what comes before the
	// closing star if it is prefix: most patterns are one of these, and need
	// no walk.
	text  string
	shape shape
}

type shape uint8

const (
	walked shape = iota
	exact
	prefix
	dynamic
)

// part is a run of compiled text, or a variable if key is not empty.
type part struct {
	code []rune
	key  string
	// fallback stands in for a variable without a value, if there is one.
	fallback    string
	hasFallback bool
}

// syntax is what has a meaning in a pattern besides letters.
type syntax struct {
	variables bool // ${key}, ${key, 'default'}, ${*}, ${?}, ${$}
	wildcards bool // * and ?
	resource  bool // wildcards keep to ARN parts as in a Resource element
}

// String gives the pattern as it stands in the document.
func (p Pattern) String() string { return p.src }

// MarshalText gives the pattern as it stands in the document.
func (p Pattern) MarshalText() ([]byte, error) { return []byte(p.src), nil }

// HasVariables reports whether the pattern's meaning hangs on the request's
// context.
func (p Pattern) HasVariables() bool { return p.shape == dynamic }

// foldAction gives the form in which actions are compared.
func foldAction(action string) string { return strings.ToLower(action) }

// compile reads a pattern. It accepts any text: what is not well-formed
// syntax stands for itself.
func compile(src string, sx syntax) Pattern {
	c := compiler{src: src, syntax: sx}
	for c.rest = src; c.rest != ""; {
		c.step()
	}
	c.flush()
	p := Pattern{src: src, parts: c.parts}
	if slices.ContainsFunc(c.parts, func(p part) bool { return p.key != "" }) {
		p.shape = dynamic
		return p
	}
	p.parts = nil
	if len(c.parts) > 0 {
		p.code = c.parts[0].code
	}
	p.shape, p.text = shapeOf(p.code)
	return p
}

func shapeOf(code []rune) (shape, string) {
	wild := slices.IndexFunc(code, func(r rune) bool { return r < 0 })
	switch {
	case wild < 0:
		return exact, string(code)
	case wild == len(code)-1 && code[wild] == star:
		return prefix, string(code[:wild])
	default:
		return walked, ""
	}
}

// compiler holds the state of reading one pattern.
type compiler struct {
	syntax
	src, rest string
	parts     []part
	code      []rune
	colons    int
	// crossed is set by a star that may have matched any number of parts.
	crossed bool
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

// inLastPart reports whether colons have no more meaning here, and variables
// have one: AWS allows them in a resource only after the fifth colon.
func (c *compiler) inLastPart() bool {
	return !c.resource || c.crossed || c.colons >= 5
}

// variable reads one ${...}, or reports that it is none.
func (c *compiler) variable() bool {
	key, fallback, has, size := cutVariable(c.rest)
	switch {
	case size == 0:
		return false
	case key == "*" || key == "?" || key == "$":
		c.code = append(c.code, rune(key[0]))
	default:
		c.flush()
		c.parts = append(c.parts, part{key: strings.ToLower(key), fallback: fallback, hasFallback: has})
	}
	c.rest = c.rest[size:]
	return true
}

func (c *compiler) flush() {
	if len(c.code) > 0 {
		c.parts = append(c.parts, part{code: c.code})
		c.code = nil
	}
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

// match reports whether the pattern matches s. A pattern with a variable that
// has no value matches nothing.
func (p *Pattern) match(s string, ctx Context) bool {
	switch p.shape {
	case exact:
		return s == p.text
	case prefix:
		return strings.HasPrefix(s, p.text)
	default:
		code, ok := p.resolve(ctx)
		return ok && glob(code, s)
	}
}

// resolve gives the pattern with its variables filled in. Their values are
// text: a star in one is an asterisk.
func (p *Pattern) resolve(ctx Context) ([]rune, bool) {
	if p.shape != dynamic {
		return p.code, true
	}
	var code []rune
	for _, part := range p.parts {
		if part.key == "" {
			code = append(code, part.code...)
			continue
		}
		value, ok := ctx.single(part.key)
		if !ok && !part.hasFallback {
			return nil, false
		} else if !ok {
			value = part.fallback
		}
		code = append(code, []rune(value)...)
	}
	return code, true
}

// literal gives the pattern as plain text, for operators without wildcards.
func (p *Pattern) literal(ctx Context) (string, bool) {
	if p.shape == exact {
		return p.text, true
	}
	code, ok := p.resolve(ctx)
	return string(code), ok
}
