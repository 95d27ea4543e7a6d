package toolbox

import (
	"slices"

	"github.com/hawser/hawser/internal/tool"
)

// sqlEffect is the most that a statement does, whichever of MySQL and
// PostgreSQL runs it: Read where it provably only reads, Write where it
// provably only adds (see addsSQL), Destroy for everything else. It takes for
// granted what readOnlySQL does.
func sqlEffect(sql string) tool.Effect {
	tokens, sure := oneSQLStatement(sql)
	switch {
	case !sure:
		return tool.Destroy
	case readsSQL(tokens):
		return tool.Read
	case addsSQL(tokens):
		return tool.Write
	}
	return tool.Destroy
}

// oneSQLStatement gives the tokens of a text that is one statement for both
// databases, without the semicolons at its end. Sure is false for others.
func oneSQLStatement(sql string) (tokens []sqlToken, sure bool) {
	tokens, sure = sqlTokens(sql)
	for len(tokens) > 0 && tokens[len(tokens)-1].is(";") {
		tokens = tokens[:len(tokens)-1]
	}
	if slices.ContainsFunc(tokens, func(t sqlToken) bool { return t.is(";") }) {
		return nil, false
	}
	return tokens, sure
}

// namesWithDots reports that a statement has dotted names, or that this is
// uncertain.
func namesWithDots(sql string) bool {
	tokens, sure := oneSQLStatement(sql)
	return !sure || dottedNames(tokens)
}

// addsSQL reports whether a statement adds rows or makes an empty thing, and
// does nothing else: a plain INSERT of values, or a plain CREATE of a table,
// an index, a schema, a database or a sequence. No function runs but those of
// pureSQLFunctions, and nothing is taken from a query.
//
// As for readOnlySQL, triggers, rules and the like are taken to be the work of
// the database's own owner.
func addsSQL(tokens []sqlToken) bool {
	r := &sqlReader{tokens: tokens}
	switch {
	case destroyingSQL(tokens):
		return false
	case r.take("insert"):
		return r.insert()
	case r.take("create"):
		return r.create()
	}
	return false
}

// destroyingSQL looks for a word, anywhere outside quotes, that begins a
// statement or clause that changes or removes what is there. TRUNCATE and
// REPLACE are functions as well.
func destroyingSQL(tokens []sqlToken) bool {
	for i, t := range tokens {
		switch {
		case t.kind != sqlWord:
		case slices.Contains([]string{"update", "delete", "merge", "drop", "alter", "grant", "revoke", "call", "execute"}, t.text):
			return true
		case t.is("truncate"), t.is("replace"):
			if i+1 == len(tokens) || !tokens[i+1].is("(") {
				return true
			}
		}
	}
	return false
}

// sqlReader takes a statement's tokens from the front.
type sqlReader struct{ tokens []sqlToken }

// take takes the words where they stand next, in order.
func (r *sqlReader) take(words ...string) bool {
	if len(r.tokens) < len(words) {
		return false
	}
	for i, word := range words {
		if !r.tokens[i].is(word) {
			return false
		}
	}
	r.tokens = r.tokens[len(words):]
	return true
}

// skip takes whichever of the words stand next, in any order.
func (r *sqlReader) skip(words ...string) {
	for slices.ContainsFunc(words, func(word string) bool { return r.take(word) }) {
	}
}

// name takes a name, with the database and schema before it.
func (r *sqlReader) name() bool {
	for {
		if len(r.tokens) == 0 || r.tokens[0].kind != sqlWord && r.tokens[0].kind != sqlQuoted {
			return false
		}
		r.tokens = r.tokens[1:]
		if !r.take(".") {
			return true
		}
	}
}

// insert reads what stands behind INSERT: values for a table, with DO NOTHING
// for rows that are there already.
func (r *sqlReader) insert() bool {
	r.skip("low_priority", "high_priority", "delayed", "ignore")
	if !r.take("into") || !r.name() || !r.columns() {
		return false
	}
	if !r.take("default", "values") && !r.values() {
		return false
	}
	if r.take("on", "conflict") && !r.doNothing() {
		return false
	}
	return len(r.tokens) == 0 || r.take("returning") && r.harmless(len(r.tokens))
}

// columns takes a list of names in parentheses, if there is one.
func (r *sqlReader) columns() bool {
	if !r.take("(") {
		return true
	}
	for {
		if !r.name() {
			return false
		}
		if r.take(")") {
			return true
		}
		if !r.take(",") {
			return false
		}
	}
}

// values takes the rows of an INSERT.
func (r *sqlReader) values() bool {
	if !r.take("values") && !r.take("value") {
		return false
	}
	return r.harmless(r.before("on", "returning"))
}

// doNothing takes the rest of ON CONFLICT ... DO NOTHING.
func (r *sqlReader) doNothing() bool {
	return r.harmless(r.before("do")) && r.take("do", "nothing")
}

// before is how many tokens stand before the first of the words, or before the
// statement's end.
func (r *sqlReader) before(words ...string) int {
	at := slices.IndexFunc(r.tokens, func(t sqlToken) bool { return t.kind == sqlWord && slices.Contains(words, t.text) })
	if at < 0 {
		return len(r.tokens)
	}
	return at
}

// harmless takes n tokens of expressions that query nothing and call only pure
// functions. A dotted name may be another call, from which nothing holds an
// INSERT back.
func (r *sqlReader) harmless(n int) bool {
	part := r.tokens[:n]
	r.tokens = r.tokens[n:]
	return n == 0 || isExpression(part) && callsArePure(part) && !dottedNames(part)
}

// isExpression reports that no query or further clause stands among the tokens.
func isExpression(tokens []sqlToken) bool {
	return writesNothing(tokens) && !slices.ContainsFunc(tokens, func(t sqlToken) bool {
		return t.kind == sqlWord && slices.Contains([]string{"select", "table", "with", "create", "set", "do", "on"}, t.text)
	})
}
