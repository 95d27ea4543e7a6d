package render

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// TestQueryNumbersAreExact queries 64-bit integers, which float64 would round.
func TestQueryNumbersAreExact(t *testing.T) {
	const document = `{"id": 9007199254740993, "ids": [9007199254740993, 9007199254740992, 9007199254740994], "neg": -9007199254740993,
		"rows": [{"n": "b", "id": 9007199254740993}, {"n": "a", "id": 9007199254740992}], "big": 18446744073709551615, "half": 2.5, "one": 1.0,
		"text": "9007199254740993", "huge": 1e400, "zero": 0}`
	for expression, want := range map[string]string{
		"id":                                "9007199254740993",
		"big":                               "18446744073709551615",
		"huge":                              "1e400",
		"one":                               "1.0",
		"ids":                               "[9007199254740993,9007199254740992,9007199254740994]",
		"rows[?id == `9007199254740993`].n": `["b"]`,
		"rows[?id != `9007199254740993`].n": `["a"]`,
		"rows[?id > `9007199254740992`].n":  `["b"]`,
		"rows[?id <= `9007199254740992`].n": `["a"]`,
		"rows[?contains(`[9007199254740993]`, id)].n": `["b"]`,
		"sort(ids)":                         "[9007199254740992,9007199254740993,9007199254740994]",
		"sort_by(rows, &id)[].n":            `["a","b"]`,
		"sort_by(rows, &n)[].id":            "[9007199254740992,9007199254740993]",
		"max(ids)":                          "9007199254740994",
		"min(ids)":                          "9007199254740992",
		"max_by(rows, &id).n":               `"b"`,
		"min_by(rows, &id).n":               `"a"`,
		"sum(ids)":                          "27021597764222979",
		"avg(ids)":                          "9007199254740993",
		"avg(`[]`)":                         "null",
		"abs(neg)":                          "9007199254740993",
		"ceil(half)":                        "3",
		"floor(half)":                       "2",
		"floor(`-2.5`)":                     "-3",
		"to_string(id)":                     `"9007199254740993"`,
		"to_number(text)":                   "9007199254740993",
		"to_number(`\"x\"`)":                "null",
		"type(id)":                          `"number"`,
		"contains(ids, `9007199254740994`)": "true",
		"contains(ids, `9007199254740995`)": "false",
		"length(ids)":                       "3",
		"one == `1`":                        "true",
		"one == `\"1\"`":                    "false",
		"id + `1`":                          "9007199254740994",
		"id - `9007199254740992`":           "1",
		"half * `2`":                        "5",
		"id // `2`":                         "4503599627370496",
		"id % `2`":                          "1",
		"id / zero":                         "null",
		"-id":                               "-9007199254740993",
		"pad_left('a', `3`, '.')":           `"..a"`,
		"[id, '`1`', \"id\"]":               "[9007199254740993,\"`1`\",9007199254740993]",
		"`{\"a\\`\": 9007199254740993}`":    "{\"a`\":9007199254740993}",
		"zero || id":                        "0",
		// A literal that is no JSON is a text, as in the aws CLI.
		"rows[?n == `b`].id":      "[9007199254740993]",
		"rows[?n == ` b`].id":     "[9007199254740993]",
		"`AWS_REGION`":            `"AWS_REGION"`,
		"`2026-01-02`":            `"2026-01-02"`,
		"`0123`":                  `"0123"`,
		"`i-1 [x`":                `"i-1 [x"`,
		"`a\\`b`":                 "\"a`b\"",
		"``":                      `""`,
		"`true`":                  "true",
		"`\"x\"`":                 `"x"`,
		"contains(rows[].n, `a`)": "true",
	} {
		v, err := exactJSON([]byte(document))
		if err != nil {
			t.Fatal(err)
		}
		q, err := compileQuery(expression)
		if err != nil {
			t.Errorf("%s: %v", expression, err)
			continue
		}
		got, err := q.search(v)
		if err != nil {
			t.Errorf("%s: %v", expression, err)
			continue
		}
		if raw, err := json.Marshal(got); err != nil || string(raw) != want {
			t.Errorf("%s = %s, %v; want %s", expression, raw, err, want)
		}
	}
	for _, expression := range []string{"abs('a')", "sum(`[\"a\"]`)", "sort_by(@, &a)", "sort(`[1, \"a\"]`)", "none(@)", "abs(`1`, `2`)", "a\u0080"} {
		q, err := compileQuery(expression)
		if err == nil {
			_, err = q.search(map[string]any{})
		}
		if err == nil {
			t.Errorf("%s is taken", expression)
		}
	}
}

// written are the formats that write something.
func written() []string { return slices.DeleteFunc(Formats(), func(f string) bool { return f == off }) }

// Off writes nothing, whatever is asked of the answer.
func TestOffWritesNothing(t *testing.T) {
	for _, expression := range []string{"", "items"} {
		if got := printed(t, Streams{}, off, expression, map[string]any{"items": 1}); got != "" {
			t.Errorf("%q", got)
		}
	}
}

// TestQueryProblems: an expression that cannot be read, or does not fit, is explained
// without words of a library or of Go.
func TestQueryProblems(t *testing.T) {
	for expression, want := range map[string]string{
		"items[?name==":           "it ends too early: a value, a name or a bracket is missing",
		"items[":                  "it ends too early: a value, a name or a bracket is missing",
		"items[].name)":           "it can't be read from character 13 on: )",
		"ü[?n==`12` x]":           "",
		"\"ü\"[?n==`12` x]":       "it can't be read from character 14 on: x]",
		"items[?name=='a]":        "the single quote of character 14 is not closed",
		"items[?name==`a]":        "the backtick of character 14 is not closed",
		"items[?name==\"a]":       "the double quote of character 14 is not closed",
		"a[?b==`x\"y`]":           "the literal `x\"y` of character 7 can't be read",
		"\"\\x\"":                 "a number or a name in it can't be read",
		"a[99999999999999999999]": "a number or a name in it can't be read",
		"sum(name)":               "sum wants a list of numbers",
		"starts_with(size, 'a')":  "starts_with does not take a number, a text",
		"join(',', `null`)":       "join does not take a text, null",
		"list[::0]":               "the expression can't be evaluated on this answer",
	} {
		q, err := compileQuery(expression)
		if err == nil {
			_, err = q.search(map[string]any{"name": "x", "size": json.Number("1"), "list": []any{"a"}})
		}
		if err == nil || want != "" && err.Error() != want {
			t.Errorf("%s: %v; want %s", expression, err, want)
		}
	}
}

// TestFormsAreExact prints such an integer in every form, with a query and
// without.
func TestFormsAreExact(t *testing.T) {
	answer := map[string]any{"items": []any{map[string]any{"id": json.Number("9007199254740993")}}}
	for _, format := range written() {
		for _, expression := range []string{"", "items", "items[0]"} {
			if got := printed(t, Streams{}, format, expression, answer); !strings.Contains(got, "9007199254740993") {
				t.Errorf("%s of %q: %s", format, expression, got)
			}
		}
	}
}

// FuzzQuery gives any expression to a document: it is refused, or answers with
// what JSON can hold.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{"a", "`1`", "`1", "'a`1`'", "a[?b > `1`]", "sum(a) + -`1e3`", "`[1,{\"a\": 2}]`", "sort_by(a, &b)", "\"`1\"", "'\\'", "a % `0`", "a\u0080"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, expression string) {
		q, err := compileQuery(expression)
		if err != nil {
			return
		}
		v, err := exactJSON([]byte(`{"a": [{"b": 9007199254740993}, {"b": 1.5}], "c": "1"}`))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = q.search(v) // no panic
	})
}
