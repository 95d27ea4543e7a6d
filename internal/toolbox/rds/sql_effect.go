package rds

import (
	"slices"

	"github.com/hawser/hawser/internal/tool"
)

// sqlEffect is the most that a statement does, whichever of MySQL and
// PostgreSQL runs it: Read where it provably only reads, Write where it
// provably only adds (see addsSQL), Destroy for everything else. It takes for
// granted what readsSQL does.
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

// needsTransaction reports that the text of a statement that reads does not show
// all that it calls, so that a read-only transaction must hold it: see runsOwners.
// Neither database evaluates anything for SHOW that has no call in it.
func needsTransaction(sql string) bool {
	tokens, sure := oneSQLStatement(sql)
	return !sure || len(tokens) > 0 && !tokens[0].is("show") && runsOwners(tokens)
}

// addsSQL reports whether a statement adds rows or makes an empty thing, and
// does nothing else: a plain INSERT of values, or a plain CREATE of a table,
// an index, a schema, a database or a sequence. No function runs but those of
// pureSQLFunctions, no operator or type is used that is not built in, and nothing
// is taken from a query. A clause that is not known here is not taken.
//
// As for readsSQL, triggers, rules and the like are taken to be the work of
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
		if len(r.tokens) == 0 || !r.tokens[0].isName() {
			return false
		}
		r.tokens = r.tokens[1:]
		if !r.take(".") {
			return true
		}
	}
}

// word takes one of the words.
func (r *sqlReader) word(words ...string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return r.take(word) })
}

// kind takes a token of a kind.
func (r *sqlReader) kind(kind sqlKind) bool {
	if len(r.tokens) == 0 || r.tokens[0].kind != kind {
		return false
	}
	r.tokens = r.tokens[1:]
	return true
}

// group takes what stands in parentheses.
func (r *sqlReader) group() (inner []sqlToken, ok bool) {
	if len(r.tokens) == 0 || !r.tokens[0].is("(") {
		return nil, false
	}
	for i, depth := 0, 0; i < len(r.tokens); i++ {
		switch {
		case r.tokens[i].is("("):
			depth++
		case r.tokens[i].is(")"):
			depth--
		}
		if depth == 0 {
			inner, r.tokens = r.tokens[1:i], r.tokens[i+1:]
			return inner, true
		}
	}
	return nil, false
}

// groupOf takes parentheses that hold what is wanted.
func (r *sqlReader) groupOf(wanted func([]sqlToken) bool) bool {
	inner, ok := r.group()
	return ok && wanted(inner)
}

// before takes what stands before the first of the words that is in no
// parentheses, or all.
func (r *sqlReader) before(words ...string) []sqlToken {
	at, depth := 0, 0
	for ; at < len(r.tokens); at++ {
		t := r.tokens[at]
		switch {
		case t.is("("), t.is("["):
			depth++
		case t.is(")"), t.is("]"):
			depth--
		}
		if depth == 0 && slices.ContainsFunc(words, t.is) {
			break
		}
	}
	part := r.tokens[:at]
	r.tokens = r.tokens[at:]
	return part
}

// eachPart reports that each part of a list is wanted, all of it. A list
// without parts is not one.
func eachPart(list []sqlToken, wanted func(r *sqlReader) bool) bool {
	rest := &sqlReader{list}
	for {
		part := &sqlReader{rest.before(",")}
		if len(part.tokens) == 0 || !wanted(part) || len(part.tokens) > 0 {
			return false
		}
		if !rest.take(",") {
			return true
		}
	}
}

// areNames reports a list of names.
func areNames(list []sqlToken) bool { return eachPart(list, (*sqlReader).name) }

// insert reads what stands behind INSERT: values for a table, with DO NOTHING
// for rows that are there already.
//
// https://dev.mysql.com/doc/refman/8.0/en/insert.html
// https://www.postgresql.org/docs/17/sql-insert.html
func (r *sqlReader) insert() bool {
	r.skip("low_priority", "high_priority", "delayed", "ignore")
	if !r.take("into") || !r.name() {
		return false
	}
	if len(r.tokens) > 0 && r.tokens[0].is("(") && !r.groupOf(areNames) {
		return false
	}
	if !r.take("default", "values") && !r.values() {
		return false
	}
	if r.take("on", "conflict") && (!harmless(r.before("do")) || !r.take("do", "nothing")) {
		return false
	}
	return len(r.tokens) == 0 || r.take("returning") && len(r.tokens) > 0 && harmless(r.tokens)
}

// values takes the rows of an INSERT.
func (r *sqlReader) values() bool {
	if !r.word("values", "value") {
		return false
	}
	for {
		r.take("row")
		if !r.groupOf(harmless) {
			return false
		}
		if !r.take(",") {
			return true
		}
	}
}

// harmless reports expressions that run nothing but what is built in. A dotted
// name may be another call, from which nothing holds an INSERT back.
func harmless(part []sqlToken) bool { return builtIn(part) && !runsOwners(part) }

// builtIn reports expressions that query nothing, call only pure functions, and
// use only operators and types that are built in. Their dotted names and names in
// backticks must be columns, as they can only be where there are no rows yet.
func builtIn(part []sqlToken) bool {
	return len(part) == 0 || isExpression(part) && callsArePure(part) && !ownOperators(part) && !ownTypes(part)
}

// isExpression reports that no query or further clause stands among the tokens.
func isExpression(tokens []sqlToken) bool {
	return writesNothing(tokens) && !slices.ContainsFunc(tokens, func(t sqlToken) bool {
		return t.kind == sqlWord && slices.Contains([]string{"select", "table", "with", "create", "set", "do", "on"}, t.text)
	})
}
