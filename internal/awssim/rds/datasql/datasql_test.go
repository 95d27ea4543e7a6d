package datasql_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hawser/hawser/internal/awssim/rds/datasql"
)

func TestParse(t *testing.T) {
	tests := map[string]datasql.Statement{
		"SELECT :id, ':no', a FROM t -- :no\n": {Text: "SELECT :id, ':no', a FROM t \n", First: "select", Second: "a", Parameters: []string{"id"}},
		"select :id::uuid":                     {Text: "select :id", First: "select", Parameters: []string{"id"}},
		"select a::varchar(20), b :: int[]":    {Text: "select a, b ", First: "select", Second: "a"},
		"select a--\nfrom t":                   {Text: "select a\nfrom t", First: "select", Second: "a"},
		"create/**/database x;":                {Text: "create database x", First: "create", Second: "database"},
		"select 1; ; select 2":                 {Text: "select 1  select 2", First: "select", Second: "1", Several: true},
		"select 'it''s; fine';\n -- bye":       {Text: "select 'it''s; fine'\n \n", First: "select"},
		"select '12:30' /* :x */, \"a:b\"":     {Text: "select '12:30'  , \"a:b\"", First: "select"},
		"'open :a":                             {Text: "'open :a"},
	}
	for sql, want := range tests {
		if diff := cmp.Diff(want, datasql.Parse(sql)); diff != "" {
			t.Errorf("%s: %s", sql, diff)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"select :a::b(c)[] -- d", "'", "/*", "a;b", "::("} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		once := datasql.Parse(sql)
		if len(once.Text) > len(sql) {
			t.Errorf("%q grew to %q", sql, once.Text)
		}
	})
}
