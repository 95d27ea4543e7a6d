package render

import (
	"strings"
	"testing"
)

// A function that does not exist, or that has too few or too many arguments, is refused
// before anything is evaluated, wherever it is.
func TestFunctionsAreCheckedBeforehand(t *testing.T) {
	for expression, want := range map[string]string{
		"none(@)":                             "there is no function none",
		"lenght(items)":                       "did you mean length?",
		"items[?none(name)].id":               "there is no function none",
		"sort_by(items, &none(name))":         "there is no function none",
		"{a: items[].none(@)}":                "there is no function none",
		"abs(`1`, `2`)":                       "abs takes 1 argument, not 2",
		"length()":                            "length takes 1 argument, not 0",
		"pad_left('a')":                       "pad_left takes 2 to 3 arguments, not 1",
		"merge()":                             "merge takes at least 1 argument, not 0",
		"find_first('a', 'b', 'c', 'd', 'e')": "not 5",
	} {
		if _, err := compileQuery(expression); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", expression, err)
		}
	}
	for _, expression := range []string{"merge(@, @, @)", "pad_left('a', `3`)", "a > `1` && -b == c", "not_null(a, b)", "items[?length(name) > `2`]"} {
		if _, err := compileQuery(expression); err != nil {
			t.Errorf("%s: %v", expression, err)
		}
	}
}
