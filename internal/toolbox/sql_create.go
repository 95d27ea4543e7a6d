package toolbox

import "slices"

// create reads what stands behind CREATE.
func (r *sqlReader) create() bool {
	r.skip("temporary", "temp", "global", "local", "unlogged", "unique", "fulltext", "spatial")
	kinds := []string{"table", "index", "schema", "database", "sequence"}
	index := len(r.tokens) > 0 && r.tokens[0].is("index")
	if !slices.ContainsFunc(kinds, func(kind string) bool { return r.take(kind) }) || !r.emptyThing() {
		return false
	}
	r.take("concurrently")
	r.take("if", "not", "exists")
	if r.take("on") { // CREATE INDEX ON t: the database names it
		r.take("only")
	}
	return r.name() && (!index || r.indexed()) && r.definition()
}

// indexed takes the table of an index that has a name, and reports that no
// dotted name stands behind it: the rows that are there are indexed at once, and
// the name may be a function of them.
func (r *sqlReader) indexed() bool {
	if r.take("on") {
		r.take("only")
		if !r.name() {
			return false
		}
	}
	return !dottedNames(r.tokens)
}

// emptyThing reports that what is made is not filled by a query, and that no
// further statement stands behind it.
func (r *sqlReader) emptyThing() bool {
	for i, t := range r.tokens {
		switch {
		case t.kind != sqlWord:
		case slices.Contains([]string{"select", "insert", "into", "create", "do", "trigger", "lock"}, t.text):
			return false
		case t.is("as") && !r.computed(i):
			return false
		}
	}
	return true
}

// computed reports that the AS at i begins a column's expression or an
// identity, not a query.
func (r *sqlReader) computed(i int) bool {
	if i == 0 || i+1 == len(r.tokens) {
		return false
	}
	before, next := r.tokens[i-1], r.tokens[i+1]
	return before.is("always") && next.is("(") || next.is("identity") && (before.is("always") || before.is("default"))
}

// definition takes columns, constraints and options. Nothing in them may call
// what is not known to be pure.
func (r *sqlReader) definition() bool {
	part := r.tokens
	r.tokens = nil
	if callsByDot(part) {
		return false
	}
	for i := 1; i < len(part); i++ {
		if part[i].is("(") && !opensClause(part[:i]) {
			return false
		}
	}
	return true
}

// opensClause reports whether a parenthesis behind the tokens belongs to a
// clause, a type, a pure function, or the name of a thing that a clause names,
// and so calls no function that somebody made.
func opensClause(before []sqlToken) bool {
	last, prior := before[len(before)-1], sqlToken{kind: sqlSymbol}
	if len(before) > 1 {
		prior = before[len(before)-2]
	}
	switch {
	case last.kind == sqlNumber:
		return true
	case last.kind == sqlSymbol:
		return !last.is("]")
	case last.kind == sqlWord && !prior.is(".") && (sqlKeywords()[last.text] || pureSQLFunctions()[last.text] || isSQLClause(prior, last.text)):
		return true
	}
	// A name: REFERENCES s.t (id), KEY k (a), ON t (a).
	at := len(before) - 1
	for at > 1 && before[at-1].is(".") {
		at -= 2
	}
	return at > 0 && before[at-1].kind == sqlWord &&
		slices.Contains([]string{"references", "on", "only", "key", "index", "unique"}, before[at-1].text)
}

// isSQLClause reports whether a word before a parenthesis is part of a
// definition. A word that a function may have for its name is one only behind
// what no function stands behind.
func isSQLClause(prior sqlToken, word string) bool {
	behind := func(words ...string) bool { return prior.kind == sqlWord && slices.Contains(words, prior.text) }
	switch word {
	case "unique", "check", "references", "default":
		return true
	case "key":
		return behind("primary", "foreign", "unique", "fulltext", "spatial")
	case "index":
		return behind("unique", "fulltext", "spatial")
	case "range", "list":
		return behind("by")
	case "hash":
		return behind("by", "using")
	case "btree", "gin", "gist", "brin", "spgist":
		return behind("using")
	case "columns":
		return behind("range", "list")
	case "than":
		return behind("less")
	case "identity":
		return behind("as")
	case "include", "inherits":
		return prior.is(")")
	case "enum", "timestamptz", "vector": // a column's type
		return prior.kind == sqlQuoted || prior.kind == sqlWord && !behind("default", "and", "or", "not", "when", "then", "else", "where", "is", "in", "like", "between")
	}
	return false
}
