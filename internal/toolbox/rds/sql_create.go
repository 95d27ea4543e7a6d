package rds

import (
	"slices"
	"sync"
)

// create reads what stands behind CREATE. It knows the forms that make an empty
// thing, and takes no other.
//
// https://www.postgresql.org/docs/17/sql-commands.html
// https://dev.mysql.com/doc/refman/8.0/en/sql-data-definition-statements.html
func (r *sqlReader) create() bool {
	r.skip("temporary", "temp", "global", "local", "unlogged", "unique", "fulltext", "spatial")
	made := false
	switch {
	case r.take("table"):
		made = r.newName() && r.table()
	case r.take("index"):
		r.take("concurrently")
		made = r.index()
	case r.word("schema", "database"):
		r.take("authorization")
		made = r.newName() && r.schemaOptions()
	case r.take("sequence"):
		made = r.newName() && areSequenceOptions(r.tokens)
		r.tokens = nil
	}
	return made && len(r.tokens) == 0
}

// newName takes the name of what is made.
func (r *sqlReader) newName() bool {
	r.take("if", "not", "exists")
	return r.name()
}

// table takes what stands behind a table's name.
//
// https://www.postgresql.org/docs/17/sql-createtable.html
// https://dev.mysql.com/doc/refman/8.0/en/create-table.html
func (r *sqlReader) table() bool {
	switch {
	case r.take("like"):
		return r.name()
	case r.take("partition", "of"):
		return r.name() && r.bounds() && r.tableOptions()
	}
	return r.groupOf(func(list []sqlToken) bool {
		return len(list) == 0 || eachPart(list, (*sqlReader).element)
	}) && r.tableOptions()
}

// bounds takes the bounds of a PostgreSQL partition, which are evaluated at once.
func (r *sqlReader) bounds() bool {
	switch {
	case r.take("default"):
		return true
	case r.take("for", "values", "in"):
		return r.groupOf(harmless)
	case r.take("for", "values", "from"):
		return r.groupOf(harmless) && r.take("to") && r.groupOf(harmless)
	case r.take("for", "values", "with"):
		return r.groupOf(areSettings)
	}
	return false
}

// element takes a column, a constraint, an index or a table to be like.
func (r *sqlReader) element() bool {
	if r.take("like") {
		if !r.name() {
			return false
		}
		for r.word("including", "excluding") {
			if !r.kind(sqlWord) {
				return false
			}
		}
		return true
	}
	if r.isColumn() {
		return r.name() && r.columnType() && r.clauses()
	}
	if r.take("constraint") && !r.constraintBegins() && !r.name() {
		return false
	}
	switch {
	case r.take("check"):
		return r.groupOf(builtIn) && r.clauses()
	case r.take("foreign", "key"):
		return (r.keyBegins() || r.name()) && r.groupOf(areNames) && r.clauses()
	case r.take("primary", "key"):
	case r.take("unique"):
		r.take("nulls", "not", "distinct")
		r.take("nulls", "distinct")
		r.word("key", "index")
	case r.word("fulltext", "spatial"):
		r.word("key", "index")
	case !r.word("key", "index"):
		return false
	}
	return (r.keyBegins() || r.name()) && r.method("btree", "hash") && r.groupOf(areNewKeys) && r.indexOptions()
}

// isColumn reports a column's definition. Words that begin a query in MySQL are
// no column's name, nor are those that begin a constraint or an index.
func (r *sqlReader) isColumn() bool {
	if len(r.tokens) == 0 || r.constraintBegins() {
		return false
	}
	if first := r.tokens[0]; first.is("key") || first.is("index") {
		// For PostgreSQL key text and key char(3) are columns, for MySQL key k (a) is an index.
		rest := &sqlReader{r.tokens[1:]}
		if rest.keyBegins() || !rest.name() {
			return false
		}
		return !rest.keyBegins() || rest.groupOf(areNumbers)
	}
	return !slices.ContainsFunc([]string{"select", "table", "values", "with", "constraint", "fulltext", "spatial"}, r.tokens[0].is)
}

func (r *sqlReader) constraintBegins() bool {
	return len(r.tokens) > 0 && slices.ContainsFunc([]string{"check", "primary", "unique", "foreign"}, r.tokens[0].is)
}

// keyBegins reports that no name stands before the columns of a key.
func (r *sqlReader) keyBegins() bool {
	return len(r.tokens) > 0 && (r.tokens[0].is("(") || r.tokens[0].is("using"))
}

// columnType takes a type that is built in. Others count as unknown: making the
// column, or a default for it, may run what their owner has made.
func (r *sqlReader) columnType() bool {
	if !beginsWithType(r.tokens) && (len(r.tokens) == 0 || r.tokens[0].kind != sqlWord || !columnTypes()[r.tokens[0].text]) {
		return false
	}
	r.take("pg_catalog", ".")
	r.kind(sqlWord)
	r.skip("precision", "character", "char", "varying")
	if len(r.tokens) > 0 && r.tokens[0].is("(") && !r.groupOf(areValues) {
		return false
	}
	if r.word("with", "without") && !r.take("time", "zone") {
		return false
	}
	for r.take("[") {
		r.kind(sqlNumber)
		if !r.take("]") {
			return false
		}
	}
	r.skip("array", "unsigned", "signed", "zerofill", "binary")
	return true
}

// columnTypes are the types that only columns have.
//
// https://www.postgresql.org/docs/17/datatype-numeric.html#DATATYPE-SERIAL
// https://dev.mysql.com/doc/refman/8.0/en/data-types.html
var columnTypes = sync.OnceValue(func() map[string]bool {
	return wordSet(`
		serial bigserial smallserial serial2 serial4 serial8
		tinyint mediumint varbinary tinyblob blob mediumblob longblob tinytext mediumtext longtext enum set geometry`)
})

// clauses takes what stands behind a column's type, or behind a constraint.
func (r *sqlReader) clauses() bool {
	for len(r.tokens) > 0 {
		if !r.clause() {
			return false
		}
	}
	return true
}

func (r *sqlReader) clause() bool {
	switch {
	case r.take("not", "null"), r.take("null"), r.take("primary", "key"), r.take("unique", "key"), r.take("key"),
		r.take("not", "deferrable"), r.take("not", "enforced"), r.take("no", "inherit"), r.take("initially", "deferred"),
		r.take("initially", "immediate"), r.word("auto_increment", "stored", "virtual", "visible", "invisible", "deferrable", "enforced"):
		return true
	case r.take("unique", "nulls", "not", "distinct"), r.take("unique", "nulls", "distinct"), r.take("unique"):
		return true
	case r.take("constraint"):
		return r.constraintBegins() || r.name()
	case r.take("check"):
		return r.groupOf(builtIn)
	case r.take("default"):
		return r.take("null") || r.defaultValue()
	case r.take("generated", "always", "as", "identity"), r.take("generated", "by", "default", "as", "identity"):
		return len(r.tokens) == 0 || !r.tokens[0].is("(") || r.groupOf(areSequenceOptions)
	case r.take("generated", "always", "as"), r.take("as"):
		return r.groupOf(builtIn)
	case r.take("references"):
		return r.name() && (len(r.tokens) == 0 || !r.tokens[0].is("(") || r.groupOf(areNames))
	case r.take("match"):
		return r.word("full", "partial", "simple")
	case r.take("character", "set"), r.word("charset", "collate"):
		return r.name()
	case r.take("comment"):
		return r.kind(sqlQuoted)
	case r.word("storage", "compression", "column_format"):
		return r.kind(sqlWord)
	}
	return false
}

// defaultValue takes a default, up to the clause behind it.
func (r *sqlReader) defaultValue() bool {
	value := r.before("not", "null", "primary", "key", "unique", "auto_increment", "stored", "virtual", "visible", "invisible",
		"deferrable", "initially", "enforced", "no", "constraint", "check", "generated", "as", "references", "match", "collate",
		"comment", "storage", "compression", "column_format")
	return len(value) > 0 && builtIn(value)
}
