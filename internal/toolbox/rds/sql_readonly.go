package rds

import "slices"

// readsSQL reports whether a statement provably changes nothing, whichever
// of MySQL and PostgreSQL runs it. False means "not proven". It holds for one
// SELECT, VALUES, TABLE or SHOW statement, also behind WITH or EXPLAIN, that
// writes to no table, file or variable, takes no row locks, and calls only the
// functions of pureSQLFunctions.
//
// What it takes for granted is the work of the database's own owner: that
// views, row-level policies, computed columns and the types of columns do not
// write, and that nobody has put a function, an operator, a type or a cast of
// their own behind the name of a built-in one. Where runsOwners is true it also
// takes for granted that what it finds does nothing.
func readsSQL(tokens []sqlToken) bool {
	if destroyingSQL(tokens) {
		return false
	}
	tokens = withoutExplain(tokens)
	first := slices.IndexFunc(tokens, func(t sqlToken) bool { return !t.is("(") })
	if first < 0 || tokens[first].kind != sqlWord {
		return false
	}
	switch tokens[first].text {
	case "show":
		return first == 0 && callsArePure(tokens)
	case "select", "values", "table", "with":
		return writesNothing(tokens) && callsArePure(tokens) && (!dottedNames(tokens) || !readsFromFunction(tokens))
	}
	return false
}

// withoutExplain drops EXPLAIN with its options. What it explains must be
// read-only itself, since EXPLAIN ANALYZE runs it.
func withoutExplain(tokens []sqlToken) []sqlToken {
	if len(tokens) == 0 || !slices.Contains([]string{"explain", "describe", "desc"}, tokens[0].text) {
		return tokens
	}
	tokens = tokens[1:]
	if len(tokens) > 1 && tokens[0].is("(") && slices.Contains(explainOptions(), tokens[1].text) {
		end := slices.IndexFunc(tokens, func(t sqlToken) bool { return t.is(")") })
		tokens = tokens[end+1:]
	}
	for len(tokens) > 0 && slices.Contains(explainOptions(), tokens[0].text) {
		if tokens[0].is("format") && len(tokens) > 2 && tokens[1].is("=") {
			tokens = tokens[2:]
		}
		tokens = tokens[1:]
	}
	return tokens
}

func explainOptions() []string {
	return []string{"analyze", "analyse", "verbose", "format", "costs", "settings", "generic_plan", "buffers", "wal", "timing", "summary", "memory", "serialize", "extended", "partitions"}
}

// writesNothing looks for the words by which a query writes: to a table by a
// WITH query that changes data, to a table, file or variable by INTO, to a
// variable by :=, or by locking rows.
func writesNothing(tokens []sqlToken) bool {
	for i, t := range tokens {
		if t.kind == sqlWord && slices.Contains([]string{"insert", "update", "delete", "merge", "into", "lock", "procedure"}, t.text) {
			return false
		}
		next := sqlToken{}
		if i+1 < len(tokens) {
			next = tokens[i+1]
		}
		switch {
		case t.is(":="):
			return false
		case t.is("for") && next.kind != sqlNumber && !next.is(":"):
			return false // FOR UPDATE and its kin, but not substring(x FROM 1 FOR 2)
		}
	}
	return true
}

// callsArePure reports whether every name before a parenthesis is a keyword
// or a known pure function, and that no function is called in another way.
func callsArePure(tokens []sqlToken) bool {
	if callsByDot(tokens) {
		return false
	}
	for i := 1; i < len(tokens); i++ {
		if !tokens[i].is("(") {
			continue
		}
		name, before := tokens[i-1], sqlToken{}
		if i > 1 {
			before = tokens[i-2]
		}
		switch {
		case name.kind == sqlQuoted, name.is("]"):
			return false
		case name.kind != sqlWord:
			continue
		case before.is("as"), before.is("with"), before.is("recursive"):
			continue // a name for columns: AS x (a, b), WITH x (a, b) AS
		case before.is("."), before.is(":"):
			return false
		case !pureSQLFunctions()[name.text] && !opensClause(tokens[:i]):
			return false
		}
	}
	return true
}

// opensClause reports that a parenthesis behind the tokens, which end with a
// word, is a clause's, an operator's or a type's. PostgreSQL lets functions have
// the names of most keywords: by(1), like(1).
func opensClause(before []sqlToken) bool {
	end := len(before) - 1
	behind := func(words ...string) bool { return end > 0 && slices.ContainsFunc(words, before[end-1].is) }
	switch word := before[end].text; word {
	case "by":
		return behind("group", "order", "partition")
	case "over", "filter":
		return behind(")")
	case "materialized":
		return behind("as") || behind("not") && end > 1 && before[end-2].is("as")
	case "sets":
		return behind("grouping")
	case "cube", "rollup":
		return behind("by") && end > 1 && before[end-2].is("group")
	case "varying":
		return behind("character", "char", "bit")
	case "join":
		return behind("left", "right", "full", "inner", "outer", "cross", "natural") || endsTable(before[:end])
	case "against", "partition":
		return endsOperand(before[:end])
	default:
		return sqlKeywords()[word] || operatorWords()[word] && isOperator(before)
	}
}

// endsTable reports that the tokens end with a table, or with a table and its
// alias.
func endsTable(tokens []sqlToken) bool {
	end := len(tokens) - 1
	switch {
	case endsOperand(tokens):
		return true
	case end < 1 || !tokens[end].isName() || tokens[end].is("value") || startsOperand()[tokens[end].text] || operatorWords()[tokens[end].text]:
		return false
	}
	return endsOperand(tokens[:end])
}
