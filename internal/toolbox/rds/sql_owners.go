package rds

import (
	"slices"
	"sync"
)

// runsOwners reports whether PostgreSQL may run a function that somebody made,
// though the tokens show no call of it: that of a dotted name, of an operator or
// of a type. For PostgreSQL a backtick is an operator's sign.
func runsOwners(tokens []sqlToken) bool {
	return dottedNames(tokens) || ownOperators(tokens) || ownTypes(tokens) ||
		slices.ContainsFunc(tokens, func(t sqlToken) bool { return t.isQuoted("`") })
}

// ownOperators reports an operator that neither database brings along. Anybody
// who may create things in a schema can make one, of any function.
func ownOperators(tokens []sqlToken) bool {
	return slices.ContainsFunc(tokens, func(t sqlToken) bool {
		return t.kind == sqlSymbol && isOperatorByte(t.text[0]) && !sqlOperators()[t.text]
	})
}

// sqlOperators are those of PostgreSQL's pg_operator and of MySQL, without those
// with a number sign, which begins a comment in MySQL; and the sign of named
// arguments.
//
// https://www.postgresql.org/docs/17/functions.html
// https://dev.mysql.com/doc/refman/8.0/en/operator-precedence.html
var sqlOperators = sync.OnceValue(func() map[string]bool {
	return wordSet(`
		+ - * / % ^ = <> != < <= > >= & | ~ << >> |/ ||/ @ || <=> ! =>
		~~ !~~ ~~* !~~* ~ !~ ~* !~* ~<~ ~<=~ ~>=~ ~>~ ^@
		*< *<= *<> *= *> *>=
		@> <@ && &< &> -|- &<| |&> <<| |>> << >> <<= >>= <^ >^ ~= <-> ?- ?| ?-| ?|| @-@ @@ @@@ !!
		-> ->> ? ?& @? `)
})

// ownTypes reports a type that neither database brings along, in PostgreSQL's
// forms value::type, CAST(value AS type), type 'value' and RETURNING type. A
// domain's checks can call any function.
//
// https://www.postgresql.org/docs/17/sql-expressions.html#SQL-SYNTAX-TYPE-CASTS
// https://www.postgresql.org/docs/17/sql-syntax-lexical.html#SQL-SYNTAX-CONSTANTS-GENERIC
func ownTypes(tokens []sqlToken) bool {
	var inCast []bool // for each open parenthesis
	for i, t := range tokens {
		depth := len(inCast)
		switch {
		case t.is("("):
			inCast = append(inCast, i > 0 && tokens[i-1].is("cast"))
		case t.is(")") && depth > 0:
			inCast = inCast[:depth-1]
		case t.is("as") && depth > 0 && inCast[depth-1], t.is("returning"), t.is("::"):
			if !beginsWithType(tokens[i+1:]) {
				return true
			}
		case t.isQuoted("'") && i > 0 && !untyped(tokens[:i]):
			return true
		}
	}
	return false
}

// beginsWithType reports that the tokens begin with the name of a type that is
// built in.
func beginsWithType(tokens []sqlToken) bool {
	if len(tokens) > 2 && tokens[0].is("pg_catalog") && tokens[1].is(".") {
		tokens = tokens[2:]
	}
	return len(tokens) > 0 && tokens[0].kind == sqlWord && sqlTypes()[tokens[0].text] && (len(tokens) == 1 || !tokens[1].is("."))
}

// sqlTypes are those of PostgreSQL's pg_type, and those that MySQL can cast to.
//
// https://www.postgresql.org/docs/17/datatype.html
// https://dev.mysql.com/doc/refman/8.0/en/cast-functions.html
var sqlTypes = sync.OnceValue(func() map[string]bool {
	return wordSet(`
		smallint int integer bigint int2 int4 int8 decimal dec numeric real float float4 float8 double money
		boolean bool char character nchar national varchar bpchar text name bytea bit varbit
		date time timetz timestamp timestamptz interval uuid json jsonb jsonpath xml
		point line lseg box path polygon circle inet cidr macaddr macaddr8 tsvector tsquery
		int4range int8range numrange tsrange tstzrange daterange
		int4multirange int8multirange nummultirange tsmultirange tstzmultirange datemultirange
		oid tid xid xid8 cid pg_lsn pg_snapshot txid_snapshot oidvector int2vector aclitem refcursor
		regclass regcollation regconfig regdictionary regnamespace regoper regoperator regproc regprocedure regrole regtype
		binary datetime signed unsigned year linestring multipoint multilinestring multipolygon geometrycollection`)
})

// untyped reports that a string behind the tokens is a plain one, or of a type
// that is built in. What cannot stand before a string in PostgreSQL does not
// matter.
func untyped(before []sqlToken) bool {
	end := len(before) - 1
	last := before[end]
	switch {
	case last.kind == sqlQuoted:
		return last.text == "'" // 'a' 'b' is one string
	case last.is(")"): // type(3) 'value'
		open := opening(before)
		return open < 1 || !before[open-1].isName() || endsWithType(before[:open])
	case last.kind != sqlWord || endsWithType(before):
		return true
	case end > 0 && before[end-1].is("."):
		return false
	case last.is("zone"):
		return end > 0 && before[end-1].is("time")
	case operatorWords()[last.text]:
		return isOperator(before)
	}
	return noTypeWords()[last.text]
}

// endsWithType reports that the tokens end with the name of a type that is
// built in.
func endsWithType(tokens []sqlToken) bool {
	end := len(tokens) - 1
	if end < 0 || tokens[end].kind != sqlWord || !sqlTypes()[tokens[end].text] {
		return false
	}
	return end == 0 || !tokens[end-1].is(".")
}

// opening is where the parenthesis opens that the last token closes; -1 is
// nowhere.
func opening(tokens []sqlToken) int {
	depth := 0
	for i := len(tokens) - 1; i >= 0; i-- {
		switch {
		case tokens[i].is(")"):
			depth++
		case tokens[i].is("("):
			depth--
		}
		if depth == 0 {
			return i
		}
	}
	return -1
}

// endsOperand reports that the tokens end with a value, behind which a word can
// only be an operator or a clause.
func endsOperand(tokens []sqlToken) bool {
	end := len(tokens) - 1
	if end < 0 {
		return false
	}
	last := tokens[end]
	switch {
	case last.kind != sqlWord:
		return last.kind != sqlSymbol || last.is(")") || last.is("]")
	case end > 0 && tokens[end-1].is("."):
		return true
	case slices.Contains([]string{"end", "null", "true", "false", "asc", "desc"}, last.text):
		return true
	}
	return !operatorWords()[last.text] && !startsOperand()[last.text] && !endsOperand(tokens[:end])
}

// isOperator reports that the word at the end of the tokens stands where an
// operator does, behind a value.
func isOperator(tokens []sqlToken) bool {
	end := len(tokens) - 1
	if end > 0 && tokens[end-1].is("not") {
		end--
	}
	return endsOperand(tokens[:end])
}

// operatorWords are operators, for one of the databases, that may also be the
// names of types and functions in PostgreSQL.
var operatorWords = sync.OnceValue(func() map[string]bool {
	return wordSet(`like ilike rlike regexp escape separator div mod xor`)
})

// startsOperand are words behind which a value begins, not an operator.
var startsOperand = sync.OnceValue(func() map[string]bool {
	return wordSet(`
		all any and as both by case cube collate distinct else except explain for from full group groups having in
		intersect is lateral leading limit not offset on or order over placing range returning rollup row rows select
		show similar some symmetric then to trailing union using values variadic when where with zone`)
})

// noTypeWords are PostgreSQL's keywords that are the names of no type that
// somebody made: reserved ones, and those that are columns' names only.
//
// https://www.postgresql.org/docs/17/sql-keywords-appendix.html
var noTypeWords = sync.OnceValue(func() map[string]bool {
	return wordSet(`
		all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create
		current_catalog current_date current_role current_time current_timestamp current_user default deferrable desc
		distinct do else end except false fetch for foreign from grant group having in initially intersect into lateral
		leading limit localtime localtimestamp not null offset on only or order placing primary references returning
		select session_user some symmetric table then to trailing true union unique user using variadic when where
		window with
		between coalesce exists extract greatest grouping inout least none nullif out overlay position precision row
		setof substring treat trim values`)
})
