package rds

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

// schemaOptions takes what stands behind the name of a schema or database. PostgreSQL
// copies a template with all that it holds; only template0 is known to hold nothing.
func (r *sqlReader) schemaOptions() bool {
	r.take("with")
	for len(r.tokens) > 0 {
		if r.take("template", "template0") || r.take("template", "=", "template0") {
			continue
		}
		if !r.option("authorization", "charset", "collate", "encryption", "owner", "encoding", "locale", "lc_collate", "lc_ctype", "tablespace") {
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
