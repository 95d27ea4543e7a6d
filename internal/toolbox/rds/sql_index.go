package rds

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
