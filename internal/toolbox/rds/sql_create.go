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

// tableOptions takes what stands behind a table's columns. A query may follow
// there in MySQL.
func (r *sqlReader) tableOptions() bool {
	for len(r.tokens) > 0 {
		r.take(",")
		if !r.tableOption() {
			return false
		}
	}
	return true
}

func (r *sqlReader) tableOption() bool {
	switch {
	case r.take("partition", "by"):
		return r.partitioning()
	case r.take("inherits"):
		return r.groupOf(areNames)
	case r.take("with"):
		return r.groupOf(areSettings)
	case r.take("using", "heap"), r.take("without", "oids"), r.take("on", "commit", "preserve", "rows"):
		return true
	}
	return r.option("engine", "auto_increment", "avg_row_length", "charset", "checksum", "collate", "comment", "compression", "delay_key_write",
		"encryption", "key_block_size", "max_rows", "min_rows", "pack_keys", "row_format", "stats_auto_recalc", "stats_persistent",
		"stats_sample_pages", "tablespace")
}

// schemaOptions takes what stands behind the name of a schema or database.
func (r *sqlReader) schemaOptions() bool {
	r.take("with")
	for len(r.tokens) > 0 {
		if !r.option("authorization", "charset", "collate", "encryption", "owner", "encoding", "locale", "lc_collate", "lc_ctype", "template", "tablespace") {
			return false
		}
	}
	return true
}

// option takes an option of one of the names, with its value.
func (r *sqlReader) option(names ...string) bool {
	r.take("default")
	if !r.take("character", "set") && !r.word(names...) {
		return false
	}
	r.take("=")
	return r.value()
}

// value takes a value that is one word, number or text.
func (r *sqlReader) value() bool {
	r.take("-")
	return r.kind(sqlNumber) || r.kind(sqlQuoted) || r.kind(sqlWord)
}

// partitioning takes what stands behind PARTITION BY.
func (r *sqlReader) partitioning() bool {
	r.take("linear")
	keyed := false
	switch {
	case r.take("key"):
		r.take("algorithm", "=", "1")
		r.take("algorithm", "=", "2")
		keyed = r.groupOf(func(list []sqlToken) bool { return len(list) == 0 || areNames(list) })
	case r.take("range", "columns"), r.take("list", "columns"):
		keyed = r.groupOf(areNames)
	case r.word("range", "list", "hash"):
		keyed = r.groupOf(arePartitionKeys)
	}
	if r.word("partitions", "subpartitions") && !r.kind(sqlNumber) {
		return false
	}
	if r.take("subpartition", "by") {
		return keyed && r.partitioning()
	}
	return keyed && (!r.opens() || r.groupOf(arePartitions))
}

// opens reports that a parenthesis is next.
func (r *sqlReader) opens() bool { return len(r.tokens) > 0 && r.tokens[0].is("(") }

// arePartitions reports MySQL's list of partitions.
func arePartitions(list []sqlToken) bool {
	return eachPart(list, func(r *sqlReader) bool {
		if !r.word("partition", "subpartition") || !r.name() {
			return false
		}
		if (r.take("values", "less", "than") && !r.take("maxvalue") || r.take("values", "in")) && !r.groupOf(builtIn) {
			return false
		}
		for len(r.tokens) > 0 && !r.opens() {
			if !r.option("engine", "comment", "max_rows", "min_rows", "tablespace") {
				return false
			}
		}
		return !r.opens() || r.groupOf(arePartitions)
	})
}

// index takes what stands behind INDEX.
//
// https://www.postgresql.org/docs/17/sql-createindex.html
// https://dev.mysql.com/doc/refman/8.0/en/create-index.html
func (r *sqlReader) index() bool {
	r.take("if", "not", "exists")
	if !r.take("on") && (!r.name() || !r.method("btree", "hash") || !r.take("on")) { // PostgreSQL names it where nobody does
		return false
	}
	r.take("only")
	return r.name() && r.method("btree", "hash", "gin", "gist", "brin", "spgist") && r.groupOf(areKeys) && r.indexOptions()
}

// method takes an index's method, if there is one.
func (r *sqlReader) method(known ...string) bool { return !r.take("using") || r.word(known...) }

// indexOptions takes what stands behind the columns of an index, or of a
// constraint that makes one.
func (r *sqlReader) indexOptions() bool {
	for len(r.tokens) > 0 {
		known := false
		switch {
		case r.take("include"):
			known = r.groupOf(areNames)
		case r.take("with"):
			known = r.groupOf(areSettings)
		case r.take("where"):
			known = len(r.tokens) > 0 && harmless(r.tokens)
			r.tokens = nil
		case r.take("using", "index", "tablespace"):
			known = r.name()
		case r.take("nulls", "not", "distinct"), r.take("nulls", "distinct"), r.take("using", "btree"), r.take("using", "hash"):
			known = true
		default:
			known = r.option("key_block_size", "tablespace", "algorithm") || r.clause()
		}
		if !known {
			return false
		}
	}
	return true
}

// areKeys reports what an index of rows is made of.
func areKeys(list []sqlToken) bool {
	return eachPart(list, func(r *sqlReader) bool { return r.key(harmless) })
}

// areNewKeys reports what an index of a table without rows is made of. MySQL
// takes as much of a text as a number behind its name says.
func areNewKeys(list []sqlToken) bool {
	return eachPart(list, func(r *sqlReader) bool {
		if prefix := (&sqlReader{r.tokens}); prefix.name() && prefix.groupOf(areNumbers) {
			r.tokens = prefix.tokens
			return r.order()
		}
		return r.key(builtIn)
	})
}

// arePartitionKeys reports what rows are spread by: columns and expressions.
func arePartitionKeys(list []sqlToken) bool {
	return eachPart(list, func(r *sqlReader) bool { return r.key(builtIn) }) || builtIn(list) && !namesBehindOperands(list)
}

// namesBehindOperands reports a name where only an operator can stand, such as
// that of an operator class.
func namesBehindOperands(list []sqlToken) bool {
	for i, t := range list {
		if t.isName() && endsOperand(list[:i]) {
			return true
		}
	}
	return false
}

// key takes a column, a call or an expression in parentheses.
func (r *sqlReader) key(expression func([]sqlToken) bool) bool {
	all := r.tokens
	switch {
	case r.opens():
		if !r.groupOf(expression) {
			return false
		}
	case !r.name():
		return false
	case r.opens(): // name() took the name of a function
		if _, ok := r.group(); !ok || !expression(all[:len(all)-len(r.tokens)]) {
			return false
		}
	}
	return r.order()
}

// order takes what stands behind a column of an index.
func (r *sqlReader) order() bool {
	if r.take("collate") && !r.name() {
		return false
	}
	r.word("text_pattern_ops", "varchar_pattern_ops", "bpchar_pattern_ops", "text_ops", "jsonb_ops", "jsonb_path_ops", "inet_ops", "array_ops")
	r.word("asc", "desc")
	return !r.take("nulls") || r.word("first", "last")
}

// areNumbers, areValues and areSettings report lists of what they say.
func areNumbers(list []sqlToken) bool {
	return eachPart(list, func(r *sqlReader) bool { return r.kind(sqlNumber) })
}

func areValues(list []sqlToken) bool { return eachPart(list, (*sqlReader).value) }

func areSettings(list []sqlToken) bool {
	return eachPart(list, func(r *sqlReader) bool {
		named := r.name()
		r.take("=")
		return named && (len(r.tokens) == 0 || r.value())
	})
}

// areSequenceOptions reports the options of a sequence, or none.
//
// https://www.postgresql.org/docs/17/sql-createsequence.html
func areSequenceOptions(list []sqlToken) bool {
	r := &sqlReader{list}
	for len(r.tokens) > 0 {
		switch {
		case r.take("owned", "by"):
			if !r.name() {
				return false
			}
		case r.kind(sqlNumber), r.word("as", "smallint", "int", "integer", "bigint", "increment", "by", "minvalue", "maxvalue", "no",
			"start", "with", "restart", "cache", "cycle", "-"):
		default:
			return false
		}
	}
	return true
}
