package rds

import (
	"strings"
	"testing"
)

func TestRecordedSQL(t *testing.T) {
	for sql, want := range map[string]string{
		"SELECT * FROM t WHERE a = 'x' AND b=12":               "SELECT * FROM t WHERE a = ? AND b = ?",
		"select 'it''s' , -1.5e-3, .5, 0xFF":                   "select ? , - ? , ? , ?",
		`SELECT "name" FROM t`:                                 "SELECT ? FROM t",
		"SELECT `name` FROM t":                                 "SELECT ? FROM t",
		"SELECT E'x' , U&'y' , N'z' , B'01' , X'1F', _utf8'q'": "SELECT ? , ? , ? , ? , ? , ?",
		"SELECT $$x$$, $tag$y$tag$ WHERE a = $1":               "SELECT ? , ? WHERE a = $ ?",
		"SELECT 1 -- the key is 7\n, 2 /* and 8 */":            "SELECT ? , ?",
		`SELECT 'C:\x', 'b'`:                                   "SELECT ? , ?",
		"SELECT 'a' 'b'\n'c' FROM t":                           "SELECT ? FROM t",
		"SELECT a FROM t WHERE n = :name":                      "SELECT a FROM t WHERE n = : name",
		"SELECT “secret”":                                      "SELECT ?",
		"":                                                     "",
	} {
		if got, ok := recordedSQL(sql); !ok || got != want {
			t.Errorf("%q became %q (%v), want %q", sql, got, ok, want)
		}
	}
}

func TestUncertainSQLIsNotRecorded(t *testing.T) {
	for _, sql := range []string{
		"SELECT 'secret", `SELECT "secret`, "SELECT `secret", "SELECT $$secret", "SELECT $a$secret$b$", "/* secret", "SELECT 1 --secret", "SELECT 1 # secret",
		`SELECT 'a\' , secret , 'b'`, `SELECT 'a\'' secret '`, "/*! secret */", "/* /* */ secret */", "SELECT $$ ' $$ secret '", "`'a` secret `'`",
		"SELECT $$ -- $$ secret", "SELECT 'a'\x00", "SELECT \xff", "SELECT a$$b$$", "SELECT 1\v", `SELECT "a\" , secret , "b"`,
	} {
		if got, ok := recordedSQL(sql); ok {
			t.Errorf("%q became %q", sql, got)
		}
	}
}

// FuzzRecordedSQLHoldsNoLiteral plants a secret in every kind of literal and
// comment, with anything around it, and looks for it in what is kept.
func FuzzRecordedSQLHoldsNoLiteral(f *testing.F) {
	const secret = "hunter2hunter2"
	literals := []string{
		"'%'", "E'%'", "e'%'", "U&'%'", "N'%'", "B'%'", "x'%'", `"%"`, "$$%$$", "$q$%$q$", "/* % */", "-- %\n", "'a''%'", "'%''b'", `'a\\%'`, "'a\n%'", "9%", "0x%", "1.%", "'a' '%'",
	}
	f.Add("SELECT ", " FROM t", "x", uint8(0))
	f.Add("SELECT 'a', ", ", 'b'", "it''s", uint8(3))
	f.Add("SELECT a -- ", "\n", "`", uint8(7))
	f.Fuzz(func(t *testing.T, before, after, inner string, kind uint8) {
		if strings.Contains(before+after+inner, secret) {
			return
		}
		planted := strings.Replace(literals[int(kind)%len(literals)], "%", secret, 1)
		// Alone, it is a literal for certain.
		if kept, _ := recordedSQL("SELECT " + planted + " FROM t"); strings.Contains(kept, secret) {
			t.Errorf("%q became %q", planted, kept)
		}
		// Behind what is itself whole for both dialects, it is one as well.
		if _, sure := recordedSQL(before); sure {
			if kept, ok := recordedSQL(before + "\n" + planted + " " + after); ok && strings.Contains(kept, secret) {
				t.Errorf("%q became %q", before+"\n"+planted+" "+after, kept)
			}
		}
		for _, escapes := range []bool{true, false} {
			text := before + "'" + inner + secret + "'" + after
			if kept, ok := recordedSQL(text); ok && inLiteral(text, strings.Index(text, secret), escapes) && strings.Contains(kept, secret) {
				t.Errorf("%q became %q", text, kept)
			}
		}
	})
}

// inLiteral is an independent reading of which strings are open at a place, where
// there are neither comments nor other quotes.
func inLiteral(text string, at int, escapes bool) bool {
	if strings.ContainsAny(text[:at], "-/#$`\"") {
		return false
	}
	open := false
	for i := 0; i < at; i++ {
		switch {
		case open && escapes && text[i] == '\\':
			i++
		case text[i] == '\'':
			open = !open
		}
	}
	return open
}
