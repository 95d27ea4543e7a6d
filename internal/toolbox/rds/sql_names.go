package rds

import "slices"

// callsByDot reports whether PostgreSQL may take a name behind a dot for the
// name of a function: (expr).name, array[1].name and :parameter.name are
// name(expr), name(array[1]) and name(:parameter), unless the value is a row
// with such a column.
//
// https://www.postgresql.org/docs/current/sql-expressions.html#FIELD-SELECTION
func callsByDot(tokens []sqlToken) bool {
	for i := 1; i+1 < len(tokens); i++ {
		switch {
		case !tokens[i].is(".") || !tokens[i+1].isName():
		case tokens[i-1].is(")"), tokens[i-1].is("]"):
			return true
		case i > 1 && tokens[i-2].is(":"):
			return true
		}
	}
	return false
}

// isName reports a word or something in quotes, which may be a name.
func (t sqlToken) isName() bool { return t.kind == sqlWord || t.kind == sqlQuoted }

// dottedNames reports whether a name stands behind another and a dot. It may be
// a column. In PostgreSQL it may be a function's name as well: t.name is name(t)
// for the row t that has no column of that name.
func dottedNames(tokens []sqlToken) bool {
	for i := 1; i+1 < len(tokens); i++ {
		if tokens[i].is(".") && tokens[i-1].isName() && tokens[i+1].isName() {
			return true
		}
	}
	return false
}

// sqlLevel is what a scan knows of one pair of parentheses.
type sqlLevel struct {
	tables bool // what begins here, or behind a comma, is a table
	calls  bool // these are a call's parentheses, where FROM belongs to the arguments
}

// readsFromFunction reports whether a FROM clause may hold a function or a value
// such as CURRENT_USER in a table's place. Its row can be a plain value, which
// built-in functions take.
func readsFromFunction(tokens []sqlToken) bool {
	levels := []sqlLevel{{}}
	for i, t := range tokens {
		level := &levels[len(levels)-1]
		before, next := sqlToken{kind: sqlSymbol}, sqlToken{kind: sqlSymbol}
		if i > 0 {
			before = tokens[i-1]
		}
		if i+1 < len(tokens) {
			next = tokens[i+1]
		}
		begins := level.tables && beginsTable(before)
		switch {
		case t.is("("):
			levels = append(levels, sqlLevel{tables: begins, calls: takesFrom(before)})
		case t.is(")"):
			if len(levels) > 1 {
				levels = levels[:len(levels)-1]
			}
		case t.kind == sqlWord && endsTables(t.text), t.is("values") && next.is("("):
			level.tables = false
		case t.is("from") && !level.calls, t.is("join"):
			level.tables = true
		case begins && isValueWord(t), begins && t.isName() && !t.is("lateral") && next.is("("):
			return true
		}
	}
	return false
}

func beginsTable(before sqlToken) bool {
	return before.is("from") || before.is("join") || before.is("lateral") || before.is(",") || before.is("(")
}

// takesFrom reports the functions that have FROM among their arguments.
func takesFrom(name sqlToken) bool {
	return name.kind == sqlWord && slices.Contains([]string{"extract", "substring", "trim", "overlay"}, name.text)
}

// endsTables reports words behind which no table of the same FROM stands. All
// are reserved in PostgreSQL, so that none is a table's name or alias.
func endsTables(word string) bool {
	return slices.Contains([]string{
		"select", "where", "group", "having", "window", "order", "limit", "offset", "fetch", "union", "except", "intersect",
	}, word)
}

// isValueWord reports functions that are called without parentheses.
func isValueWord(t sqlToken) bool {
	return t.kind == sqlWord && slices.Contains([]string{
		"current_catalog", "current_date", "current_role", "current_schema", "current_time", "current_timestamp", "current_user",
		"localtime", "localtimestamp", "session_user", "system_user", "user",
	}, t.text)
}
